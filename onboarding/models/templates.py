"""OnboardingTemplate: the steps that a new case gets, each so many working days before the start."""

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.language import in_language
from onboarding.enums import StepKind
from people import scope
from people.enums import Role, role_choices

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

# Half a year of working days on either side of the start.
OFFSET = [MinValueValidator(-120), MaxValueValidator(120)]


class OnboardingTemplateQuerySet(models.QuerySet["OnboardingTemplate"]):
    """Templates."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR and managers: all. Others: none."""
        return self.filter(scope.everything_for_staff(user))


class OnboardingTemplate(models.Model):
    """A list of steps. New cases take the one default template; open cases keep the steps they were opened with."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_default = models.BooleanField(_("default"), default=False, help_text=_("New cases take its steps."))

    objects = OnboardingTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("onboarding template")
        verbose_name_plural = _("onboarding templates")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="one_default_onboarding_template",
                violation_error_message=_("Another template is the default already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class TemplateStep(models.Model):
    """One step of a template: due `offset_working_days` before (negative) or after the start."""

    template = models.ForeignKey(
        OnboardingTemplate, on_delete=models.CASCADE, related_name="steps", verbose_name=_("template")
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    kind = models.CharField(_("kind"), max_length=12, choices=StepKind)
    title = models.CharField(_("title"), max_length=100)
    title_en = models.CharField(_("English title"), max_length=100, blank=True)
    offset_working_days = models.SmallIntegerField(
        _("working days from the start"), validators=OFFSET, help_text=_("Negative: before the start.")
    )
    owner_role = models.CharField(_("done by"), max_length=20, choices=role_choices, default=Role.ONBOARDING)

    class Meta:
        verbose_name = _("template step")
        verbose_name_plural = _("template steps")
        ordering = ["template", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "number"],
                name="one_template_step_per_number",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["template"],
                condition=Q(kind=StepKind.FIRST_DAY),
                name="one_first_day_per_template",
                violation_error_message=_("A template has one first day."),
            ),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="template_step_kind_known"),
            models.CheckConstraint(
                condition=Q(offset_working_days__range=(-120, 120)),
                name="template_step_offset_within_half_a_year",
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)
