"""What a reviewer made of an answer at the scoring desk, not knowing whose it is."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet
from recruitment.models.answers import RubricScore
from recruitment.models.plans import HIGHEST_LEVEL


class JudgementQuerySet(ScopedQuerySet):
    department_lookup = "score__checkpoint__interview__of_opening__department"

    def standing(self) -> "JudgementQuerySet":
        """Those that nobody took back."""
        return self.filter(taken_back_at__isnull=True)


class Judgement(models.Model):
    """A level for one competency of a saved stage. The first counts as the reviewer's score; a second, by sample, is
    kept beside it and tells how far reviewers agree. One that its reviewer took back or changed stays.
    """

    score = models.ForeignKey(
        RubricScore, on_delete=models.CASCADE, related_name="judgements", verbose_name=_("stage score")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("reviewer"),
    )
    is_second = models.BooleanField(_("second reviewer"), default=False)
    level = models.PositiveSmallIntegerField(
        _("level"), validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_LEVEL)]
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = JudgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("judgement")
        verbose_name_plural = _("judgements")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["score", "is_second"],
                condition=Q(taken_back_at__isnull=True),
                name="one_first_and_one_second",
            ),
            models.CheckConstraint(condition=Q(level__range=(1, HIGHEST_LEVEL)), name="judgement_of_a_level"),
        ]

    def __str__(self) -> str:
        return f"{self.score_id} · {self.level}"
