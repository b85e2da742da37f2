"""InterviewSurvey: what a candidate thought of an interview, once for each attempt that is over."""

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.rules import is_hr
from recruitment.models.interviews import Interview

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

BEST, LONGEST_WHY = 10, 500


class SurveyQuerySet(models.QuerySet["InterviewSurvey"]):
    """Answers, by who may see them: HR alone, for a candidate speaks of whoever held the interview."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR: all. Others: none."""

        return self.all() if is_hr(user) else self.none()


class InterviewSurvey(models.Model):
    """From 0 to 10 and, if the candidate likes, why. It is no part of any score, rank or decision."""

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="surveys", verbose_name=_("interview")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    rating = models.PositiveSmallIntegerField(_("rating from 0 to 10"), validators=[MaxValueValidator(BEST)])
    why = models.CharField(_("why"), max_length=LONGEST_WHY, blank=True)
    answered_at = models.DateTimeField(_("answered at"), auto_now_add=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to the survey")
        verbose_name_plural = _("answers to the survey")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["rating", "-id"], name="survey_by_rating"),
            models.Index(fields=["answered_at", "id"], name="survey_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["interview", "attempt"], name="one_survey_an_attempt"),
            models.CheckConstraint(condition=Q(rating__lte=BEST), name="survey_rating_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.interview} · {self.rating}"
