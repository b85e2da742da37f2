"""Check: what one look at one promise found. HealthReport: what a year's look at everything found. Size: how large."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CheckQuerySet(models.QuerySet["Check"]):
    """Looks, by whether they are the last ones and what they found."""

    def latest_of_each(self) -> Self:
        """The last look at each promise."""
        return self.filter(is_latest=True)

    def red(self) -> Self:
        """The last looks that found something, or that could not be taken to their end."""
        return self.filter(Q(count__gt=0) | Q(count__isnull=True), is_latest=True)


class Check(models.Model):
    """One look: how many rows break the promise, and the first of them.

    `count` is None where the look failed, with `error`, a code or an exception's name. `is_more`: counted only so far.
    `rows` holds the model, number and name of the first rows; names are of files and tables, never of people.
    `broken_since` is the first of the looks in a row that found something.
    """

    code = models.CharField(_("promise"), max_length=60)
    at = models.DateTimeField(_("looked at"), default=timezone.now)
    seconds = models.FloatField(_("seconds"), default=0)
    count = models.PositiveIntegerField(_("found"), null=True)
    is_more = models.BooleanField(default=False)
    rows: Any = models.JSONField(_("rows"), default=list)
    error = models.CharField(_("error"), max_length=120, blank=True)
    by = models.CharField(_("by"), max_length=80, blank=True)
    broken_since = models.DateTimeField(_("since"), null=True)
    is_latest = models.BooleanField(default=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("data check")
        verbose_name_plural = _("data checks")
        ordering = ["code", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(is_latest=True), name="one_latest_check_per_promise"
            ),
            models.CheckConstraint(
                condition=Q(count__isnull=True) ^ Q(error=""), name="check_counts_or_says_why_not"
            ),
        ]
        indexes = [models.Index(fields=["code", "-id"], name="check_by_promise")]

    def __str__(self) -> str:
        from core.checks.declaring import declared_invariants  # noqa: PLC0415 -- declared by those above

        known = declared_invariants().get(self.code)
        return str(known.title) if known else self.code

    @property
    def is_red(self) -> bool:
        """It found something, or could not look."""
        return self.count is None or self.count > 0


class HealthReport(models.Model):
    """What one look at the whole installation found: written once, kept, and read as a page or a document.

    `parts` holds figures and codes by part, people as their accounts' numbers: whose account is gone has no name in it.
    `risks` of it are counted beside.
    """

    at = models.DateTimeField(_("made at"), default=timezone.now)
    by = models.CharField(_("by"), max_length=80, blank=True)
    risks = models.PositiveSmallIntegerField(_("open risks"), default=0)
    parts: Any = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("health report")
        verbose_name_plural = _("health reports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d}"


class Size(models.Model):
    """How large the database was on a day, and how much room was left: what growth is counted by."""

    at = models.DateTimeField(default=timezone.now)
    database_bytes = models.BigIntegerField()
    free_bytes = models.BigIntegerField()

    class Meta:
        verbose_name = _("size of a day")
        verbose_name_plural = _("sizes of days")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d}"
