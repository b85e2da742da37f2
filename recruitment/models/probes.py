"""Probe: the one further question to an answer, chosen from what the plan approves, or that there was none to ask."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from recruitment.enums_spoken import NoProbe
from recruitment.models.answers import Answer
from recruitment.models.plans import MentionPoint


class Probe(models.Model):
    """What was decided about one answer, once: the point that it was asked about, or the reason of none.

    `shown_at`: when the candidate's page had it on the screen, as far as the page could say so. `chosen_by` is the rule
    or a model. `characters` and `recordings` are how much there was before the question: what
    comes behind them was said after it.
    """

    answer = models.OneToOneField(
        Answer, on_delete=models.CASCADE, related_name="probe", verbose_name=_("answer")
    )
    point = models.ForeignKey(
        MentionPoint,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("must-mention point"),
    )
    reason = models.CharField(_("reason"), max_length=20, choices=NoProbe, blank=True)
    chosen_by = models.CharField(_("chosen by"), max_length=100)
    characters = models.PositiveIntegerField(_("characters before"), default=0)
    recordings = models.PositiveSmallIntegerField(_("recordings before"), default=0)
    decided_at = models.DateTimeField(_("decided at"))
    shown_at = models.DateTimeField(_("shown at"), null=True)

    class Meta:
        verbose_name = _("further question")
        verbose_name_plural = _("further questions")
        ordering = ["answer"]
        constraints = [
            models.CheckConstraint(
                condition=Q(point__isnull=False, reason="") | Q(point__isnull=True) & ~Q(reason=""),
                name="probe_or_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} · {self.point_id or self.reason}"
