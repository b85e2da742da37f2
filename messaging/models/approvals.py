"""Approval: something that colleagues are asked to decide on in WeCom, and what became of it."""

from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedWordsField, only_sealed
from messaging import approving
from messaging.enums import ApprovalState
from messaging.models.connections import WeComConnection
from messaging.refs import Ref
from people.rules import is_hr


class ApprovalTemplate(models.Model):
    """Which template of WeCom's approvals asks for one kind of decision; without one nothing is asked there."""

    connection = models.ForeignKey(
        WeComConnection,
        on_delete=models.CASCADE,
        related_name="templates",
        verbose_name=_("WeCom connection"),
    )
    kind = models.CharField(_("kind"), max_length=30, choices=approving.choices)
    number = models.CharField(
        _("template number"),
        max_length=100,
        validators=[RegexValidator(r"^[A-Za-z0-9_\-]+$", _("Letters, digits and underscores only."))],
        help_text=_("From the address of the template's page in WeCom's console."),
    )

    class Meta:
        verbose_name = _("approval template")
        verbose_name_plural = _("approval templates")
        ordering = ["connection", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind"],
                name="one_approval_template_per_kind",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This kind has its template already."),
            )
        ]

    def __str__(self) -> str:
        return self.number


class ApprovalQuerySet(models.QuerySet[Any]):
    """Requests are HR's own business."""

    def visible_to(self, user: Any) -> Self:
        """HR sees them, nobody else."""
        return self.all() if is_hr(user) else self.none()

    def of(self, kind: str, subject: Ref) -> Self:
        """What was asked about one row, in one matter."""
        return self.filter(kind=kind, subject_type=subject.type, subject_id=subject.id)

    def unfinished(self) -> Self:
        """Nobody has decided yet."""
        return self.filter(state__in=ApprovalState.unfinished)


class Approval(models.Model):
    """One request. `reference`: stands in its text, by which it is found again where WeCom's answer got lost.

    `due_at`: when it is asked, or read anew; None where nothing is left to do. While it is worked on it lies ahead, and
    `tries` says whose turn it is. `first_tried_at`: before the first call; from then on WeCom may have it. `number`:
    WeCom's own (审批编号).
    """

    kind = models.CharField(_("kind"), max_length=30, choices=approving.choices)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    asked_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    words = SealedWordsField(_("text"))
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=ApprovalState, default=ApprovalState.WAITING)
    template = models.CharField(max_length=100, blank=True)
    number = models.CharField(_("WeCom's number"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    due_at = models.DateTimeField(null=True, default=timezone.now)
    first_tried_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(_("failed calls"), default=0)
    done_at = models.DateTimeField(_("ended at"), null=True)
    code = models.CharField(_("how it ended"), max_length=80, blank=True)
    decided_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("WeCom approval")
        verbose_name_plural = _("WeCom approvals")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ApprovalState.values), name="approval_state_known"),
            only_sealed("words", "approval_words_are_sealed"),
            models.CheckConstraint(
                condition=Q(state__in=ApprovalState.unfinished, done_at__isnull=True)
                | ~Q(state__in=ApprovalState.unfinished) & Q(done_at__isnull=False),
                name="approval_ended_says_when",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id"],
                condition=Q(state__in=ApprovalState.unfinished),
                name="one_approval_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="approval_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["subject_type", "subject_id"], name="approval_subject"),
            models.Index(fields=["number"], name="approval_number", condition=~Q(number="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"

    @property
    def subject(self) -> Ref:
        """What it is about."""
        return Ref(self.subject_type, self.subject_id)
