"""Course: what can be learned, up to which level, and when after the start it is due."""

from typing import TYPE_CHECKING, Self, Union

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.language import in_language
from people.scope import everything_for_staff
from recruitment.models import Skill
from training.enums import CourseKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

LEVEL = [MinValueValidator(1), MaxValueValidator(5)]


class CourseQuerySet(models.QuerySet["Course"]):
    """Courses belong to nobody: HR and managers see them all."""

    def visible_to(self, user: Union["User", "AnonymousUser"]) -> Self:
        """HR and managers: all. Others: none."""
        return self.filter(everything_for_staff(user))

    def offered(self) -> Self:
        """What a plan may choose from."""
        return self.filter(is_active=True, skill__isnull=False)


class Course(models.Model):
    """One course or diagnostic. A plan chooses only what has a skill; the rest is for people to recommend.

    A course leads from `from_level` to `to_level` (1 aware, 5 expert); a diagnostic has no levels. It is due
    `offset_working_days` after the start, before it when negative.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    skill = models.ForeignKey(
        Skill, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("skill")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=CourseKind, default=CourseKind.COURSE)
    from_level = models.PositiveSmallIntegerField(_("from level"), null=True, blank=True, validators=LEVEL)
    to_level = models.PositiveSmallIntegerField(_("to level"), null=True, blank=True, validators=LEVEL)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1, validators=[MinValueValidator(0)])
    offset_working_days = models.SmallIntegerField(
        _("due, working days after the start"), default=10,
        validators=[MinValueValidator(-60), MaxValueValidator(250)],
        help_text=_("0 is the first day; a negative number lies before it."),
    )  # fmt: skip
    is_active = models.BooleanField(_("offered"), default=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["skill", "kind"], name="course_by_skill", condition=Q(is_active=True))
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CourseKind.values), name="course_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=CourseKind.DIAGNOSTIC, from_level__isnull=True, to_level__isnull=True)
                # Said outright: a comparison with NULL is unknown, and a check lets the unknown pass.
                | Q(kind=CourseKind.COURSE, from_level__isnull=False, to_level__isnull=False)
                & Q(from_level__gte=1, to_level__gt=F("from_level"), to_level__lte=5),
                name="course_leads_upwards",
                violation_error_message=_(
                    "A course leads from a level from 1 to a higher one up to 5; a diagnostic has no levels."
                ),
            ),
            models.CheckConstraint(condition=Q(hours__gt=0), name="course_takes_time"),
            models.CheckConstraint(
                condition=Q(offset_working_days__range=(-60, 250)), name="course_offset_makes_sense"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)
