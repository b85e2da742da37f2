"""The one form for a person and an application, and who is likely to be known already while it is typed."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from core import contacts
from core.admin import fields, panels
from core.admin.steps import Creation, StepForm, Text
from core.exchange.declared import exchanged
from core.sealed import masks
from people.actors import person_of
from people.names import sort_key
from recruitment.admin import windows
from recruitment.enums import ApplicationSource, ApplicationStage, OpeningState
from recruitment.models import Application, Candidate, Opening
from recruitment.resumes.admin.panel import file_field, looked_at
from recruitment.resumes.services import adding
from recruitment.services import applications, applying

_field = Application._meta.get_field
NAMESAKES = 5
SHORTEST_NAME = 2
WHO = ("name", "phone", "email")
# What a table of candidates is brought in as.
CANDIDATES = "candidates"


class ApplyForm(StepForm):
    """Who applies for what: somebody new, or somebody who is known.

    `candidate_or_person`: both were given. `candidate_known`: the number or address is another candidate's.
    `no_way_to_reach`: neither number nor address. A namesake is a warning, confirmed by a tick.
    """

    name = fields.boxed(
        contacts.NameBox,
        _("full name"),
        required=False,
        max_length=60,
        attrs={"data-likely": reverse_lazy("admin:recruitment_application_likely"), "autocomplete": "off"},
    )
    phone = fields.boxed(
        contacts.PhoneBox, _("phone"), required=False, attrs={"inputmode": "tel", "autocomplete": "off"}
    )
    email = fields.boxed(contacts.EmailBox, _("e-mail"), required=False, attrs={"autocomplete": "off"})
    language = fields.choice(
        _("language"), Candidate._meta.get_field("language").choices, initial="zh-hans", required=False
    )
    candidate = fields.row(
        _("or somebody who is known"),
        _field("candidate"),
        Candidate.objects.all(),
        required=False,
        help_text=_("Leave name, phone and e-mail empty then."),
    )
    opening = fields.row(_("opening"), _field("opening"), Opening.objects.filter(state=OpeningState.OPEN))
    file = file_field(required=False)
    source = fields.choice(_("source"), [("", "–"), *ApplicationSource.choices], required=False)
    planned_start = fields.day(
        _("planned start"),
        required=False,
        help_text=_("Leave empty until a start date is planned; preparation begins with it."),
    )

    class Media:
        js = ("recruitment/admin/likely.js",)

    def clean(self) -> dict[str, Any]:
        """One person, reachable, known once."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        typed = [field for field in WHO if values.get(field)]
        if values.get("candidate"):
            if typed or set(WHO) & set(self.errors):
                text = _("Either choose somebody who is known, or type who it is: not both.")
                self.add_error("candidate", forms.ValidationError(text, code="candidate_or_person"))
        elif not {"candidate", *WHO} & set(self.errors):
            self._require_person(values)
        looked_at(self, "file")
        return values

    def _require_person(self, values: dict[str, Any]) -> None:
        if not values["name"]:
            text = _("Type a name, or choose somebody who is known.")
            self.add_error("name", forms.ValidationError(text, code="required"))
        elif not values["phone"] and not values["email"]:
            text = _("Please enter a phone number or an e-mail address.")
            self.add_error("phone", forms.ValidationError(text, code="no_way_to_reach"))
        for field in ("phone", "email"):
            known = Candidate.objects.filter(**{field: values[field]}).first() if values.get(field) else None
            if known is not None:
                self.add_error(field, self._known(known))

    def _known(self, other: Candidate) -> forms.ValidationError:
        if not Candidate.objects.visible_to(self.person).filter(pk=other.pk).exists():
            return forms.ValidationError(_("Another candidate has this already."), code="candidate_known")
        text = format_html(
            "{} <a class='underline' href='{}' target='_blank'>{}</a>. {}",
            _("Another candidate has this already:"),
            reverse("admin:recruitment_candidate_change", args=[other.pk]),
            other.name,
            _("If it is the same person, empty these boxes and choose them below."),
        )
        return forms.ValidationError(text, code="candidate_known")

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Of namesakes, and of the start."""
        if values["name"]:
            for each in namesakes(self.person, values["name"]):
                reach = masks.reach(phone_number=each.phone, address=each.email) or "–"
                said = gettext("%(name)s (%(reach)s) is a candidate already: is this another person?")
                yield said % {"name": each.name, "reach": reach}
        yield from windows.start_warnings(values["planned_start"])


def namesakes(person: Any, name: str) -> list[Candidate]:
    """Those of this name whom `person` may see, the newest first. One query by the index on names."""
    seen = Candidate.objects.visible_to(person).filter(name_key=sort_key(contacts.name(name))[:120])
    return list(seen.order_by("-pk")[:NAMESAKES])


def apply(request: HttpRequest, data: dict[str, Any]) -> Application:
    """Through the services, person, application and file or nothing: of somebody known, or of a new person."""
    with transaction.atomic():
        application = _begin(request, data)
        if data["file"]:
            adding.add(
                looked=data["file"],
                candidate_id=application.candidate_id,
                application_id=application.pk,
                by=person_of(request),
            )
        return application


def _begin(request: HttpRequest, data: dict[str, Any]) -> Application:
    how = {
        "opening_id": data["opening"].pk,
        "planned_start": data["planned_start"],
        "source": data["source"],
        "by": person_of(request),
    }
    if data["candidate"]:
        return applications.apply(candidate_id=data["candidate"].pk, **how)
    person = applying.Newcomer.of(
        name=data["name"],
        phone=data["phone"],
        email=data["email"],
        language=data["language"] or "zh-hans",
    )
    return applying.enter(person=person, **how)


CREATION = Creation(
    title=_("New application"),
    form=ApplyForm,
    run=apply,
    words=_(
        "One application at a time per candidate and opening; whose earlier one was called off may apply again. "
        "A word on the next step is due within 3 working days."
    ),
)


class WithLikely:
    """For the applications' ModelAdmin: the address that the form asks while somebody types. Before it in the bases."""

    def get_urls(self) -> list[URLPattern]:
        """likely/, before a record's own address."""
        view = self.admin_site.admin_view(never_cache(self.likely_view))  # type: ignore[attr-defined]
        return [path("likely/", view, name="recruitment_application_likely"), *super().get_urls()]  # type: ignore[misc]

    def likely_view(self, request: HttpRequest) -> HttpResponse:
        """Who has this number, this address or this name: `{title, choose, people: [{id, name, text, address}]}`.

        By POST, since what is typed belongs into no address and no log. At most four queries.
        """
        if not self.has_add_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        people = _likely(request)
        return JsonResponse(
            {
                "title": gettext("Perhaps known already:"),
                "choose": gettext("It is this person"),
                "people": [
                    {
                        "id": each.pk,
                        "name": each.name,
                        "text": f"{masks.reach(phone_number=each.phone, address=each.email) or '–'} · {why} · {stands}",
                        "address": reverse("admin:recruitment_candidate_change", args=[each.pk]),
                    }
                    for each, why, stands in people
                ],
            }
        )


