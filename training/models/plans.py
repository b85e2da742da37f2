"""TrainingPlan: what one application's hire needs to learn. PlanItem: one course, and the evidence that asks for it."""

from datetime import timedelta
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.changes import Dated, change_index, dated
from core.joining import clauses, joined
from core.language import label_of
from core.stateful import StatefulModel, StatefulQuerySet
from people import calendar
from people.scope import ScopedQuerySet
from recruitment.models import Application, Skill
from recruitment.models.belonging import OfOpening, opening_of
from training.enums import ITEM_STEPS, PLAN_STEPS, ItemState, PlanBasis, PlanState, Reason
from training.models.courses import LEVEL, Course


class TrainingPlanQuerySet(StatefulQuerySet, ScopedQuerySet["TrainingPlan"]):  # type: ignore[override]
    """Plans, by who may see them."""

    department_lookup = "of_opening__department"

    def active(self) -> Self:
        """Of applications that have not ended."""
        return self.filter(state=PlanState.ACTIVE)

    def with_items(self) -> Self:
        """The plan's people and its live items as `live_items`, in a constant number of queries."""
        live = PlanItem.objects.live().with_recount().select_related("course", "skill")
        live = live.order_by("offset_working_days", "id")
        return self.select_related(
            "application__candidate", "application__opening__department"
        ).prefetch_related(Prefetch("items", queryset=live, to_attr="live_items"))


class TrainingPlan(Dated, OfOpening, StatefulModel):
    """One application's plan, brought to what is known whenever that changes.

    `version` counts the changes, `basis` is the strongest evidence used. `uncovered` lists the skills that need
    something no course offers: {"skill", "name", "reason"}.
    """

    named_through = (
        "application__candidate",
        "application__opening",
    )

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="+", verbose_name=_("application")
    )
    state = FSMField(_("state"), default=PlanState.ACTIVE, choices=PlanState.choices, protected=True)
    basis = models.CharField(_("basis"), max_length=12, choices=PlanBasis, default=PlanBasis.NOTHING)
    version = models.PositiveIntegerField(_("version"), default=0)
    uncovered = models.JSONField(_("without a course"), default=list, blank=True)
    generated_at = models.DateTimeField(_("last changed"), default=timezone.now)

    objects = TrainingPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("training plan")
        verbose_name_plural = _("training plans")
        ordering = ["-generated_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="training_plan_state_known"),
            models.CheckConstraint(condition=Q(basis__in=PlanBasis.values), name="training_plan_basis_known"),
        ]
        indexes = [
            change_index("training_plan"),
            models.Index(fields=["state", "generated_at", "id"], name="training_plan_by_state"),
            models.Index(fields=["basis", "generated_at", "id"], name="training_plan_by_basis"),
            models.Index(fields=["generated_at", "id"], name="training_plan_by_time"),
            models.Index(fields=["of_opening", "generated_at", "id"], name="training_plan_by_opening"),
        ]
        triggers = [
            dated("training_plan"),
            pgtrigger.FSM(name="training_plan_edges", field="state", transitions=PLAN_STEPS.edges()),
            opening_of("training_plan_opening"),
        ]

    def __str__(self) -> str:
        return str(self.application)

    @transition(field=state, **PLAN_STEPS.of("close"))
    def close(self) -> None:
        """The application was called off."""

    @transition(field=state, **PLAN_STEPS.of("reopen"))
    def reopen(self) -> None:
        """The application goes on again."""


class PlanItemQuerySet(StatefulQuerySet, ScopedQuerySet["PlanItem"]):  # type: ignore[override]
    """Items, by who may see them and by state."""

    department_lookup = "plan__of_opening__department"

    def live(self) -> Self:
        """Planned or done: what stands in the plan."""
        return self.filter(state__in=ItemState.live)

    def planned(self) -> Self:
        """Still to be taken, in a plan that is not closed."""
        return self.filter(state=ItemState.PLANNED, plan__state=PlanState.ACTIVE)

    def due(self, *, within: int = 0) -> Self:
        """Still to be taken, by today or within so many days; what has no day yet is not."""
        day = timezone.localdate() + timedelta(days=within)
        # The plan is looked up for each of the few that are due. A join would read every plan that goes on: that most
        # days of the past belong to items that were taken is more than the statistics know.
        plan = Subquery(TrainingPlan.objects.order_by().filter(pk=OuterRef("plan")).values("state")[:1])
        due = self.filter(state=ItemState.PLANNED, due_on__lte=day)
        return due.alias(state_of_plan=plan).filter(state_of_plan=PlanState.ACTIVE)

    def with_recount(self) -> Self:
        """Each with `is_recounted`: the calendar that its due date was counted by changed, and the count that follows
        has not passed yet."""
        return self.annotate(is_recounted=calendar.is_recounted("plan__application__planned_start", "due_on"))


