"""Delivery: one channel's try at a message. Attempt: one call to a provider. ChannelPause: a channel that is shut."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import request_ids
from messaging.enums import AttemptOutcome, ChannelName, DeliveryState, Receipt
from messaging.models.messages import Message


def new_key() -> str:
    """A name for a delivery that a provider may see: says nothing about it."""
    return uuid.uuid4().hex


class Delivery(models.Model):
    """One channel's try at one message, repeated until the provider takes it or refuses for good.

    Whoever sends it holds a lease of a minute, proved by `lease_token`; a lease that ran out is anybody's again.
    `counted` are the calls that count against the limit, `attempt_count` all of them. `is_unconfirmed`: an earlier call
    may have been taken without anybody saying so. `is_repeated`: it was taken after such a call by a provider that
    knows a repeat by nothing, so that its reader may have it twice.
    `request_id`: of what set it off; the lines of the log about its sending carry it.
    `receipt`: of a provider that tells later whether the phone got it, asked again at `ask_at`; empty for the others.
    `segments`: in how many pieces it went out, and is paid for, where it is counted in pieces.
    """

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("message")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=ChannelName)
    seq = models.PositiveSmallIntegerField(_("number"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.PENDING)
    provider_key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    due_at = models.DateTimeField(_("due at"), default=timezone.now)
    lease_until = models.DateTimeField(_("leased until"), null=True)
    lease_token = models.CharField(max_length=40, blank=True, editable=False)
    attempt_count = models.PositiveIntegerField(_("calls"), default=0)
    counted = models.PositiveSmallIntegerField(_("calls that count"), default=0)
    is_unconfirmed = models.BooleanField(_("an earlier call may have been taken"), default=False)
    is_repeated = models.BooleanField(_("perhaps shown twice"), default=False, db_default=False)
    provider_id = models.CharField(_("provider's number"), max_length=200, blank=True)
    last_code = models.CharField(_("last answer"), max_length=80, blank=True)
    accepted_at = models.DateTimeField(_("sent at"), null=True)
    request_id = models.CharField(
        _("request"), max_length=request_ids.LONGEST, blank=True, default=request_ids.current, db_default=""
    )
    segments = models.PositiveSmallIntegerField(_("segments"), null=True)
    receipt = models.CharField(_("receipt"), max_length=10, choices=Receipt, blank=True)
    ask_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["message", "seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "channel", "seq"], name="one_delivery_per_channel_and_seq"
            ),
            models.UniqueConstraint(
                fields=["message"],
                condition=Q(state__in=(DeliveryState.PENDING, DeliveryState.LEASED)),
                name="one_open_delivery_per_message",
            ),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.LEASED, lease_until__isnull=False) & ~Q(lease_token="")
                | ~Q(state=DeliveryState.LEASED) & Q(lease_until__isnull=True, lease_token=""),
                name="leased_delivery_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(receipt=Receipt.WAITING, ask_at__isnull=False)
                | ~Q(receipt=Receipt.WAITING) & Q(ask_at__isnull=True),
                name="waited_for_receipt_is_asked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="delivery_due", condition=Q(state=DeliveryState.PENDING)
            ),
            models.Index(
                fields=["lease_until"], name="delivery_leased", condition=Q(state=DeliveryState.LEASED)
            ),
            models.Index(
                fields=["id"], name="delivery_ambiguous", condition=Q(state=DeliveryState.AMBIGUOUS)
            ),
            models.Index(fields=["accepted_at"], name="delivery_repeated", condition=Q(is_repeated=True)),
            models.Index(
                fields=["ask_at", "id"], name="delivery_to_ask", condition=Q(receipt=Receipt.WAITING)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.seq}"


class Attempt(models.Model):
    """One call to a provider. The row is committed before the call, so a process that dies in it leaves a trace."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="attempts", verbose_name=_("delivery")
    )
    number = models.PositiveIntegerField(_("number"))
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=AttemptOutcome, default=AttemptOutcome.CALLING
    )
    code = models.CharField(_("answer"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["delivery", "number"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="one_attempt_per_number"),
            models.CheckConstraint(
                condition=Q(outcome__in=AttemptOutcome.values), name="attempt_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_outcome_display()}"


class ChannelPause(models.Model):
    """A channel that is shut for everybody until a time, and why. One row a channel; a past one is history."""

    channel = models.CharField(_("channel"), max_length=10, choices=ChannelName, primary_key=True)
    until = models.DateTimeField(_("paused until"))
    code = models.CharField(_("why"), max_length=80)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("paused channel")
        verbose_name_plural = _("paused channels")

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.code}"
