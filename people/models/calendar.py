"""The working calendar's table: which years are known, and the days that differ from the ordinary week."""

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from people import scope

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models.user import User

FIRST_YEAR, LAST_YEAR = 2004, 2100


class CalendarYearQuerySet(models.QuerySet["CalendarYear"]):
    """Known years."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR and managers: all. Others: none."""
        return self.filter(scope.everything_for_staff(user))


class CalendarYear(models.Model):
    """A year whose holidays and make-up working days are known. Written by `people.services.calendar`."""

    year = models.PositiveSmallIntegerField(
        _("year"), primary_key=True, validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    loaded_at = models.DateTimeField(_("loaded at"))
    source = models.CharField(_("source"), max_length=200)
    # {day: moment}: what stood on a day before it was taken off has to be looked at; what was planned later has not.
    turned_off = models.JSONField(_("days taken off, and when"), default=dict, blank=True, editable=False)

    objects = CalendarYearQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    """Days that differ."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR and managers: all. Others: none."""
        return self.filter(scope.everything_for_staff(user))


class CalendarDay(models.Model):
    """A day that differs from the ordinary week: a holiday, or a weekend day that is worked (调休).

    A day without a row is a working day from Monday to Friday.
    """

    date = models.DateField(_("date"), primary_key=True)
    is_working = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=100, blank=True)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["-date"]

    def __str__(self) -> str:
        return self.date.isoformat()
