"""FollowUp: somebody has to be called, within 24 hours. ContactAttempt: a try to reach them."""

import pgtrigger
from django.db import models
from django.db.models import BooleanField, Case, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.changes import Dated, change_index, dated
from core.stateful import StatefulModel, StatefulQuerySet
from people.scope import ScopedQuerySet
from recruitment.enums import FOLLOW_UP_STEPS, ContactChannel, FollowUpKind, FollowUpState, Outcome
from recruitment.models.belonging import OfOpening, opening_of
from recruitment.models.exits import InterviewExit
from recruitment.models.interviews import Interview


class FollowUpQuerySet(StatefulQuerySet, ScopedQuerySet):
    department_lookup = "of_opening__department"

    def with_overdue(self) -> "FollowUpQuerySet":
        """Annotate `overdue`: unfinished and past its promised time. Derived, never stored."""
        return self.annotate(
            overdue=Case(
                When(Q(state__in=FollowUpState.unfinished, due_at__lt=Now()), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
        )


class FollowUp(Dated, OfOpening, StatefulModel):
    """Somebody has to call a candidate: after an exit, because they asked for contact (both promised within 24 hours),
    because what they had to be told reached them on no channel, or because their window fell on what became a day off.
    """

    named_through = (
        "interview__application__candidate",
        "interview__application__opening",
    )

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="follow_ups", verbose_name=_("interview")
    )
    exit = models.ForeignKey(
        InterviewExit, on_delete=models.CASCADE, null=True, related_name="follow_ups", verbose_name=_("exit")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    kind = models.CharField(_("kind"), max_length=10, choices=FollowUpKind, default=FollowUpKind.EXIT)
    state = FSMField(_("state"), default=FollowUpState.OPEN, choices=FollowUpState.choices, protected=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    answer = models.CharField(
        _("answer to the candidate"),
        max_length=500,
        blank=True,
        help_text=_("Shown to the candidate in the room."),
    )
    assignee = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("assignee")
    )
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("promised by"))
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "people.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    colleague_asked_at = models.DateTimeField(_("colleague asked at"), null=True, blank=True)
    lead_told_at = models.DateTimeField(_("lead told at"), null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview"],
                condition=Q(kind=FollowUpKind.EXIT) & ~Q(state=FollowUpState.CLOSED),
                name="one_unfinished_exit_follow_up",
            ),
            models.UniqueConstraint(
                fields=["interview"],
                condition=Q(kind=FollowUpKind.CALL) & ~Q(state=FollowUpState.CLOSED),
                name="one_unfinished_call_follow_up",
            ),
            models.UniqueConstraint(
                fields=["interview"],
                condition=Q(kind=FollowUpKind.DAY_OFF) & ~Q(state=FollowUpState.CLOSED),
                name="one_unfinished_day_off_follow_up",
            ),
            models.CheckConstraint(condition=Q(state__in=FollowUpState.values), name="follow_up_state_known"),
            models.CheckConstraint(
                condition=Q(state=FollowUpState.CLOSED) ^ Q(outcome=""), name="closed_follow_up_has_outcome"
            ),
        ]
        indexes = [
            change_index("follow_up"),
            models.Index(fields=["due_at"], name="follow_up_due", condition=~Q(state=FollowUpState.CLOSED)),
            models.Index(fields=["interview", "state"], name="follow_up_by_interview"),
            models.Index(fields=["due_at", "id"], name="follow_up_by_time"),
            models.Index(fields=["kind", "id"], name="follow_up_by_kind"),
            # A report's stretch of days.
            models.Index(fields=["opened_at", "id"], name="follow_up_by_opened"),
            models.Index(fields=["of_opening", "due_at", "id"], name="follow_up_by_opening"),
        ]
        triggers = [
            dated("follow_up"),
            pgtrigger.FSM(name="follow_up_edges", field="state", transitions=FOLLOW_UP_STEPS.edges()),
            opening_of("follow_up_opening", over="interview"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.interview}"

    @transition(field=state, **FOLLOW_UP_STEPS.of("claim"))
    def claim(self) -> None:
        """Somebody takes it on."""

    @transition(field=state, **FOLLOW_UP_STEPS.of("release"))
    def release(self) -> None:
        """Whoever took it on is gone: it waits for somebody again."""

    @transition(field=state, **FOLLOW_UP_STEPS.of("close"))
    def close(self, *, outcome: str) -> None:
        """It is settled, with an outcome."""
        self.outcome = outcome


class ContactAttempt(models.Model):
    """One try to reach a candidate: by whom, how, and whether somebody answered. Never edited."""

    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.CASCADE, related_name="contact_attempts", verbose_name=_("follow-up")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel)
    reached = models.BooleanField(_("reached"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_channel_display()
