"""Opening: a position to fill, and which skills it asks for."""

from typing import Any

import pgtrigger
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.changes import Dated, change_index, dated
from core.language import in_language
from core.sealed.fields import SealedDecimalField, only_sealed
from core.searching import key_of, search_index, text_words
from people.scope import ScopedQuerySet
from recruitment.enums import Medium, OpeningState, PayPeriod

LONGEST_DESCRIPTION = 5_000
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class Competency(models.Model):
    """What an interview stage measures: 沟通能力, 专业技能, 反应速度, 情绪管理, 团队协作 in the demo."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        ordering = ["id"]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class Skill(models.Model):
    """What an opening requires and a course teaches. `competency` is the one that an interview sees it through."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    competency = models.ForeignKey(
        Competency,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="skills",
        verbose_name=_("competency"),
    )

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["id"]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class OpeningQuerySet(ScopedQuerySet):
    department_lookup = "department"


class Opening(Dated):
    """A position to fill in one department and month, by one specialist, along one interview plan.

    `title` names it wherever rows are matched, sorted and exported; who reads English is shown `title_en`, as far as
    there is one, and so it is with `location` and `description`.
    """

    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True, default="", db_default="")
    search_key = models.TextField(editable=False, default="")
    department = models.ForeignKey(
        "people.Department", on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    location = models.CharField(_("place of work"), max_length=120, blank=True, default="", db_default="")
    location_en = models.CharField(
        _("English place of work"), max_length=120, blank=True, default="", db_default=""
    )
    description = models.TextField(
        _("job description"), blank=True, default="", db_default="",
        validators=[MaxLengthValidator(LONGEST_DESCRIPTION)],
        help_text=_("What the work is and what it asks for. Whoever opens the public page reads it."),
    )  # fmt: skip
    description_en = models.TextField(
        _("English job description"), blank=True, default="", db_default="",
        validators=[MaxLengthValidator(LONGEST_DESCRIPTION)],
        help_text=_("Candidates who read English have the English texts. Empty: they have the texts as they are."),
    )  # fmt: skip
    headcount = models.PositiveSmallIntegerField(_("headcount"), default=1, validators=[MinValueValidator(1)])
    target_month = models.DateField(_("target month"), help_text=_("Any day of the month to be filled in."))
    interview_plan = models.ForeignKey(
        "recruitment.InterviewPlan",
        on_delete=models.PROTECT,
        related_name="openings",
        verbose_name=_("interview plan"),
    )
    specialist = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("recruiting specialist")
    )
    interviewers = models.ManyToManyField(
        "people.User", blank=True, related_name="+", verbose_name=_("interviewers"),
        help_text=_("Proposed for every round of this opening; a round may have others."),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=10, choices=OpeningState, default=OpeningState.OPEN)
    # Both or none. Who may read them is a right (recruitment.rules.may_see_pay).
    salary_low = SealedDecimalField(
        _("salary from"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    salary_high = SealedDecimalField(
        _("salary to"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("An offer above it is approved by the HR lead."),
    )  # fmt: skip
    salary_currency = models.CharField(_("currency"), max_length=3, default="CNY", db_default="CNY")
    salary_period = models.CharField(
        _("paid"), max_length=5, choices=PayPeriod, default=PayPeriod.MONTH, db_default=PayPeriod.MONTH
    )
    richest_medium = models.CharField(
        _("answers may be given in"), max_length=5, choices=Medium, default=Medium.VIDEO,
        help_text=_("This and everything simpler: whoever cannot record video may record audio or write."),
    )  # fmt: skip
    may_retake = models.BooleanField(
        _("an answer may be recorded again"),
        default=True,
        help_text=_("Before it is finished; the last take counts."),
    )
    recording_days = models.PositiveSmallIntegerField(
        _("days to keep recordings"), default=180, validators=[MinValueValidator(1), MaxValueValidator(1095)],
        help_text=_("Counted from the day of recording; then the recordings are deleted."),
    )  # fmt: skip
    managers_see_recordings = models.BooleanField(
        _("department managers may play recordings"), default=False,
        help_text=_("Otherwise only HR may; every playback is logged."),
    )  # fmt: skip
    apply_slug = models.CharField(
        _("address of the public page"), max_length=32, blank=True, default="", db_default="", editable=False
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ["-id"]
        indexes = [
            change_index("opening"),
            models.Index(fields=["target_month", "id"], name="opening_by_month"),
            models.Index(fields=["state", "id"], name="opening_by_state"),
            models.Index(fields=["title", "id"], name="opening_by_title"),
            models.Index(fields=["created_at", "id"], name="opening_by_time"),
            search_index("opening_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["apply_slug"], condition=~Q(apply_slug=""), name="one_opening_per_public_page"
            ),
            models.CheckConstraint(condition=Q(headcount__gte=1), name="opening_headcount_positive"),
            models.CheckConstraint(
                condition=Q(salary_low__isnull=True, salary_high__isnull=True)
                | Q(salary_low__isnull=False, salary_high__isnull=False),
                name="opening_salary_is_a_range",
            ),
            only_sealed("salary_low", "opening_salary_low_is_sealed"),
            only_sealed("salary_high", "opening_salary_high_is_sealed"),
            models.CheckConstraint(condition=Q(target_month__day=1), name="opening_month_is_first_day"),
            models.CheckConstraint(
                condition=Q(recording_days__range=(1, 1095)), name="opening_recording_days_1_to_1095"
            ),
        ]
        triggers = [
            dated("opening"),
            # A shorter time also applies to what is kept already; a longer one to nobody who was told the shorter.
            pgtrigger.Trigger(
                name="opening_keeping",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("recording_days"),
                condition=pgtrigger.AnyChange("recording_days"),
                func="""
                    UPDATE recruitment_segment s
                    SET deletion_due = s.opened_at + make_interval(days => NEW.recording_days)
                    FROM recruitment_answer a
                    JOIN recruitment_interview i ON i.id = a.interview_id
                    JOIN recruitment_application p ON p.id = i.application_id
                    WHERE p.opening_id = NEW.id AND s.answer_id = a.id AND s.deleted_at IS NULL
                        AND s.opened_at + make_interval(days => NEW.recording_days) < s.deletion_due;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def place(self) -> str:
        """Where the work is, as the reader speaks."""
        return in_language(self.location, self.location_en)

    @property
    def about(self) -> str:
        """What the work is, as the reader speaks."""
        return in_language(self.description, self.description_en)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the key that both titles are found by. IntegrityError for a range upside down: the table cannot
        read it."""
        # A row that was read without its range leaves it alone; of one read by half the other end is looked up.
        is_read = {"salary_low", "salary_high"} & self.__dict__.keys()
        low, high = (self.salary_low, self.salary_high) if is_read else (None, None)
        if low is not None and high is not None and low > high:
            raise IntegrityError("opening_salary_is_a_range: its upper end lies below its lower one")
        self.search_key = key_of([*text_words(self.title), *text_words(self.title_en)])
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_key"}
        super().save(*args, **kwargs)


class OpeningSkill(Dated):
    """A required skill and its level, 1 (aware) to 5 (expert)."""

    opening = models.ForeignKey(
        Opening, on_delete=models.CASCADE, related_name="skills", verbose_name=_("opening")
    )
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="+", verbose_name=_("skill"))
    required_level = models.PositiveSmallIntegerField(
        _("required level"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        verbose_name = _("required skill")
        verbose_name_plural = _("required skills")
        constraints = [
            models.UniqueConstraint(
                fields=["opening", "skill"],
                name="one_level_per_opening_and_skill",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(required_level__range=(1, 5)), name="required_level_1_to_5"),
        ]
        triggers = [dated("opening_skill")]

    def __str__(self) -> str:
        return f"{self.skill} ≥ {self.required_level}"
