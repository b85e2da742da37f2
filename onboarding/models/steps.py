"""OnboardingStep: one thing to do before somebody can start."""

from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.changes import Dated, change_index, dated
from core.language import in_language
from core.stateful import StatefulModel, StatefulQuerySet
from onboarding.enums import STEP_MOVES, WAITS_FOR, CaseState, StepKind, StepState
from onboarding.models.cases import OnboardingCase
from onboarding.models.templates import OFFSET
from people.enums import Role, role_choices
from people.scope import ScopedQuerySet
from recruitment.models import Assessment


class StepQuerySet(StatefulQuerySet, ScopedQuerySet["OnboardingStep"]):  # type: ignore[override]
    """Steps, by who may see their case."""

    department_lookup = "case__application__opening__department"

    def unfinished(self) -> Self:
        """Not done, in a case whose start lies ahead."""
        return self.filter(case__state__in=CaseState.running).exclude(state=StepState.DONE)

    def due(self) -> Self:
        """Can be done, by today or earlier, in a case whose start lies ahead."""
        return self.unfinished().filter(state=StepState.READY, due_on__lte=timezone.localdate())


def _nothing_before(step: Any) -> bool:
    earlier = OnboardingStep.objects.filter(case=step.case_id, kind__in=WAITS_FOR[step.kind])
    return not earlier.exclude(state=StepState.DONE).exists()


def _case_runs(step: Any) -> bool:
    return bool(step.case.is_running)


class OnboardingStep(Dated, StatefulModel):
    """One step of a case, copied from the template. While it is not done, its due date follows the forecast start.

    `rests_on` is the report that an approval was given on, so that an approval on an estimate stays visible. Who did
    not agree to what still waits says why in `objection`; it goes when the step is done.
    """

    case = models.ForeignKey(
        OnboardingCase, on_delete=models.CASCADE, related_name="steps", verbose_name=_("onboarding case")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=StepKind)
    title = models.CharField(_("title"), max_length=100)
    title_en = models.CharField(_("English title"), max_length=100, blank=True)
    offset_working_days = models.SmallIntegerField(_("working days from the start"), validators=OFFSET)
    owner_role = models.CharField(_("done by"), max_length=20, choices=role_choices, default=Role.ONBOARDING)
    state = FSMField(_("state"), default=StepState.WAITING, choices=StepState.choices, protected=True)
    due_on = models.DateField(_("due on"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        "people.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("marked as done by"),
    )
    rests_on = models.ForeignKey(
        Assessment,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("rests on"),
    )
    objection = models.TextField(_("not agreed, because"), blank=True)
    objected_at = models.DateTimeField(_("not agreed at"), null=True, blank=True)
    objected_by = models.ForeignKey(
        "people.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("not agreed by"),
    )

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("onboarding step")
        verbose_name_plural = _("onboarding steps")
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_onboarding_step_per_number"),
            models.CheckConstraint(
                condition=Q(state__in=StepState.values), name="onboarding_step_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="onboarding_step_kind_known"),
            models.CheckConstraint(
                condition=Q(state=StepState.DONE) ^ Q(done_at__isnull=True),
                name="done_onboarding_step_says_when",
            ),
        ]
        indexes = [
            change_index("onboarding_step"),
            models.Index(fields=["due_on"], name="onboarding_step_due", condition=~Q(state=StepState.DONE)),
            models.Index(fields=["due_on", "id"], name="onboarding_step_by_day"),
            models.Index(fields=["state", "due_on", "id"], name="onboarding_step_by_state"),
            models.Index(fields=["kind", "due_on", "id"], name="onboarding_step_by_kind"),
            models.Index(fields=["owner_role", "due_on", "id"], name="onboarding_step_by_role"),
        ]
        triggers = [
            dated("onboarding_step"),
            pgtrigger.FSM(name="onboarding_step_edges", field="state", transitions=STEP_MOVES.edges()),
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)

    @transition(field=state, **STEP_MOVES.of("open"), conditions=[_nothing_before])
    def open(self) -> None:
        """What it waited for is done."""

    @transition(field=state, **STEP_MOVES.of("hold"))
    def hold(self) -> None:
        """What it waits for is open again."""

    @transition(
        field=state,
        **STEP_MOVES.of("complete"),
        conditions=[_case_runs],
    )
    def complete(self) -> None:
        """Somebody did it."""

    @transition(field=state, **STEP_MOVES.of("undo"), conditions=[_case_runs])
    def undo(self) -> None:
        """It was marked by mistake."""
