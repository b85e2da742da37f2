"""Hold: a record that nothing may be deleted of. Erasure: a person's record that goes, part by part."""

from enum import nonmember
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.rules import is_hr
from recruitment.models.candidates import Candidate

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


class PrivacyQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR: all. Others: none."""
        return self.all() if is_hr(user) else self.none()

    def standing(self) -> Self:
        """Holds that bind today: not lifted, and not past their day."""
        still = Q(until__isnull=True) | Q(until__gte=timezone.localdate())
        return self.filter(still, lifted_at=None)


class Hold(models.Model):
    """A candidate's record is held for a dispute: nothing of it goes, by retention or by erasing.

    Until the day in `until`, that day included, or until somebody lifts it; None: until it is lifted.
    """

    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="holds", verbose_name=_("candidate")
    )
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("held by")
    )
    held_at = models.DateTimeField(_("held since"), auto_now_add=True)
    until = models.DateField(_("held until"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("lifted by")
    )
    lift_reason = models.CharField(_("why it was lifted"), max_length=300, blank=True)

    objects = PrivacyQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-id"]
        indexes = [models.Index(fields=["held_at", "id"], name="hold_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"], condition=Q(lifted_at__isnull=True), name="one_hold_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}"


class ErasureState(models.TextChoices):
    """Waiting: it may be called off. Running goes on by itself until it is done."""

    WAITING = "waiting", _("About to begin")
    RUNNING = "running", _("Being erased")
    DONE = "done", _("Erased")
    CALLED_OFF = "called_off", _("Called off")

    unfinished = nonmember(("waiting", "running"))


class Erasure(models.Model):
    """A candidate's record is erased: who decided it and why, and how far it is.

    `records` are the keys of the rows, found when it begins; `done` the parts that are through, each with how much
    went; `failing` the code of what stands in the way of the next part, which is tried again.
    """

    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="erasures", verbose_name=_("candidate")
    )
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    asked_at = models.DateTimeField(_("decided at"), auto_now_add=True)
    begins_at = models.DateTimeField(_("begins at"))
    state = models.CharField(_("state"), max_length=12, choices=ErasureState, default=ErasureState.WAITING)
    records = models.JSONField(default=dict, editable=False)
    done = models.JSONField(_("went"), default=dict, editable=False)
    failing = models.CharField(_("what stands in the way"), max_length=60, blank=True)
    done_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = PrivacyQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["asked_at", "id"], name="erasure_by_time"),
            models.Index(
                fields=["begins_at"], name="erasure_due", condition=Q(state__in=("waiting", "running"))
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(state__in=("waiting", "running")),
                name="one_erasure_at_a_time",
            ),
            models.CheckConstraint(condition=Q(state__in=ErasureState.values), name="erasure_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}"
