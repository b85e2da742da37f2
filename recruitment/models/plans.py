"""InterviewPlan → PlanVersion → Stage → Question → MentionPoint: what is asked, and what a full answer must mention.

RubricLevel: what an answer of each level sounds like, for each competency.

A plan is edited as a draft and published as a version. What is published never changes, nor does anything in it: the
database refuses it too, so that no later plan judges what was taken under an earlier one.
"""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.language import in_language
from core.text import listed, shortened
from recruitment.enums_faces import Faces
from recruitment.enums_spoken import ReadAloud
from recruitment.models.openings import Competency

LONGEST_WORDING = 60
LONGEST_ANCHOR = 600
LONGEST_PROBE = 200
HIGHEST_LEVEL = 5


class InterviewPlan(models.Model):
    """A plan by its name; what it asks is in its versions, one of which may be a draft."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("interview plan")
        verbose_name_plural = _("interview plans")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def published(self) -> "PlanVersion | None":
        """The version that an interview scheduled now is taken under; None while there is none. One query."""
        return self.versions.filter(published_at__isnull=False).order_by("-number").first()

    def newest(self) -> "PlanVersion":
        """`published` where there must be one. One query. Raises PlanVersion.DoesNotExist."""
        return self.versions.filter(published_at__isnull=False).latest("number")

    @property
    def draft(self) -> "PlanVersion | None":
        """What is being edited; None while nothing is. One query."""
        return self.versions.filter(published_at__isnull=True).first()


def _published(version: str, *, tables: str = "") -> pgtrigger.Trigger:
    """Refuse every change of a row whose version is published; `version`: the ids it belongs to, old and new.

    The version is held meanwhile: who publishes waits for a change that is under way, and a change for the publishing.
    """
    return pgtrigger.Trigger(
        name="published_stands",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("owner", "bigint[]")],
        func=f"""
            SELECT array_agg({version}) INTO owner {tables};
            PERFORM FROM recruitment_planversion WHERE id = ANY(owner) FOR SHARE;
            IF EXISTS (SELECT FROM recruitment_planversion WHERE id = ANY(owner) AND published_at IS NOT NULL) THEN
                RAISE EXCEPTION 'pgtrigger: Cannot change what is published';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608 -- the names of our own tables
    )


class PlanVersion(models.Model):
    """One state of a plan: a draft, of which there is one at most, or published for good.

    `notes` is what the guide tells the candidate beforehand, `notes_en` the same in English; `resume_hours` how
    long an exit may last.
    """

    plan = models.ForeignKey(
        InterviewPlan, on_delete=models.CASCADE, related_name="versions", verbose_name=_("interview plan")
    )
    number = models.PositiveSmallIntegerField(_("version"), validators=[MinValueValidator(1)])
    notes = models.TextField(_("notes for the candidate"), blank=True)
    notes_en = models.TextField(_("English notes for the candidate"), blank=True)
    resume_hours = models.PositiveSmallIntegerField(
        _("hours to return in"), default=72, validators=[MinValueValidator(24), MaxValueValidator(168)]
    )
    read_aloud = models.CharField(
        _("read questions aloud"),
        max_length=3,
        choices=ReadAloud,
        default=ReadAloud.OFF,
        help_text=_("A button beside the question plays it; nothing plays by itself."),
    )
    faces = models.CharField(
        _("note faces before the camera"), max_length=7, choices=Faces, default=Faces.OFF, editable=False
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        "people.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )

    class Meta:
        verbose_name = _("plan version")
        verbose_name_plural = _("plan versions")
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(published_at__isnull=True), name="one_draft_per_plan"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
                func="RAISE EXCEPTION 'pgtrigger: Cannot change what is published';",
            )
        ]

    def __str__(self) -> str:
        words = {"plan": self.plan, "number": self.number}
        if self.published_at is None:
            return gettext("%(plan)s, draft of version %(number)s") % words
        return gettext("%(plan)s, version %(number)s") % words


