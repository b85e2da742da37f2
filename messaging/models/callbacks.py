"""Callback: something that WeCom told us, kept before anything is done about it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedWordsField, only_sealed
from messaging.enums import CallbackState
from messaging.models.conversations import Conversation


class Callback(models.Model):
    """One thing that WeCom told us. `digest`: of its text, which a repeated call shares; so it is kept once.

    `conversation`: of what somebody outside did. While it is worked on, and after a failure, `due_at` lies ahead: when
    it is anybody's again.
    """

    digest = models.CharField(max_length=64, unique=True)
    event = models.CharField(_("event"), max_length=60)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("conversation")
    )
    content = SealedWordsField(_("content"))
    state = models.CharField(_("state"), max_length=10, choices=CallbackState, default=CallbackState.WAITING)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(_("done at"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    code = models.CharField(_("how it ended"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CallbackState.values), name="callback_state_known"),
            only_sealed("content", "callback_content_is_sealed"),
            models.CheckConstraint(
                condition=Q(state=CallbackState.WAITING, done_at__isnull=True)
                | ~Q(state=CallbackState.WAITING) & Q(done_at__isnull=False),
                name="callback_done_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="callback_due", condition=Q(state=CallbackState.WAITING)
            ),
            models.Index(fields=["id"], name="callback_failed", condition=Q(state=CallbackState.FAILED)),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"
