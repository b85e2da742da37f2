"""InterviewPlan → Stage → Question → MentionPoint: what is asked, and what a full answer must mention."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.text import listed
from recruitment.models.openings import Competency

LONGEST_WORDING = 60


class InterviewPlan(models.Model):
    """An ordered list of stages. `notes` is what the guide tells the candidate beforehand."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    notes = models.TextField(_("notes for the candidate"), blank=True)
    resume_hours = models.PositiveSmallIntegerField(
        _("hours to return in"), default=72, validators=[MinValueValidator(24), MaxValueValidator(168)]
    )

    class Meta:
        verbose_name = _("interview plan")
        verbose_name_plural = _("interview plans")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """One stage of a plan, such as 自我介绍, and the competencies it measures."""

    plan = models.ForeignKey(
        InterviewPlan, on_delete=models.CASCADE, related_name="stages", verbose_name=_("plan")
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    title = models.CharField(_("title"), max_length=60)
    title_en = models.CharField(_("English title"), max_length=60, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    competencies = models.ManyToManyField(Competency, related_name="stages", verbose_name=_("competencies"))

    class Meta:
        verbose_name = pgettext_lazy("of an interview", "stage")
        verbose_name_plural = _("stages")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="one_stage_per_number",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Question(models.Model):
    """One question of a stage. Text is always taken; which media beside it, the opening says."""

    stage = models.ForeignKey(
        Stage,
        on_delete=models.CASCADE,
        related_name="questions",
        verbose_name=pgettext_lazy("of an interview", "stage"),
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    text = models.TextField(_("question"))
    text_en = models.TextField(_("English question"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=[("text", _("Text"))], default="text")
    prepare_seconds = models.PositiveSmallIntegerField(
        _("seconds to prepare"), null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(600)],
        help_text=_("Empty: the candidate begins whenever ready."),
    )  # fmt: skip
    answer_seconds = models.PositiveSmallIntegerField(
        _("seconds to answer"), null=True, blank=True, validators=[MinValueValidator(15), MaxValueValidator(600)],
        help_text=_("Of a recording. Empty: ten minutes at most."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["stage", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "number"],
                name="one_question_per_number",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]


class MentionPoint(models.Model):
    """A point that a full answer mentions, for one competency. Any of the wordings counts as a mention."""

    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="mention_points", verbose_name=_("question")
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", verbose_name=_("competency")
    )
    label = models.CharField(_("point"), max_length=80)
    wordings = ArrayField(
        models.CharField(max_length=LONGEST_WORDING),
        verbose_name=_("wordings"),
        help_text=_("Parted by commas or line ends; any one counts."),
    )
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )

    class Meta:
        verbose_name = _("must-mention point")
        verbose_name_plural = _("must-mention points")
        ordering = ["question", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(wordings__len__gt=0), name="mention_point_has_wordings")
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, each wording for itself: several in one, with commas between, would never be found in an answer."""
        self.wordings = listed(*self.wordings)
        super().save(*args, **kwargs)
