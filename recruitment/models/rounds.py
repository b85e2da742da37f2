"""Rounds that people hold: where, by whom, and the scorecard that each of them hands in."""

import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.changes import Dated, change_index, dated
from people.rules import is_hr
from people.scope import ScopedQuerySet
from recruitment.enums import InterviewState, RoundOutcome
from recruitment.models.interviews import Interview
from recruitment.models.openings import Competency

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

LOWEST, HIGHEST = 1, 5


class RoundQuerySet(ScopedQuerySet):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR: all. Others: the rounds that they hold themselves."""
        if is_hr(user):
            return self.all()
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(
            pk__in=Scorecard.objects.filter(interviewer=user.pk, is_called=True).values("round")
        )


class Round(Dated):
    """What an interview held by people has beside its states: place, interviewers, and what was made of it.

    `slot` and `is_booked` follow the interview's window and state; the database keeps them. `sequence` counts the
    changes of the calendar entry `uid`, so that a calendar knows the newest. `anchors`: what each level of its
    competencies looks like, as it stood when the round was planned ({competency: {level: text}}); a later rubric
    judges no earlier round.
    """

    named_through = ("interview__application__candidate", "interview__application__opening")

    interview = models.OneToOneField(
        Interview,
        on_delete=models.CASCADE,
        related_name="held",
        verbose_name=_("interview"),
    )
    room = models.CharField(_("room"), max_length=80, blank=True)
    meeting_link = models.URLField(_("meeting link"), max_length=500, blank=True)
    slot = DateTimeRangeField(_("slot"))
    is_booked = models.BooleanField(_("takes place"), default=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(_("changes"), default=0)
    competencies = models.ManyToManyField(Competency, related_name="+", verbose_name=_("competencies"))
    anchors = models.JSONField(_("anchors of the levels"), default=dict, editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=RoundOutcome, default=RoundOutcome.OPEN)
    outcome_reason = models.CharField(_("reason"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    settled_at = models.DateTimeField(_("decided at"), null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-id"]
        constraints = [
            ExclusionConstraint(
                name="room_booked_once",
                expressions=[("room", RangeOperators.EQUAL), ("slot", RangeOperators.OVERLAPS)],
                condition=Q(is_booked=True) & ~Q(room=""),
            ),
            models.CheckConstraint(condition=Q(outcome__in=RoundOutcome.values), name="round_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome=RoundOutcome.OPEN, settled_at=None)
                | ~Q(outcome=RoundOutcome.OPEN) & Q(settled_at__isnull=False),
                name="round_settled_says_when",
            ),
        ]
        indexes = [
            change_index("round"),
            models.Index(fields=["outcome", "id"], name="round_by_outcome"),
        ]
        triggers = [dated("round")]

    def __str__(self) -> str:
        return str(self.interview)


class ScorecardQuerySet(ScopedQuerySet):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR: all. Others: their own. What stands in somebody else's is another question (`rounds.rules`)."""
        if is_hr(user):
            return self.all()
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(interviewer=user.pk, is_called=True)

    def owed(self) -> Self:
        """Those whose round was held, or whose time is over without anybody saying otherwise, and that are not in."""
        over = Q(round__interview__state=InterviewState.COMPLETED) | Q(
            round__interview__state__in=InterviewState.running, slot__endswith__lte=timezone.now()
        )
        return self.filter(over, is_called=True, handed_in_at=None)


class Scorecard(Dated):
    """One interviewer's card of one round: a draft, saved as it is typed, until it is handed in.

    `revision` counts what was saved. `is_called`: still one of the interviewers. `slot` and `is_booked` as the round's,
    so that nobody is booked twice. `sequence` is the round's at the last change that this interviewer is told of.
    """

    named_through = ("round__interview__application__candidate", "round__interview__application__opening")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="cards", verbose_name=_("round"))
    interviewer = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, related_name="scorecards", verbose_name=_("interviewer")
    )
    is_called = models.BooleanField(_("interviewer of the round"), default=True)
    slot = DateTimeRangeField(_("slot"))
    is_booked = models.BooleanField(_("takes place"), default=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    notes = models.TextField(_("notes"), blank=True)
    saved_at = models.DateTimeField(_("saved at"), null=True)
    handed_in_at = models.DateTimeField(_("handed in at"), null=True)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "interviewer"], name="one_card_per_interviewer"),
            ExclusionConstraint(
                name="interviewer_booked_once",
                expressions=[("interviewer", RangeOperators.EQUAL), ("slot", RangeOperators.OVERLAPS)],
                condition=Q(is_booked=True),
            ),
            models.CheckConstraint(
                condition=Q(is_called=True) | Q(is_booked=False), name="card_of_nobody_books_nothing"
            ),
        ]
        indexes = [
            change_index("scorecard"),
            # A report's stretch of days: when the round was to end.
            models.Index(models.F("slot__endswith"), name="scorecard_by_end"),
            # What is owed: a handful, however many rounds were held.
            models.Index(
                fields=["round", "interviewer"],
                name="scorecard_owed",
                condition=Q(handed_in_at=None, is_called=True),
            ),
        ]
        triggers = [dated("scorecard")]

    def __str__(self) -> str:
        return f"{self.interviewer} · {self.round}"


class ScorecardScore(models.Model):
    """One competency on one card, 1 to 5; None until the interviewer says."""

    card = models.ForeignKey(
        Scorecard, on_delete=models.CASCADE, related_name="scores", verbose_name=_("scorecard")
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", verbose_name=_("competency")
    )
    value = models.PositiveSmallIntegerField(
        _("score"), null=True, validators=[MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)]
    )

    class Meta:
        verbose_name = _("score on a card")
        verbose_name_plural = _("scores on cards")
        ordering = ["competency_id"]
        constraints = [
            models.UniqueConstraint(fields=["card", "competency"], name="one_score_per_card_and_competency"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=LOWEST, value__lte=HIGHEST), name="card_score_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency}: {self.value or '–'}"
