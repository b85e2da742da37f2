"""What was learned of finished interviews, and how well it would have done: a row for each night."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Learning(models.Model):
    """One night's back-test and what came of it. Never changed: estimates name the one they were made by.

    `result` is what `recruitment.evaluation.learning.backtest` answers, its groups by opening and plan version;
    `estimator` what unfinished interviews are estimated with, None where the documented weights stay.
    """

    learned_at = models.DateTimeField(_("learned at"), auto_now_add=True)
    method = models.CharField(_("method"), max_length=40)
    finished = models.PositiveIntegerField(_("finished interviews"))
    left = models.PositiveIntegerField(_("left half way"))
    result = models.JSONField(_("back-test"))
    estimator = models.JSONField(_("what was learned"), null=True)

    class Meta:
        verbose_name = _("back-test of estimates")
        verbose_name_plural = _("back-tests of estimates")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.learned_at:%Y-%m-%d}"
