"""Times that a candidate may choose from: for a round that is yet to be planned, or for an interview to be moved."""

import pgtrigger
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.changes import Dated, change_index, dated
from core.stateful import StatefulModel, StatefulQuerySet
from people.scope import ScopedQuerySet
from recruitment.enums import INTERVIEW_STEPS, SLOT_STEPS, ApplicationStage, InterviewKind, SlotState
from recruitment.models.belonging import OfOpening, opening_of
from recruitment.models.candidates import Application
from recruitment.models.interviews import Interview
from recruitment.models.openings import Competency

# Where people's rounds are held.
ROUNDS_HELD_IN = (ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER)


class SlotOfferQuerySet(StatefulQuerySet, ScopedQuerySet):
    department_lookup = "of_opening__department"

    def standing(self) -> "SlotOfferQuerySet":
        """Open, and what it is for still has to be settled: nobody planned the round or moved the interview since."""
        planned = Interview.objects.filter(
            application=OuterRef("application"), kind=InterviewKind.PEOPLE, round__gte=OuterRef("round")
        )
        new_round = Q(interview=None, application__stage__in=ROUNDS_HELD_IN) & ~Exists(planned)
        moved = Q(
            interview__isnull=False,
            interview__state__in=INTERVIEW_STEPS.sources("reschedule"),
            interview__window_opens_at=F("stood_at"),
        )
        return self.filter(new_round | moved, state=SlotState.OPEN).exclude(
            application__stage__in=ApplicationStage.ended
        )

    def live(self) -> "SlotOfferQuerySet":
        """Those of which the candidate may choose now."""
        return self.standing().filter(choose_by__gt=timezone.now())


class SlotOffer(Dated, OfOpening, StatefulModel):
    """Several times offered to one candidate; the one that is chosen becomes the round, or the interview's new window.

    Nothing is booked by an offer: the same hour may be offered to several, and whoever chooses it first has it.
    `interview` is what is to be moved; without one a round number `round` is planned, held by `interviewers` at `room`
    or `meeting_link`, judged on `competencies`. `stood_at`: when the interview began at the time of the offer.
    """

    named_through = ("application__candidate", "application__opening")

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="slot_offers", verbose_name=_("application")
    )
    interview = models.ForeignKey(
        Interview,
        on_delete=models.CASCADE,
        null=True,
        related_name="slot_offers",
        verbose_name=_("interview"),
    )
    state = FSMField(_("state"), default=SlotState.OPEN, choices=SlotState.choices, protected=True)
    round = models.PositiveSmallIntegerField(_("round"))
    stood_at = models.DateTimeField(_("stood at"), null=True)
    interviewers = models.ManyToManyField("people.User", related_name="+", verbose_name=_("interviewers"))
    competencies = models.ManyToManyField(Competency, related_name="+", verbose_name=_("competencies"))
    room = models.CharField(_("room"), max_length=80, blank=True)
    meeting_link = models.URLField(_("meeting link"), max_length=500, blank=True)
    choose_by = models.DateTimeField(_("choose by"))
    offered_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("offered by")
    )
    offered_at = models.DateTimeField(_("offered at"), auto_now_add=True)
    ended_at = models.DateTimeField(_("chosen or ended at"), null=True)

    objects = SlotOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offered times")
        verbose_name_plural = _("offered times")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state=SlotState.OPEN), name="slots_offered_once"
            ),
            models.CheckConstraint(condition=Q(state__in=SlotState.values), name="slot_offer_state_known"),
            models.CheckConstraint(
                condition=Q(interview=None, stood_at=None)
                | Q(interview__isnull=False, stood_at__isnull=False)
                | ~Q(state=SlotState.OPEN),
                name="slot_offer_knows_what_it_moves",
            ),
        ]
        indexes = [
            change_index("slot_offer"),
            models.Index(fields=["choose_by"], name="slot_offer_due", condition=Q(state=SlotState.OPEN)),
            models.Index(fields=["state", "id"], name="slot_offer_by_state"),
            models.Index(fields=["choose_by", "id"], name="slot_offer_by_end"),
            models.Index(fields=["of_opening", "id"], name="slot_offer_by_opening"),
        ]
        triggers = [
            dated("slot_offer"),
            pgtrigger.FSM(name="slot_offer_edges", field="state", transitions=SLOT_STEPS.edges()),
            opening_of("slot_offer_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.get_state_display()}"

    @transition(field=state, **SLOT_STEPS.of("choose"))
    def choose(self) -> None:
        """The candidate takes one of them."""

    @transition(field=state, **SLOT_STEPS.of("expire"))
    def expire(self) -> None:
        """Nobody chose in time."""

    @transition(field=state, **SLOT_STEPS.of("withdraw"))
    def withdraw(self) -> None:
        """HR takes them back, or it was settled another way."""


class OfferedSlot(models.Model):
    """One of the times."""

    offer = models.ForeignKey(
        SlotOffer, on_delete=models.CASCADE, related_name="slots", verbose_name=_("offered times")
    )
    slot = DateTimeRangeField(_("slot"))
    is_chosen = models.BooleanField(_("chosen"), default=False)

    class Meta:
        verbose_name = _("offered time")
        verbose_name_plural = _("offered times")
        ordering = ["slot"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "slot"], name="slot_offered_once"),
            models.UniqueConstraint(
                fields=["offer"], condition=Q(is_chosen=True), name="one_slot_of_an_offer_chosen"
            ),
        ]

    def __str__(self) -> str:
        return str(self.slot)
