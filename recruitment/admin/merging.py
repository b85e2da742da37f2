"""Who may be known twice, both side by side, and the step that makes one of two."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import fields, panels
from core.admin.steps import Step, StepForm, Text
from core.numbers import row_number
from people.actors import person_of
from recruitment.models import Application, Candidate
from recruitment.services import merging

LIKENESSES = 5


class MergeForm(StepForm):
    """Which other entry is the same person."""

    other = fields.row(
        _("the other entry"), Application._meta.get_field("candidate"), Candidate.objects.all()
    )
    same = fields.tick(_("I have compared both: they are one person"))

    def clean_same(self) -> bool:
        """Both are shown first."""
        if not self.cleaned_data["same"]:
            raise ValidationError(_("Please compare both entries first."), code="not_compared")
        return True


def _merge(request: HttpRequest, candidate: Candidate, values: dict[str, Any]) -> Text:
    entry = merging.merge(keep_id=candidate.pk, gone_id=values["other"].pk, by=person_of(request))
    return _("%(name)s's entry was merged into this one.") % {"name": entry.name}


def _side_by_side(request: HttpRequest, candidate: Candidate) -> SafeString:
    chosen = row_number(request.POST.get("other") or request.GET.get("other"))
    others = Candidate.objects.visible_to(request.user).exclude(pk=candidate.pk)
    other = others.filter(pk=chosen).first()
    both = [candidate] if other is None else [candidate, other]
    context = {
        "people": [(each, each.applications.select_related("opening").order_by("-pk")) for each in both],
        "other": other,
        "likely": [] if other else _likely(request, candidate),
        "address": request.path,
        "against": [error.message for error in merging.against(candidate, other)] if other else [],
    }
    return SafeString(render_to_string("recruitment/admin/merge.html", context, request=request))


def _likely(request: HttpRequest, candidate: Candidate) -> list[Candidate]:
    """Namesakes, the newest first. One query by the index on the name."""
    same = Candidate.objects.visible_to(request.user).filter(name_key=candidate.name_key)
    return list(same.exclude(pk=candidate.pk).order_by("-pk")[:LIKENESSES])


def _panel(request: HttpRequest, candidate: Candidate) -> SafeString:
    likely, merges = _likely(request, candidate), list(candidate.merges.select_related("merged_by"))
    if not likely and not merges:
        return SafeString("")
    address = reverse("admin:recruitment_candidate_step", args=[candidate.pk, "merge"])
    context = {"likely": likely, "merges": merges, "address": address}
    return SafeString(render_to_string("recruitment/admin/known_twice.html", context, request=request))


MERGE = Step(
    "merge",
    _("Merge with another entry"),
    _merge,
    form=MergeForm,
    words=_(
        "This entry stays. Applications, interviews, files, messages and follow-ups of the other come to it; the other "
        "entry goes, and what stood in it is kept below this one's page."
    ),
    details=_side_by_side,
)
panels.register(Candidate, panels.Panel("known-twice", _("Known twice?"), _panel, order=5))
