"""Figures that were counted before, by opening and week and by opening and month, and views that somebody keeps.

The figures (`reports.folding`) are never the only place of a figure: every one can be counted anew from what happened,
and at night is.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.enums import Role, role_choices
from people.models import User
from recruitment.models import Opening


class WeekOfOpening(models.Model):
    """What `reports.weekly` counts of one opening in one week; no row where nothing happened."""

    opening = models.ForeignKey(
        Opening, on_delete=models.CASCADE, related_name="+", verbose_name=_("opening")
    )
    first = models.DateField(_("first day"))
    figures = models.JSONField(_("figures"))

    class Meta:
        verbose_name = _("week of an opening")
        verbose_name_plural = _("weeks of openings")
        constraints = [models.UniqueConstraint(fields=["first", "opening"], name="one_row_per_week")]

    def __str__(self) -> str:
        return f"{self.opening_id} · {self.first}"


class MonthOfOpening(models.Model):
    """How many starts of one opening lie in one month: hired, or expected and held up by nothing.

    Without a month: hired without a planned start, who fill what was needed in the opening's own month.
    """

    opening = models.ForeignKey(
        Opening, on_delete=models.CASCADE, related_name="+", verbose_name=_("opening")
    )
    month = models.DateField(_("month"), null=True)
    hired = models.PositiveIntegerField(_("hired"), default=0)
    expected = models.PositiveIntegerField(_("expected"), default=0)

    class Meta:
        verbose_name = _("month of an opening")
        verbose_name_plural = _("months of openings")
        constraints = [
            models.UniqueConstraint(
                fields=["opening", "month"], name="one_row_per_month", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(month__isnull=True) | Q(month__day=1), name="month_is_first_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opening_id} · {self.month}"


class Fold(models.Model):
    """Up to which event the figures hold, and by which version of what they mean (`reports.stale.VERSION`).

    One row; none before everything was counted once.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    up_to = models.BigIntegerField(_("event"))
    at = models.DateTimeField(_("at"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    differences = models.PositiveIntegerField(_("differences found at night"), default=0)

    class Meta:
        verbose_name = _("state of the figures")
        verbose_name_plural = _("states of the figures")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_fold")]

    def __str__(self) -> str:
        return str(self.up_to)


class KeptTable(models.Model):
    """A report that takes long, as it was counted (`reports.kept`): content, moment, and how long counting took.

    `key` tells report, definition, parameters and language; without days in `parameters` they are the usual ones, and
    `first` and `last` those that were counted. Without `content` nothing is counted yet; `wanted_at`: a job is to count
    it; `error`: it had to give up. `differences`: lines that the last comparison at night had to set right.
    """

    key = models.CharField(max_length=64, unique=True)
    report = models.CharField(_("which report"), max_length=40)
    definition = models.CharField(max_length=64)
    parameters = models.JSONField(_("filters"), default=dict)
    language = models.CharField(max_length=10)
    reader = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("read by"))
    read_at = models.DateTimeField(_("read at"))
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    wanted_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(_("counted at"), null=True)
    as_of = models.DateTimeField(_("as of"), null=True)
    seconds = models.FloatField(_("seconds that counting took"), null=True)
    content = models.JSONField(null=True)
    error = models.CharField(max_length=60, blank=True)
    checked_at = models.DateTimeField(null=True)
    differences = models.PositiveIntegerField(_("differences found at night"), default=0)

    class Meta:
        verbose_name = _("kept table of a report")
        verbose_name_plural = _("kept tables of reports")

    def __str__(self) -> str:
        return f"{self.report} {self.first} {self.last}"


class Rhythm(models.TextChoices):
    """How often a view is sent to those who may read it."""

    NEVER = "", _("not sent")
    WEEKLY = "weekly", _("every Monday")
    MONTHLY = "monthly", _("on the first of each month")


def rhythm_choices() -> list[tuple[str, Any]]:
    """For `choices=`: a rhythm more is no change of the table."""
    return Rhythm.choices


class SavedView(models.Model):
    """A report as somebody asked for it, under a name: their own, or shared with colleagues of these roles.

    It holds the question, never an answer: whoever opens it is shown what their own rights show. `filters` are the
    parameters of the address. `moves`: its days go along with the day on which it is opened.
    """

    name = models.CharField(_("name of the view"), max_length=80)
    report = models.CharField(_("which report"), max_length=40)
    filters = models.JSONField(_("filters"), default=dict)
    moves = models.BooleanField(_("days go along"), default=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("kept by"))
    shared_with = ArrayField(
        models.CharField(max_length=20, choices=role_choices),
        default=list,
        blank=True,
        verbose_name=_("shared with"),
    )
    rhythm = models.CharField(
        _("how often it is sent"), max_length=10, choices=rhythm_choices, blank=True, default=Rhythm.NEVER
    )
    saved_at = models.DateTimeField(_("kept at"), auto_now=True)

    class Meta:
        verbose_name = _("kept view")
        verbose_name_plural = _("kept views")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_view_of_a_name"),
            models.CheckConstraint(
                condition=Q(shared_with__contained_by=list(Role.values)), name="view_roles_are_known"
            ),
        ]
        indexes = [GinIndex(fields=["shared_with"], name="view_shared_with")]

    def __str__(self) -> str:
        return self.name
