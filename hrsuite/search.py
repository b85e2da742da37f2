"""The one search (the field above the menu, Ctrl+K): people by name, pinyin, phone, e-mail or the number of an
application; openings.

What is found says what a colleague needs while somebody is on the phone: where the candidate stands, what comes next,
by when and from whom, what was last told and whether it arrived, the number, and what to say.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from unfold.dataclasses import SearchResult

from core import searching
from core.numbers import row_number
from core.sealed import masks
from messaging.models import Message
from messaging.told import tellings
from recruitment import next_steps
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Candidate, Opening

MOST_PEOPLE, MOST_OPENINGS = 8, 5


@dataclass
class Found(SearchResult):
    """Who was found, and where one press notes that they asked; "" for whoever may not note it."""

    enquiry: str = ""


def find(request: HttpRequest, term: str) -> list[SearchResult]:
    """What fits, people before openings, only what this person may see: eight queries at most, each by an index."""
    asked = searching.Asked.of(term)
    if not asked.words:
        return []
    return [*_people(request, asked, term.strip()), *_openings(request, asked)]


def _people(request: HttpRequest, asked: searching.Asked, typed: str) -> list[SearchResult]:
    seen = Candidate.objects.visible_to(request.user)
    ids = searching.matching(seen, asked, most=MOST_PEOPLE)
    theirs = Application.objects.visible_to(request.user).select_related("candidate", "opening__specialist")
    newest: dict[int, Application] = {
        row.candidate_id: row
        for row in theirs.filter(candidate__in=ids).order_by("candidate_id", "-pk").distinct("candidate_id")
    }
    if (named := theirs.filter(pk=row_number(typed)).first()) is not None:
        newest = {named.candidate_id: named} | newest
    comes, told = next_steps.of(newest.values()), _last_told(request, list(newest))
    without = seen.filter(pk__in=[pk for pk in ids if pk not in newest]).order_by("pk")
    may_note = request.user.has_perm("recruitment.change_application")
    found = [
        _line(row, comes[row.pk], told.get(row.candidate_id, ""), may_note=may_note)
        for row in newest.values()
    ]
    return [*found, *(_alone(row) for row in without)]


def _line(row: Application, comes: next_steps.NextStep, told: str, *, may_note: bool) -> Found:
    said = [
        f"{row.opening} · {ApplicationStage(row.stage).label}",
        _("next: %(what)s") % {"what": ", ".join(filter(None, [comes.what, comes.owes, _until(comes.by)]))},
        told,
        _way(row.candidate),
        _("say: %(words)s") % {"words": comes.say} if comes.say else "",
    ]
    return Found(
        title=f"{row.candidate.name} · {row.pk}",
        description="\n".join(filter(None, said)),
        link=reverse("admin:recruitment_application_change", args=[row.pk]),
        icon="person",
        enquiry=reverse("admin:recruitment_application_step", args=[row.pk, "enquiry"]) if may_note else "",
    )


def _alone(candidate: Candidate) -> SearchResult:
    return SearchResult(
        title=candidate.name,
        description="\n".join(filter(None, [_("has not applied"), _way(candidate)])),
        link=reverse("admin:recruitment_candidate_change", args=[candidate.pk]),
        icon="person",
    )


def _way(candidate: Candidate) -> str:
    return masks.reach(phone_number=candidate.phone, address=candidate.email)


def _until(by: Any) -> str:
    """By when, as a day or a moment."""
    if by is None:
        return ""
    if hasattr(by, "hour"):
        return _("by %(by)s") % {"by": formats.date_format(timezone.localtime(by), "SHORT_DATETIME_FORMAT")}
    return _("by %(by)s") % {"by": formats.date_format(by, "SHORT_DATE_FORMAT")}


def _last_told(request: HttpRequest, candidate_ids: list[int]) -> dict[int, str]:
    """What each was last told, and what became of it, as the deliveries say. One query."""
    label = Candidate._meta.label_lower
    rows: Any = Message.objects.visible_to(request.user).filter(
        addressee_type=label, addressee_id__in=candidate_ids
    )
    last = rows.order_by("addressee_id", "-pk").distinct("addressee_id").with_telling()
    return {
        message.addressee_id: _("last told: %(kind)s, %(told)s")
        % {"kind": message.get_kind_display(), "told": telling}
        for message, telling in tellings(last)
        if message.addressee_id is not None
    }


def _openings(request: HttpRequest, asked: searching.Asked) -> list[SearchResult]:
    ids = searching.matching(Opening.objects.visible_to(request.user), asked, most=MOST_OPENINGS)
    return [
        SearchResult(
            title=str(row),
            description=f"{row.department} · {row.get_state_display()}",
            link=reverse("admin:recruitment_opening_pipeline", args=[row.pk]),
            icon="work",
        )
        for row in Opening.objects.filter(pk__in=ids).select_related("department").order_by("pk")
    ]
