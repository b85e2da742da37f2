"""Offer: what a candidate is offered, from the draft to the answer, with the letter as it was sent."""

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from core.changes import Dated, change_index, dated
from core.sealed.fields import SealedBytesField, SealedDecimalField, SealedWordsField, only_sealed
from core.stateful import StatefulModel, StatefulQuerySet
from people.scope import ScopedQuerySet
from recruitment.enums import OFFER_STEPS, DeclineReason, OfferState, PayPeriod
from recruitment.models.belonging import OfOpening, opening_of
from recruitment.models.candidates import Application
from recruitment.models.letters import LetterVersion

# What somebody is paid, and what says so.
SEALED = ("salary", "range_low", "range_high", "conditions", "letter_text", "letter")


class OfferQuerySet(StatefulQuerySet, ScopedQuerySet):
    department_lookup = "of_opening__department"


class Offer(Dated, OfOpening, StatefulModel):
    """One offer to one application; another one may be made once it was turned down, expired or withdrawn.

    `letter_version` is what it was drafted with, `letter_text` what was sent; both stand whatever becomes of the
    template. `letter` is the PDF as it was sent, `letter_sha256` its SHA-256: neither ever changes. `letter_missing`:
    characters that its font could not draw. `signed_name` is what the candidate typed on accepting. `range_*` is the
    opening's salary range at the time it was made, by which it is approved; without one all four say nothing.
    """

    named_through = (
        "application__candidate",
        "application__opening",
    )

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="offers", verbose_name=_("application")
    )
    state = FSMField(_("state"), default=OfferState.DRAFT, choices=OfferState.choices, protected=True)
    salary = SealedDecimalField(
        _("salary"), max_digits=12, decimal_places=2, validators=[MinValueValidator(1)]
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    period = models.CharField(_("paid"), max_length=5, choices=PayPeriod, default=PayPeriod.MONTH)
    range_low = SealedDecimalField(_("salary from"), max_digits=12, decimal_places=2, null=True)
    range_high = SealedDecimalField(_("salary to"), max_digits=12, decimal_places=2, null=True)
    range_currency = models.CharField(
        _("range's currency"), max_length=3, blank=True, default="", db_default=""
    )
    range_period = models.CharField(
        _("range is for"), max_length=5, choices=PayPeriod, blank=True, default="", db_default=""
    )
    start_on = models.DateField(pgettext_lazy("of work", "first day"))
    place = models.CharField(_("place of work"), max_length=120)
    conditions = SealedWordsField(_("conditions"), blank=True)
    answer_by = models.DateTimeField(_("answer by"))
    made_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    approved_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    letter_version = models.ForeignKey(
        LetterVersion,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("letter template"),
    )
    letter_text = SealedWordsField(
        _("text of the letter"), blank=True, default="", db_default="", editable=False
    )
    letter = SealedBytesField(null=True, editable=False)
    letter_sha256 = models.CharField(_("letter's SHA-256"), max_length=64, blank=True)
    letter_missing = models.CharField(_("characters not drawn"), max_length=80, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    ended_at = models.DateTimeField(_("answered or ended at"), null=True)
    signed_name = models.CharField(_("name typed on accepting"), max_length=80, blank=True)
    decline_reason = models.CharField(
        _("why it was turned down"), max_length=12, choices=DeclineReason, blank=True
    )
    decline_words = models.CharField(_("in the candidate's words"), max_length=500, blank=True)
    withdraw_reason = models.CharField(_("why it was withdrawn"), max_length=200, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state__in=OfferState.open),
                name="one_open_offer_per_application",
            ),
            models.CheckConstraint(condition=Q(state__in=OfferState.values), name="offer_state_known"),
            *(only_sealed(column, f"offer_{column}_is_sealed") for column in SEALED),
            models.CheckConstraint(
                condition=Q(state=OfferState.DECLINED) ^ Q(decline_reason=""),
                name="declined_offer_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=OfferState.SENT) | Q(sent_at__isnull=False), name="sent_offer_has_time"
            ),
        ]
        indexes = [
            change_index("offer"),
            models.Index(fields=["answer_by"], name="offer_due", condition=Q(state=OfferState.SENT)),
            models.Index(
                fields=["ended_at"],
                name="offer_fallen",
                condition=Q(state__in=[OfferState.DECLINED, OfferState.EXPIRED]),
            ),
            models.Index(fields=["state", "id"], name="offer_by_state"),
            models.Index(fields=["start_on", "id"], name="offer_by_start"),
            models.Index(fields=["answer_by", "id"], name="offer_by_answer"),
            models.Index(fields=["of_opening", "id"], name="offer_by_opening"),
            # A report's stretch of days.
            models.Index(fields=["sent_at", "id"], name="offer_by_sent"),
        ]
        triggers = [
            dated("offer"),
            pgtrigger.FSM(name="offer_edges", field="state", transitions=OFFER_STEPS.edges()),
            pgtrigger.ReadOnly(
                name="offer_terms_kept",
                fields=[
                    "application",
                    "salary",
                    "currency",
                    "period",
                    "range_low",
                    "range_high",
                    "range_currency",
                    "range_period",
                    "start_on",
                    "place",
                    "answer_by",
                ],
            ),
            opening_of("offer_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.get_state_display()}"

    @property
    def is_late(self) -> bool:
        """The time of the answer is over."""
        return self.answer_by <= timezone.now()

    @transition(field=state, **OFFER_STEPS.of("approve"))
    def approve(self) -> None:
        """Somebody else than its maker agrees."""

    @transition(field=state, **OFFER_STEPS.of("send"))
    def send(self) -> None:
        """The letter is made, and the candidate may answer."""

    @transition(field=state, **OFFER_STEPS.of("accept"))
    def accept(self) -> None:
        """The candidate takes it."""

    @transition(field=state, **OFFER_STEPS.of("decline"))
    def decline(self) -> None:
        """The candidate does not take it."""

    @transition(field=state, **OFFER_STEPS.of("expire"))
    def expire(self) -> None:
        """No answer came in time."""

    @transition(field=state, **OFFER_STEPS.of("withdraw"))
    def withdraw(self) -> None:
        """We take it back, or the application has ended."""
