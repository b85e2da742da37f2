"""Openings, with the skills they ask for and the rule that leads to the second round."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.fields import WRITTEN_NUMBERS
from core.admin.filters import DayRangeFilter
from core.admin.formsets import CheckedFormSet
from core.admin.lists import Lean
from core.admin.panels import WithPanels
from core.admin.scope import Scoped
from core.admin.steps import WithSteps, button
from core.exchange.writing import Month
from core.joining import joined
from people.actors import person_of
from people.colleagues import acting_recruiter
from people.enums import Role
from people.models import User
from recruitment.admin.advancing import AdvanceRuleInline
from recruitment.admin.pipeline import WithPipeline
from recruitment.admin.rule_trials import WithRuleTrial
from recruitment.enums import ApplicationStage, OpeningState, PayPeriod
from recruitment.models import AdvanceRule, Application, Opening, OpeningSkill, StagePromise
from recruitment.queries import last_plan_of
from recruitment.rounds.services.planning import colleagues
from recruitment.rules import may_see_pay

SHORTEST_KEEPING, LONGEST_KEEPING = 1, 1095
# Read and set by whoever has the right to see pay, by nobody else.
PAY = ("salary_low", "salary_high", "salary_period")
# The step that opens the page for applicants, offered by those who keep these pages.
PUBLISH = "publish"


class OpeningSkillInline(TabularInline):
    """Required skills and levels."""

    nothing_yet = _("No skills are asked for.")
    model = OpeningSkill
    formset = CheckedFormSet
    extra = 0
    autocomplete_fields = ["skill"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OpeningSkill]:
        """With the skills' names."""
        return super().get_queryset(request).select_related("skill")


class StagePromiseInline(TabularInline):
    """Within how many working days a word is promised, where this opening says otherwise than the house."""

    nothing_yet = _("The times promised by the house apply.")
    model = StagePromise
    formset = CheckedFormSet
    extra = 0
    fields = ["stage", "within"]


_ONE_END = forms.ValidationError(
    _("A salary range has both ends: fill in the other one too, or leave both empty."),
    code="salary_range_half",
)
_UPSIDE_DOWN = forms.ValidationError(
    _("The upper end of the salary range lies below the lower end."), code="salary_range_upside_down"
)