def _likely(request: HttpRequest) -> list[tuple[Candidate, str, str]]:
    """Each once, by the strongest reason, with where the newest application stands."""
    seen = Candidate.objects.visible_to(request.user).order_by()
    name, email = contacts.name(request.POST.get("name", "")[:60]), request.POST.get("email", "")[:254]
    try:
        phone = contacts.phone(request.POST.get("phone", "")[:40])
    except ValueError:
        phone = ""
    found: dict[int, tuple[Candidate, str]] = {}
    for field, value, why in (
        ("phone", phone, gettext("same phone number")),
        ("email", contacts.email(email), gettext("same e-mail address")),
    ):
        for each in seen.filter(**{field: value})[:1] if value else ():
            found.setdefault(each.pk, (each, why))
    if len(name) >= SHORTEST_NAME:
        for each in namesakes(request.user, name):
            found.setdefault(each.pk, (each, gettext("same name")))
    theirs = Application.objects.visible_to(request.user).filter(candidate__in=found).order_by("pk")
    newest = {row.candidate_id: row for row in theirs.select_related("opening")} if found else {}
    return [(each, why, _stands(newest.get(pk))) for pk, (each, why) in found.items()]


def _stands(application: Application | None) -> str:
    if application is None:
        return pgettext("of a candidate", "no application yet")
    words = {"opening": application.opening, "stage": ApplicationStage(application.stage).label}
    return gettext("%(opening)s: %(stage)s") % words


def _way_to_form(request: HttpRequest, row: Any) -> SafeString:
    """The button to the form, with this opening or candidate filled in, for who may use it; beside an opening also the
    way to bring in many."""
    closed = isinstance(row, Opening) and row.state != OpeningState.OPEN
    if closed or not request.user.has_perm("recruitment.add_application"):
        return SafeString("")
    address = reverse("admin:recruitment_application_add")
    one = format_html(
        '<a class="hs-button primary" href="{}?{}={}">{}</a>',
        address,
        row._meta.model_name,
        row.pk,
        _("New application"),
    )
    if not isinstance(row, Opening) or not exchanged(CANDIDATES).may(request.user):
        return one
    many = format_html(
        '<a class="hs-button" href="{}?kind={}">{}</a>',
        reverse("admin:exchange_import_add"),
        CANDIDATES,
        _("Import a table"),
    )
    return format_html("{} {}", one, many)


for _model in (Opening, Candidate):
    panels.register(_model, panels.Panel("apply", _("Applications"), _way_to_form, order=3))
