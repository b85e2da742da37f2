"""Figures that were counted before: by opening and week, and by opening and month. `reports.folding` keeps them.

They are never the only place of a figure: every one can be counted anew from what happened, and at night is.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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
    """Up to which event the figures hold. One row; none before everything was counted once."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    up_to = models.BigIntegerField(_("event"))
    at = models.DateTimeField(_("at"))
    differences = models.PositiveIntegerField(_("differences found at night"), default=0)

    class Meta:
        verbose_name = _("state of the figures")
        verbose_name_plural = _("states of the figures")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_fold")]

    def __str__(self) -> str:
        return str(self.up_to)
