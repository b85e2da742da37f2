"""OnboardingCase: the preparation of one hire, opened as soon as a start date is planned."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.changes import Dated, change_index, dated
from core.figures import Estimate
from core.stateful import StatefulModel, StatefulQuerySet
from onboarding.enums import CASE_STEPS, CaseState, StepKind, StepState
from onboarding.models.identities import EmployeeIdentity
from people import calendar
from people.models import Employee
from people.scope import ScopedQuerySet
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Interview
from recruitment.models.belonging import OfOpening, opening_of


class CaseQuerySet(StatefulQuerySet, ScopedQuerySet["OnboardingCase"]):  # type: ignore[override]
    """Cases, by who may see them."""

    department_lookup = "of_opening__department"

    def running(self) -> Self:
        """The start still lies ahead."""
        return self.filter(state__in=CaseState.running)

    def moved(self) -> Self:
        """The start still lies ahead, and is expected on another day than planned."""
        return self.running().exclude(forecast_start=F("planned_start"))

    def delayed(self) -> Self:
        """A delay is active."""
        held = self.model._default_manager.filter(delays__isnull=False, delays__lifted_at__isnull=True)
        return self.filter(pk__in=held.values("pk"))

    def owing_identity(self) -> Self:
        """The start lies ahead and the offer was accepted, but identity document and address were not given."""
        return self.running().filter(
            application__stage=ApplicationStage.HIRED, employee__onboarding_identity__isnull=True
        )

    def with_rows(self) -> Self:
        """Everything a page or the API shows of a case, in a constant number of queries."""
        return (
            self.with_recount()
            .annotate(has_identity=Exists(EmployeeIdentity.objects.filter(pk=OuterRef("employee"))))
            .select_related(
                "application__candidate", "application__opening__department", "employee__onboarding_score"
            )
            .prefetch_related("steps__done_by", "delays", "waits_on")
        )

    def with_recount(self) -> Self:
        """Each with `is_recounted`: the calendar that its dates may have been counted by changed, and the count that
        follows has not passed yet."""
        return self.annotate(is_recounted=calendar.is_recounted("created_at", "forecast_start"))


@dataclass(frozen=True, slots=True)
class Score(Estimate):
    """The score that the approval rests on, as it stands in the employee file, with its source."""

    as_of: datetime
    source: str


def _prepared(case: Any) -> bool:
    return not case.steps.filter(kind__in=StepKind.preparation).exclude(state=StepState.DONE).exists()


def _hired(case: Any) -> bool:
    return bool(case.application.stage == ApplicationStage.HIRED)


class OnboardingCase(Dated, OfOpening, StatefulModel):
    """The preparation of one application's hire. `state` moves by steps only.

    `waits_on` names the interviews whose results the start needs. `forecast_start` is the planned start, or so many
    working days later as the longest active delay says; `provisional_years` are the years without calendar data
    that the dates were counted through.
    """

    named_through = (
        "application__candidate",
        "application__opening",
    )

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="onboarding_case", verbose_name=_("application")
    )
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="onboarding_cases", verbose_name=_("employee file")
    )
    template = models.ForeignKey(
        "onboarding.OnboardingTemplate",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("template"),
    )
    state = FSMField(_("state"), default=CaseState.PREPARING, choices=CaseState.choices, protected=True)
    planned_start = models.DateField(_("planned start"))
    forecast_start = models.DateField(_("forecast start"))
    provisional_years = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        verbose_name=_("years without calendar data"),
    )
    started_on = models.DateField(_("started on"), null=True, blank=True)
    waits_on = models.ManyToManyField(
        Interview, related_name="+", blank=True, verbose_name=_("waits on the interviews")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("onboarding case")
        verbose_name_plural = _("onboarding cases")
        ordering = ["forecast_start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CaseState.values), name="onboarding_case_state_known"
            ),
            models.CheckConstraint(
                condition=Q(forecast_start__gte=F("planned_start")),
                name="onboarding_forecast_not_before_plan",
            ),
            models.CheckConstraint(
                condition=Q(state=CaseState.STARTED) ^ Q(started_on__isnull=True),
                name="started_case_says_when",
            ),
        ]
        indexes = [
            change_index("onboarding_case"),
            models.Index(fields=["state", "forecast_start", "id"], name="onboarding_case_by_state"),
            models.Index(fields=["forecast_start", "id"], name="onboarding_case_by_start"),
            models.Index(fields=["planned_start", "id"], name="onboarding_case_by_plan"),
            models.Index(fields=["of_opening", "forecast_start", "id"], name="onboarding_case_by_opening"),
            models.Index(
                fields=["forecast_start", "id"],
                name="onboarding_case_moved",
                condition=Q(state__in=CaseState.running) & ~Q(forecast_start=F("planned_start")),
            ),
            models.Index(
                fields=["planned_start"],
                name="onboarding_case_running",
                condition=Q(state__in=CaseState.running),
            ),
            models.Index(
                fields=["id"], name="onboarding_case_walk", condition=Q(state__in=CaseState.running)
            ),
            GinIndex(fields=["provisional_years"], name="onboarding_case_provisional"),
        ]
        triggers = [
            dated("onboarding_case"),
            pgtrigger.FSM(name="onboarding_case_edges", field="state", transitions=CASE_STEPS.edges()),
            opening_of("onboarding_case_opening"),
        ]

    def __str__(self) -> str:
        return str(self.application)

    @property
    def forecast_is_provisional(self) -> bool:
        """Some date was counted through a year without calendar data, or is being counted again by what changed in
        one."""
        return bool(self.provisional_years) or self.is_being_recounted

    @property
    def is_being_recounted(self) -> bool:
        """The start lies ahead, and its dates are being counted again; asks where it was not read `with_recount`."""
        if not self.is_running:
            return False
        known: bool | None = getattr(self, "is_recounted", None)
        if known is None:
            known = (
                OnboardingCase.objects.with_recount().values_list("is_recounted", flat=True).get(pk=self.pk)
            )
        return known

    @property
    def is_running(self) -> bool:
        """The start still lies ahead."""
        return self.state in CaseState.running

    @property
    def score(self) -> Score | None:
        """What the approval step shows: the score in the employee file with its basis, or None."""
        found = getattr(self.employee, "onboarding_score", None)
        if found is None:
            return None
        return Score(found.value, found.low, found.high, found.basis, found.as_of, found.source)

    @transition(
        field=state,
        **CASE_STEPS.of("get_ready"),
        conditions=[_prepared],
    )
    def get_ready(self) -> None:
        """Every step before the first day is done."""

    @transition(field=state, **CASE_STEPS.of("prepare_again"))
    def prepare_again(self) -> None:
        """A step was done by mistake and is open again."""

    @transition(
        field=state,
        **CASE_STEPS.of("start"),
        conditions=[_prepared, _hired],
    )
    def start(self, *, on: date) -> None:
        """The person has come."""
        self.started_on = on

    @transition(field=state, **CASE_STEPS.of("cancel"))
    def cancel(self) -> None:
        """The application was rejected or withdrawn, or its start date was dropped."""

    @transition(field=state, **CASE_STEPS.of("reinstate"))
    def reinstate(self) -> None:
        """A start date is planned again."""
