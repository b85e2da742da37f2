"""Answer: what was said to one question. Checkpoint: a stage that the server verified. RubricScore: its scores."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.changes import Dated, change_index, dated
from core.figures import rounded
from core.sealed.fields import SealedWordsField, only_sealed
from recruitment.enums import RecordingState
from recruitment.models.interviews import Interview, OfInterviewQuerySet
from recruitment.models.openings import PERCENT, Competency
from recruitment.models.plans import Question, Stage


class Answer(models.Model):
    """A saved answer, one per question and attempt. A higher revision replaces the text until the stage is saved.

    `media` is "" for an answer without a recording. An answer that a new attempt kept has its segments at `kept_from`.
    `points_mentioned`: how many of the question's points the rubric found in it; None where it did not look.
    """

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="answers", verbose_name=_("interview")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="+", verbose_name=_("question")
    )
    revision = models.PositiveIntegerField(_("revision"), default=0)
    text = SealedWordsField(_("text"), blank=True)
    saved_at = models.DateTimeField(_("saved at"), auto_now=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    media = models.CharField(_("recording"), max_length=10, choices=RecordingState, blank=True)
    points_mentioned = models.PositiveSmallIntegerField(_("points mentioned"), null=True, editable=False)
    kept_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kept from answer"),
    )

    objects = OfInterviewQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a candidate", "answer")
        verbose_name_plural = _("answers")
        ordering = ["interview", "attempt", "question"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "attempt", "question"], name="one_answer_per_question"
            ),
            only_sealed("text", "answer_text_is_sealed"),
        ]
        indexes = [
            models.Index(
                fields=["question", "id"],
                name="answer_judged",
                condition=Q(points_mentioned__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.question_id}"


class Checkpoint(Dated):
    """A stage whose answers the server has verified and committed. `scored_at` is None while its scoring is owed."""

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="checkpoints", verbose_name=_("interview")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    stage = models.ForeignKey(
        Stage,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("of an interview", "stage"),
    )
    saved_at = models.DateTimeField(_("saved at"))
    scored_at = models.DateTimeField(_("scored at"), null=True, blank=True)
    kept_from_attempt = models.PositiveSmallIntegerField(_("kept from attempt"), null=True, blank=True)

    objects = OfInterviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["interview", "attempt", "stage"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "attempt", "stage"], name="one_checkpoint_per_stage")
        ]
        indexes = [
            change_index("checkpoint"),
            models.Index(
                fields=["saved_at"], name="checkpoint_unscored", condition=Q(scored_at__isnull=True)
            ),
        ]
        triggers = [dated("checkpoint")]

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.stage}"


class RubricScore(models.Model):
    """A competency's score in one saved stage: by the rubric (value), and by the reviewer (override). Both are kept.

    `value` is None where a person has to score, because the candidate did not agree to AI evaluation. `low` and `high`
    are how far the method may be off; None where it does not say. `evidence` is a list of {"point", "weight", "quote"};
    a quote is always a piece of the answer, None where the point is missing. What was spoken has "said" (draft or
    corrected: the transcript it is quoted from) and, where there is a quote, the "recording" and the "second" of it.
    """

    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.CASCADE, related_name="scores", verbose_name=_("checkpoint")
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", verbose_name=_("competency")
    )
    value = models.DecimalField(
        _("rubric coverage"), max_digits=5, decimal_places=2, null=True, validators=PERCENT
    )
    low = models.DecimalField(_("low"), max_digits=5, decimal_places=2, null=True)
    high = models.DecimalField(_("high"), max_digits=5, decimal_places=2, null=True)
    method = models.CharField(_("method"), max_length=60)
    evidence = models.JSONField(_("evidence"), default=list)
    override = models.DecimalField(
        _("reviewer's score"), max_digits=5, decimal_places=2, null=True, blank=True, validators=PERCENT
    )
    override_reason = models.CharField(_("reviewer's reason"), max_length=300, blank=True)
    overridden_by = models.ForeignKey(
        "people.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewer"),
    )
    overridden_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("stage score")
        verbose_name_plural = _("stage scores")
        ordering = ["checkpoint", "competency"]
        indexes = [
            models.Index(
                fields=["checkpoint"],
                name="score_waits_for_a_person",
                condition=Q(value__isnull=True, override__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "competency"], name="one_score_per_stage_and_competency"
            ),
            models.CheckConstraint(
                condition=Q(value__range=(Decimal(0), Decimal(100))), name="rubric_0_to_100"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True)
                | Q(low__gte=0, low__lte=F("value"), high__gte=F("value"), high__lte=100),
                name="stage_score_in_its_interval",
            ),
            models.CheckConstraint(
                condition=Q(override__range=(Decimal(0), Decimal(100))), name="override_0_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency} {'–' if self.effective is None else rounded(self.effective)}"

    @property
    def is_by_model(self) -> bool:
        """Whether a language model scored it."""
        return self.method.startswith("llm:")

    @property
    def half_width(self) -> Decimal | None:
        """How far the method may be off, in points; None where it does not say, or a person's score counts."""
        if self.override is not None or self.value is None or self.low is None or self.high is None:
            return None
        return max(self.value - self.low, self.high - self.value)

    @property
    def effective(self) -> Decimal | None:
        """The reviewer's score where there is one, else the rubric's; None while nobody has scored."""
        return self.override if self.override is not None else self.value


class EarlierScore(models.Model):
    """What a method said of a competency in a saved stage before its words, or the method, changed: kept beside."""

    score = models.ForeignKey(
        RubricScore, on_delete=models.CASCADE, related_name="earlier", verbose_name=_("stage score")
    )
    value = models.DecimalField(_("value"), max_digits=5, decimal_places=2, validators=PERCENT)
    low = models.DecimalField(_("low"), max_digits=5, decimal_places=2, null=True)
    high = models.DecimalField(_("high"), max_digits=5, decimal_places=2, null=True)
    method = models.CharField(_("method"), max_length=60)
    evidence = models.JSONField(_("evidence"), default=list)
    replaced_at = models.DateTimeField(_("replaced at"), auto_now_add=True)

    class Meta:
        verbose_name = _("earlier stage score")
        verbose_name_plural = _("earlier stage scores")
        ordering = ["score", "-id"]

    def __str__(self) -> str:
        return f"{self.score_id} {rounded(self.value)}"
