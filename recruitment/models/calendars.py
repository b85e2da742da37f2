"""Calendars of colleagues: the secret links under which other programs read the own rounds, and when they are busy
by calendars that are kept elsewhere."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedTextField, only_sealed
from people.rules import is_hr
from people.scope import ScopedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


class CalendarLink(models.Model):
    """A colleague's link to the own rounds: 256 random bits, of which only the SHA-256 is kept. One is live."""

    person = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at=None), name="one_live_calendar_link"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.pk}"


class OutsideCalendar(models.Model):
    """A calendar that a colleague keeps elsewhere, read by its secret address: when they are busy, never with what.

    `tag` is what the calendar's own server called the state that was read, at `whole_at`, as a whole.
    """

    person = models.OneToOneField(
        "people.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    secret_address = SealedTextField(_("address"), editable=False)
    given_by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("given by")
    )
    given_at = models.DateTimeField(_("given at"), auto_now_add=True)
    tag = models.CharField(max_length=200, blank=True, editable=False)
    whole_at = models.DateTimeField(null=True, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    read_at = models.DateTimeField(_("last read"), null=True, editable=False)
    failing_code = models.CharField(max_length=40, blank=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)

    class Meta:
        verbose_name = _("calendar kept elsewhere")
        verbose_name_plural = _("calendars kept elsewhere")
        ordering = ["-id"]
        constraints = [only_sealed("secret_address", "outside_address_is_sealed")]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.pk}"


class BusyTimeQuerySet(ScopedQuerySet["BusyTime"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR: all. Others: their own."""
        if is_hr(user):
            return self.all()
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(calendar__person=user.pk)


class BusyTime(models.Model):
    """A time at which a colleague is busy by a calendar that is kept elsewhere. What lies together is one row."""

    calendar = models.ForeignKey(
        OutsideCalendar, on_delete=models.CASCADE, related_name="busy", verbose_name=_("calendar")
    )
    slot = DateTimeRangeField(_("slot"))

    objects = BusyTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("busy time")
        verbose_name_plural = _("busy times")
        ordering = ["id"]
        constraints = [
            # By its index the times of a calendar that lie in some days are found.
            ExclusionConstraint(
                name="busy_once",
                expressions=[("calendar", RangeOperators.EQUAL), ("slot", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} · {self.slot}"