class PlanItem(Dated, StatefulModel):
    """One course in one plan, because of one skill. `evidence` says where `shown_level` comes from.

    `due_on` is counted from the planned start by `offset_working_days`, None while no start is planned;
    `provisional_years` are the years without calendar data that it was counted through.
    """

    named_through = ("course",)

    plan = models.ForeignKey(
        TrainingPlan, on_delete=models.CASCADE, related_name="items", verbose_name=_("training plan")
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("course"))
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="+", verbose_name=_("skill"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    required_level = models.PositiveSmallIntegerField(_("required level"), validators=LEVEL)
    shown_level = models.PositiveSmallIntegerField(_("level shown"), null=True, blank=True, validators=LEVEL)
    evidence = models.JSONField(_("evidence"), default=list, blank=True)
    offset_working_days = models.SmallIntegerField(_("due, working days after the start"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    provisional_years = models.JSONField(_("counted without the calendar of"), default=list, blank=True)
    state = FSMField(_("state"), default=ItemState.PLANNED, choices=ItemState.choices, protected=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    added_in_version = models.PositiveIntegerField(_("added in version"))
    removed_in_version = models.PositiveIntegerField(_("removed in version"), null=True, blank=True)

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan item")
        verbose_name_plural = _("plan items")
        ordering = ["plan", "offset_working_days", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "course"],
                condition=Q(state__in=ItemState.live),
                name="one_live_item_per_course",
            ),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="plan_item_state_known"),
            models.CheckConstraint(
                condition=Q(state=ItemState.DONE, done_at__isnull=False)
                | (~Q(state=ItemState.DONE) & Q(done_at__isnull=True)),
                name="done_item_says_when",
            ),
            models.CheckConstraint(
                condition=Q(reason=Reason.GAP, shown_level__isnull=False)
                | Q(reason=Reason.UNKNOWN, shown_level__isnull=True),
                name="gap_item_shows_its_level",
            ),
            models.CheckConstraint(
                condition=Q(required_level__range=(1, 5)), name="item_required_level_1_to_5"
            ),
            models.CheckConstraint(condition=Q(shown_level__range=(1, 5)), name="item_shown_level_1_to_5"),
        ]
        indexes = [
            change_index("plan_item"),
            models.Index(fields=["due_on"], name="plan_item_due", condition=Q(state=ItemState.PLANNED)),
            models.Index(fields=["due_on", "id"], name="plan_item_by_day"),
            models.Index(fields=["state", "due_on", "id"], name="plan_item_by_state"),
            models.Index(fields=["reason", "due_on", "id"], name="plan_item_by_reason"),
            models.Index(fields=["course", "due_on", "id"], name="plan_item_by_course"),
        ]
        triggers = [
            dated("plan_item"),
            pgtrigger.FSM(name="plan_item_edges", field="state", transitions=ITEM_STEPS.edges()),
        ]

    def __str__(self) -> str:
        return str(self.course)

    @property
    def why(self) -> str:
        """The reason in words: which level is shown, which is required, and from what that is known."""
        if self.shown_level is None:
            return gettext("Level not known, required: %(required)s") % {"required": self.required_level}
        words = {"shown": self.shown_level, "required": self.required_level, "evidence": self.evidence_text}
        return gettext("Level %(shown)s of %(required)s (%(evidence)s)") % words

    @property
    def evidence_text(self) -> str:
        """The evidence in words: source, what it is of, and its score."""
        return clauses(
            f"{PlanBasis(row['source']).label} · {label_of(row)} {row['value']}" for row in self.evidence
        )

    @property
    def due_text(self) -> str:
        """The due date, marked provisional when it was counted without a year's calendar; an offset without a start."""
        if self.due_on is None:
            days = {"days": abs(self.offset_working_days)}
            if self.offset_working_days == 0:
                return gettext("On the first day")
            if self.offset_working_days < 0:
                return (
                    ngettext(
                        "%(days)s working day before the start",
                        "%(days)s working days before the start",
                        abs(self.offset_working_days),
                    )
                    % days
                )
            return (
                ngettext(
                    "%(days)s working day after the start",
                    "%(days)s working days after the start",
                    abs(self.offset_working_days),
                )
                % days
            )
        text = date_format(self.due_on)
        if self.provisional_years:
            missing = {"date": text, "years": joined(self.provisional_years)}
            return gettext("%(date)s (provisional, the calendar of %(years)s is missing)") % missing
        if self.is_being_recounted:
            return gettext("%(day)s (provisional, is being counted again)") % {"day": text}
        return text

    @property
    def due_is_provisional(self) -> bool:
        """The day was counted without a year's calendar, or is being counted again."""
        return bool(self.provisional_years) or self.is_being_recounted

    @property
    def is_being_recounted(self) -> bool:
        """The course is still to be taken, and its day is being counted again. Asks where it was not read
        `with_recount`."""
        if self.state != ItemState.PLANNED or self.due_on is None or self.pk is None:
            return False
        known: bool | None = getattr(self, "is_recounted", None)
        if known is None:
            known = PlanItem.objects.with_recount().values_list("is_recounted", flat=True).get(pk=self.pk)
        return known

    @transition(field=state, **ITEM_STEPS.of("complete"))
    def complete(self) -> None:
        """The course was taken."""
        self.done_at = timezone.now()

    @transition(field=state, **ITEM_STEPS.of("reopen"))
    def reopen(self) -> None:
        """It was marked done by mistake."""
        self.done_at = None

    @transition(field=state, **ITEM_STEPS.of("remove"))
    def remove(self, *, version: int) -> None:
        """What is known now does not ask for it any more."""
        self.removed_in_version = version