class Stage(models.Model):
    """One stage of a version, such as 自我介绍, and the competencies it measures."""

    version = models.ForeignKey(
        PlanVersion, on_delete=models.CASCADE, related_name="stages", verbose_name=_("plan version")
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    title = models.CharField(_("title"), max_length=60)
    title_en = models.CharField(_("English title"), max_length=60, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    competencies = models.ManyToManyField(Competency, related_name="stages", verbose_name=_("competencies"))

    class Meta:
        verbose_name = pgettext_lazy("of an interview", "stage")
        verbose_name_plural = _("stages")
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "number"],
                name="one_stage_per_number",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]
        triggers = [_published("id", tables="FROM unnest(ARRAY[OLD.version_id, NEW.version_id]) AS id")]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)


class Measured(Stage.competencies.through):  # type: ignore[name-defined,misc]
    """What a stage measures, as the database guards it."""

    class Meta:
        proxy = True
        triggers = [
            _published(
                "stage.version_id",
                tables="FROM recruitment_stage AS stage WHERE stage.id IN (OLD.stage_id, NEW.stage_id)",
            )
        ]


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
        triggers = [
            _published(
                "stage.version_id",
                tables="FROM recruitment_stage AS stage WHERE stage.id IN (OLD.stage_id, NEW.stage_id)",
            )
        ]

    def __str__(self) -> str:
        return shortened(self.wording, 40)

    @property
    def wording(self) -> str:
        """The whole question, as the reader speaks."""
        return in_language(self.text, self.text_en)


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

    probe = models.CharField(
        _("further question"),
        max_length=LONGEST_PROBE,
        blank=True,
        help_text=_(
            "Asked once when the answer does not mention the point. Empty: nothing further is asked."
        ),
    )
    probe_en = models.CharField(_("English further question"), max_length=LONGEST_PROBE, blank=True)

    class Meta:
        verbose_name = _("must-mention point")
        verbose_name_plural = _("must-mention points")
        ordering = ["question", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(wordings__len__gt=0), name="mention_point_has_wordings")
        ]
        triggers = [
            _published(
                "stage.version_id",
                tables="""FROM recruitment_question AS question JOIN recruitment_stage AS stage
                ON stage.id = question.stage_id WHERE question.id IN (OLD.question_id, NEW.question_id)""",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def asks_further(self) -> str:
        """Its further question as the reader speaks; "" where it has none."""
        return in_language(self.probe, self.probe_en)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, each wording for itself: several in one, with commas between, would never be found in an answer."""
        self.wordings = listed(*self.wordings)
        super().save(*args, **kwargs)


class RubricLevel(models.Model):
    """What an answer of one level sounds like, for one competency: the house's (no version), or a plan version's own.

    Publishing gives a version the house's levels of what it measures and has none for (`from_house`). From then on they
    are part of it and stand: what was taken under one rubric is never judged by a later one.
    """

    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="levels", verbose_name=_("competency")
    )
    version = models.ForeignKey(
        PlanVersion,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="levels",
        verbose_name=_("plan version"),
    )
    level = models.PositiveSmallIntegerField(
        _("level"),
        validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_LEVEL)],
        help_text=_("1 is the lowest, 5 the highest: 0, 25, 50, 75 and 100 points."),
    )
    anchor = models.TextField(_("anchor text"), validators=[MaxLengthValidator(LONGEST_ANCHOR)])
    from_house = models.BooleanField(_("the house's"), default=False, editable=False)

    class Meta:
        verbose_name = _("level of the rubric")
        verbose_name_plural = _("levels of the rubric")
        ordering = ["competency", "level"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "competency", "level"],
                name="one_anchor_per_level",
                nulls_distinct=False,
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(level__range=(1, HIGHEST_LEVEL)) & ~Q(anchor=""), name="anchor_of_a_level"
            ),
        ]
        triggers = [_published("id", tables="FROM unnest(ARRAY[OLD.version_id, NEW.version_id]) AS id")]

    def __str__(self) -> str:
        return f"{self.competency} {self.level}"

    @property
    def value(self) -> int:
        """In points of 100."""
        return points_of(self.level)


def points_of(level: int) -> int:
    """A level in points of 100."""
    return (level - 1) * 100 // (HIGHEST_LEVEL - 1)
