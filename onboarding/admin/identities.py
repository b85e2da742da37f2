"""Identity documents and addresses of hires: masked, in full for a reason; entered and corrected by steps."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import fields as inputs
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter, OneAnswerFilter
from core.admin.lists import Lean
from core.admin.masking import Masked, WhyForm
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Caution, Step, StepForm, Text, WithSteps
from core.errors import DomainError
from core.history.models import LookKind, Why
from core.joining import joined
from core.sealed import masks
from onboarding import documents
from onboarding.enums import CaseState, DocumentKind
from onboarding.models import EmployeeIdentity, OnboardingCase
from onboarding.models.identities import IdentityQuerySet
from onboarding.services import identities
from people.actors import person_of
from people.models import Employee
from people.rights import Right
from people.rules import has_right
from recruitment.enums import ApplicationStage

LINK = '<a class="text-primary-600 underline dark:text-primary-500" href="{}">{}</a>'


class IdentityForm(StepForm):
    """Kind, number and address of a case's person, checked as they are on the person's own page."""

    kind = inputs.choice(_("kind of document"), DocumentKind.choices)
    number = inputs.boxed(
        forms.CharField,
        _("document number"),
        max_length=documents.LONGEST_NUMBER,
        attrs={"autocomplete": "off"},
    )
    address = inputs.words(_("home address"), lines=2, max_length=documents.LONGEST_ADDRESS)

    @property
    def employee_id(self) -> int:
        """Whose they are."""
        return int(self.subject.employee_id)

    def clean(self) -> dict[str, Any]:
        """Each beside its own box."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        checks = {
            "number": lambda: documents.number_of(values.get("kind", ""), values["number"]),
            "address": lambda: documents.address_of(values["address"]),
        }
        for name, check in checks.items():
            if name in values and "kind" in values:
                try:
                    values[name] = check()
                except DomainError as error:
                    self.add_error(name, forms.ValidationError(str(error.message), code=error.code))
        return values

    def warnings(self, values: dict[str, Any]) -> list[Text]:
        """The same number in somebody else's file may well be a slip. Without the right nobody tries numbers out."""
        if not has_right(self.person, Right.IDENTITY):
            return []
        return same_number(identities.sharing(employee_id=self.employee_id, number=values["number"]))


def same_number(others: list[Employee]) -> list[Text]:
    """That it stands elsewhere, and where; nothing where it does not."""
    if not others:
        return []
    words = {"files": joined(others)}
    return [
        _("The same number stands in another file: %(files)s. Please compare both with the documents.")
        % words
    ]


def enter(request: HttpRequest, case: OnboardingCase, values: dict[str, Any]) -> Text:
    """In the person's place, from the document that lies on the table."""
    given = identities.give(case_id=case.pk, **values, by=person_of(request))
    warned = same_number(given.same_as)
    return Caution(warned[0]) if warned else _("Identity document and address are on file.")


def correct(request: HttpRequest, row: EmployeeIdentity, values: dict[str, Any]) -> Text:
    """What was mistyped; the change is in the history, without what stood there in plain."""
    return enter(request, OnboardingCase.objects.filter(employee=row.pk).latest("pk"), values)


class WhyShownForm(WhyForm):
    """What for, of those that it is asked for."""

    why = inputs.choice(_("what for"), [(one, Why(one).label) for one in Why.of_identity])


class CorrectForm(IdentityForm):
    """All three anew: what stands is shown by another step, with a reason."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].initial = self.subject.kind


def identity_words(case: OnboardingCase) -> str | SafeString | None:
    """Of a case with its rows: the way to what was given; or that it is missing, and who owes it. Nothing before the
    offer was accepted, and of a case that was cancelled."""
    if case.has_identity:
        address = reverse("admin:onboarding_employeeidentity_change", args=[case.employee_id])
        return format_html(LINK, address, _("on file, masked"))
    if case.state == CaseState.CANCELLED or case.application.stage != ApplicationStage.HIRED:
        return None
    name = case.application.candidate.name
    return _("missing: %(name)s owes them, on the own page behind the link") % {"name": name}


ENTER = Step(
    "identity",
    _("Enter identity document and address"),
    enter,
    form=IdentityForm,
    words=_("The person can do so on the own page. Enter them only from the document itself."),
    offered=lambda case: case.state != CaseState.CANCELLED and not case.has_identity,
)
CORRECT = Step(
    "correct",
    _("Correct them"),
    correct,
    form=CorrectForm,
    words=_("Enter number and address as the document and the person say now."),
)


class TwiceFilter(OneAnswerFilter):
    """Whether the number stands in somebody else's file, too."""

    title = _("same number in another file")
    parameter_name = "twice"
    answer = "yes", _("Yes")

    def found(self) -> QuerySet[EmployeeIdentity]:
        """By the marks of the numbers."""
        return EmployeeIdentity.objects.twice()


@admin.register(EmployeeIdentity)
class EmployeeIdentityAdmin(Masked, Lean, WithSteps, Scoped, ReadOnly, ModelAdmin):
    """What was given, masked wherever it stands: in the list, in its file, and on the page until a reason was said."""

    looked_at = LookKind.PAGE
    masked = ("number", "address")
    shown_as = LookKind.IDENTITY
    show_form = WhyShownForm
    show_title = _("Show in full")
    show_words = _(
        "For a quarter of an hour this page shows number and address in full. Your name, the time and the reason are "
        "noted, and the person may ask for them."
    )
    steps = (CORRECT,)
    nothing_yet = _(
        "Nothing yet: who accepted an offer gives them on the own page, or you enter them on the case's."
    )
    list_display = ["person", "kind", "number_masked", "address_masked", "given_at", "given_by_text"]
    list_filter = [("kind", ChoicesDropdownFilter), ("given_at", MomentRangeFilter), TwiceFilter]
    list_filter_submit = True
    search_fields = ["employee__search_key", "search_key"]
    sortable_by = ["given_at"]
    ordering = ["-given_at", "-pk"]
    fieldsets = [
        (None, {"fields": ["employee", "kind", "number", "address", "twice_text"]}),
        (_("Given"), {"fields": ["given_at", "given_by_text"]}),
    ]
    readonly_fields = ["employee", "kind", "number", "address", "twice_text", "given_at", "given_by_text"]

    def with_details(self, rows: QuerySet[EmployeeIdentity]) -> QuerySet[EmployeeIdentity]:
        """With whose they are and who entered them."""
        return cast("IdentityQuerySet", rows).select_related("employee", "given_by")

    @display(description=_("employee file"))
    def person(self, row: EmployeeIdentity) -> str:
        """Whose."""
        return str(row.employee)

    @display(description=_("document number"))
    def number_masked(self, row: EmployeeIdentity) -> str:
        """The last four."""
        return masks.document(row.number)

    @display(description=_("home address"))
    def address_masked(self, row: EmployeeIdentity) -> str:
        """Province and city."""
        return masks.home(row.address)

    @display(description=_("entered by"))
    def given_by_text(self, row: EmployeeIdentity) -> str:
        """A colleague, or the person on the own page."""
        return str(row.given_by) if row.given_by_id else str(_("the person, on the own page"))

    @display(description=_("same number in another file"), empty_value="–")
    def twice_text(self, row: EmployeeIdentity) -> str | None:
        """Which."""
        others = identities.sharing(employee_id=row.pk, number=row.number)
        return joined(others) or None
