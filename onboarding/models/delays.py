"""OnboardingDelay: by how many working days an interview holds up a start."""

from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.changes import Dated, change_index, dated
from onboarding.models.cases import OnboardingCase
from people.scope import ScopedQuerySet
from recruitment.enums import exit_causes
from recruitment.models import Interview


class DelayQuerySet(ScopedQuerySet["OnboardingDelay"]):
    """Delays, by who may see their case."""

    department_lookup = "case__application__opening__department"

    def active(self) -> Self:
        """Not lifted."""
        return self.filter(lifted_at__isnull=True)


class OnboardingDelay(Dated):
    """How long one interview holds up one case: from the result's expected day to the one expected now.

    One is active per case and interview; a lifted one stays as history. `date_unknown` says that nobody knows any
    more when the result will come (the interview was abandoned or missed): `days` is then the least.
    """

    case = models.ForeignKey(
        OnboardingCase, on_delete=models.CASCADE, related_name="delays", verbose_name=_("onboarding case")
    )
    interview = models.ForeignKey(
        Interview, on_delete=models.PROTECT, related_name="+", verbose_name=_("interview")
    )
    days = models.PositiveSmallIntegerField(_("working days"), validators=[MinValueValidator(1)])
    cause = models.CharField(_("cause"), max_length=30, choices=exit_causes)
    expected_result = models.DateField(_("result now expected"))
    date_unknown = models.BooleanField(_("date unknown"), default=False)
    started_at = models.DateTimeField(_("since"), default=timezone.now)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    objects = DelayQuerySet.as_manager()

    class Meta:
        verbose_name = _("onboarding delay")
        verbose_name_plural = _("onboarding delays")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "interview"],
                condition=Q(lifted_at__isnull=True),
                name="one_active_delay_per_interview",
            ),
            models.CheckConstraint(condition=Q(days__gte=1), name="onboarding_delay_at_least_one_day"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("started_at")),
                name="onboarding_delay_lifted_after_it_began",
            ),
        ]
        indexes = [
            change_index("onboarding_delay"),
            models.Index(
                fields=["interview"], name="onboarding_delay_active", condition=Q(lifted_at__isnull=True)
            ),
            models.Index(
                fields=["case", "id"], name="onboarding_delay_holds", condition=Q(lifted_at__isnull=True)
            ),
            models.Index(fields=["started_at", "id"], name="onboarding_delay_by_time"),
            models.Index(fields=["cause", "id"], name="onboarding_delay_by_cause"),
        ]
        triggers = [dated("onboarding_delay")]

    def __str__(self) -> str:
        return ngettext("%(days)s working day", "%(days)s working days", self.days) % {"days": self.days}

    @property
    def is_active(self) -> bool:
        """It still holds up the start."""
        return self.lifted_at is None