class OpeningForm(forms.ModelForm):
    """An opening; any day of the target month will do."""

    class Meta:
        model = Opening
        fields = [
            "title",
            "title_en",
            "department",
            "location",
            "location_en",
            "headcount",
            "target_month",
            "description",
            "description_en",
            "state",
            "interview_plan",
            "specialist",
            "interviewers",
            *PAY,
            "richest_medium",
            "may_retake",
            "recording_days",
            "managers_see_recordings",
        ]
        help_texts = {
            "recording_days": _(
                "From 1 to 1095, counted from the day of recording; then the recordings are deleted for good. "
                "A shorter time also applies to recordings that are kept already, "
                "a longer one only to those made from then on."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "salary_period" in self.fields:
            # Says nothing without a range: a month, unless somebody chooses.
            self.fields["salary_period"].required = False
        if left := self._who_left():
            self.fields["specialist"].help_text = _who_acts(left)

    def _who_left(self) -> User | None:
        """The opening's specialist as it is stored, when that account is closed."""
        return User.objects.filter(pk=self.initial.get("specialist"), is_active=False).first()

    def clean(self) -> Any:
        """A salary range has both ends, the lower one first."""
        cleaned = super().clean()
        low, high = (self.cleaned_data.get(name) for name in ("salary_low", "salary_high"))
        if not {"salary_low", "salary_high"} <= self.cleaned_data.keys():
            return cleaned
        if (low is None) != (high is None):
            missing = "salary_low" if low is None else "salary_high"
            self.add_error(missing, _ONE_END)
        elif low is not None and high is not None and low > high:
            self.add_error("salary_high", _UPSIDE_DOWN)
        return cleaned

    def clean_target_month(self) -> Any:
        """The month's first day."""
        return self.cleaned_data["target_month"].replace(day=1)

    def clean_salary_period(self) -> str:
        """A month, where nothing was chosen."""
        return self.cleaned_data["salary_period"] or PayPeriod.MONTH

    def clean_recording_days(self) -> int:
        """A time to keep that the database takes too: at least a day, at most three years."""
        days: int = self.cleaned_data["recording_days"]
        if not SHORTEST_KEEPING <= days <= LONGEST_KEEPING:
            raise forms.ValidationError(
                _("Recordings are kept from 1 day to 1095 days (three years)."),
                code="recording_days_out_of_range",
            )
        return days

    def clean_interviewers(self) -> Any:
        """Colleagues who may hold a round. Who was chosen before and has left may stand."""
        chosen = self.cleaned_data["interviewers"]
        before = {user.pk for user in self.initial.get("interviewers", [])}
        named = {user.pk for user in chosen} - before
        may = set(User.objects.filter(colleagues(), pk__in=named).values_list("pk", flat=True))
        if wrong := [user for user in chosen if user.pk in named - may]:
            raise forms.ValidationError(
                _("%(names)s cannot hold a round: choose active colleagues who interview."),
                code="interviewer_unknown",
                params={"names": joined(wrong)},
            )
        return chosen

    def clean_specialist(self) -> Any:
        """Somebody who can do the work: the candidates' calls and messages go to this person.

        Who has left may stand until somebody else is chosen: the rest of the opening is edited all the same.
        """
        specialist = self.cleaned_data["specialist"]
        if specialist == self._who_left():
            return specialist
        if not specialist.is_active or not specialist.is_hr:
            raise forms.ValidationError(
                _("The specialist has to be an active HR colleague."), code="specialist_not_hr"
            )
        return specialist


def _who_acts(left: User) -> str:
    acting = acting_recruiter(left)
    if acting is None:
        return gettext(
            "The account of %(left)s is closed and nobody acts in their place: please choose somebody."
        ) % {"left": left}
    words = {"left": left, "acting": acting}
    return (
        gettext("The account of %(left)s is closed; %(acting)s acts now. Please choose who takes it over.")
        % words
    )


class LeftFilter(DropdownFilter):
    """Whose specialist has left."""

    title = _("specialist's account")
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one question."""
        return [("yes", _("Closed: to be handed over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Opening]) -> QuerySet[Opening]:
        """Openings of closed accounts."""
        return queryset.filter(specialist__is_active=False) if self.value() == "yes" else queryset


def _applications(condition: Q) -> Coalesce:
    counted = (
        Application.objects.filter(condition, opening=OuterRef("pk"))
        .order_by()
        .values("opening")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _way_to_applications(opening: Opening, count: int, **more: str) -> str:
    asked = urlencode(
        {"opening__id__exact": opening.pk, **{f"{name}__exact": value for name, value in more.items()}}
    )
    return format_html(
        '<a href="{}?{}">{}</a>', reverse("admin:recruitment_application_changelist"), asked, count
    )


@admin.register(Opening)
class OpeningAdmin(Lean, Scoped, WithPipeline, WithRuleTrial, WithSteps, WithPanels, ModelAdmin):
    """The openings, and how far each is."""

    form = OpeningForm
    formfield_overrides = WRITTEN_NUMBERS
    list_display = [
        "called",
        "department",
        "month",
        "hired_of",
        "running",
        "to_pipeline",
        "in_second_round",
        "rule",
        "who",
        "state_label",
        "to_public_page",
    ]
    list_select_related = ["department", "specialist", "advance_rule"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("department", AutocompleteSelectFilter),
        ("specialist", AutocompleteSelectFilter),
        LeftFilter,
        ("target_month", DayRangeFilter),
    ]
    list_filter_submit = True
    only_on_screen = ("to_pipeline", "to_public_page")
    in_copies = {"month": ("month_as_date",)}
    search_fields = ["search_key"]
    sortable_by = ["called", "month"]
    autocomplete_fields = ["department", "specialist", "interviewers", "interview_plan"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("title", "title_en"),
                    "department",
                    ("location", "location_en"),
                    "headcount",
                    "target_month",
                    "description",
                    "description_en",
                    "state",
                ]
            },
        ),
        (_("How it is filled"), {"fields": ["interview_plan", "specialist", "interviewers"]}),
        (_("Salary range"), {"fields": [("salary_low", "salary_high"), "salary_period"]}),
        (
            _("Recordings"),
            {"fields": ["richest_medium", "may_retake", "recording_days", "managers_see_recordings"]},
        ),
    ]
    inlines = [OpeningSkillInline, AdvanceRuleInline, StagePromiseInline]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What a new opening begins with: the recruiting specialist who makes it, along the plan they took last."""
        person = person_of(request)
        known = {"specialist": person.pk} if Role.RECRUITING in person.roles else {}
        if plan := last_plan_of(person):
            known["interview_plan"] = plan
        return {**known, **super().get_changeform_initial_data(request)}

    def response_add(
        self, request: HttpRequest, obj: Opening, post_url_continue: str | None = None
    ) -> HttpResponse:
        """From the form on to the opening's own page: from there it is published, and candidates are brought in."""
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        said = format_html(
            '{} {}<a href="#panel-public-page">{}</a> · <a href="#panel-apply">{}</a>',
            gettext("“%(record)s” was saved.") % {"record": obj},
            gettext("Next: "),
            gettext("Publish application page"),
            gettext("Bring in candidates"),
        )
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:recruitment_opening_change", args=[obj.pk]))

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:
        """A rule's next version says who made it."""
        for row in formset.forms:
            if isinstance(row.instance, AdvanceRule):
                row.instance.changed_by = person_of(request)
        super().save_formset(request, form, formset, change)

    def with_details(self, rows: QuerySet[Opening]) -> QuerySet[Opening]:
        """With the pipeline's counts, and what the rules ask of competencies."""
        return rows.prefetch_related("advance_rule__version__conditions__competency").annotate(
            hired=_applications(Q(stage=ApplicationStage.HIRED)),
            running_count=_applications(~Q(stage__in=ApplicationStage.ended)),
            second_round_count=_applications(Q(stage=ApplicationStage.SECOND_ROUND)),
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The salary range only for whoever may see what is paid; what no field shows no form changes."""
        shown = super().get_fieldsets(request, obj)
        if may_see_pay(person_of(request), Opening, obj.pk if obj else None):
            return shown
        return [(title, box) for title, box in shown if PAY[-1] not in box["fields"]]

    def history_hides(self, request: HttpRequest, record: Any) -> frozenset[tuple[str, str]]:
        """What the page hides of it."""
        hidden = super().history_hides(request, record)
        if may_see_pay(person_of(request), Opening, record.pk):
            return hidden
        return hidden | {(Opening._meta.label_lower, name) for name in (*PAY, "salary_currency")}

    @display(description=_("title"), ordering="title")
    def called(self, opening: Opening) -> str:
        """Its title, as the reader speaks."""
        return str(opening)

    @display(description=_("target month"), ordering="target_month")
    def month(self, opening: Opening) -> str:
        """Year and month."""
        return date_format(opening.target_month, "Y-m")

    @display(description=_("target month"))
    def month_as_date(self, opening: Opening) -> Month:
        """The month itself, for a copy."""
        return Month.of(opening.target_month)

    @display(description=_("application page"))
    def to_public_page(self, opening: Opening) -> SafeString:
        """Its address to be copied, or the button that opens one; nothing where no page may be."""
        if opening.apply_slug:
            words = {"address": reverse("intake:apply", args=[opening.apply_slug])}
            return SafeString(render_to_string("recruitment/admin/public_address.html", words))
        publish = next(step for step in self.all_steps if step.name == PUBLISH)
        if not publish.offered(opening):
            return SafeString("–")
        return button(pgettext("a page for applicants", "Publish"), self.step_url(opening, publish.name))

    @display(description=_("hired / needed"))
    def hired_of(self, opening: Any) -> str:
        """How many of the headcount are filled."""
        return f"{opening.hired} / {opening.headcount}"

    @display(description=_("running"))
    def running(self, opening: Any) -> str:
        """Applications under way, with the way to them."""
        return _way_to_applications(opening, opening.running_count)

    @display(description=_("in second round"))
    def in_second_round(self, opening: Any) -> str:
        """Invited and waiting, with the way to them."""
        return _way_to_applications(opening, opening.second_round_count, stage=ApplicationStage.SECOND_ROUND)

    @display(description=_("advance rule"), empty_value=_("a person decides"))
    def rule(self, opening: Opening) -> str | None:
        """The threshold, when there is one, and what competencies must reach."""
        rule = getattr(opening, "advance_rule", None)
        if rule is None:
            return None
        asked = [str(row) for row in rule.version.conditions.all()] if rule.version else []
        return " · ".join([str(rule), *asked])

    @display(description=_("recruiting specialist"))
    def who(self, opening: Opening) -> Any:
        """The specialist; red when that account is closed."""
        if opening.specialist.is_active:
            return str(opening.specialist)
        closed = gettext("account closed")
        return format_html('{}<br><small class="hs-red">{}</small>', opening.specialist, closed)

    @display(description=_("state"), label={"open": "success", "closed": "default"})
    def state_label(self, opening: Opening) -> Any:
        """The state in words."""
        return opening.state, OpeningState(opening.state).label
