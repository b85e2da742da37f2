"""EmployeeScore: the interview score of a hire, as it stands in the employee file."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.figures import Basis, Estimate, basis_choices
from people.models import Employee
from people.scope import ScopedQuerySet
from recruitment.models import Assessment

HUNDRED = Decimal(100)


class EmployeeScoreQuerySet(ScopedQuerySet["EmployeeScore"]):
    """Scores, by who may see the file."""

    department_lookup = "employee__department"


class EmployeeScore(models.Model):
    """The score with its interval, its basis and the report that it comes from. No row: no score, which is never 0.

    `onboarding.services.scores` writes it.
    """

    named_through = ("employee",)

    employee = models.OneToOneField(
        Employee,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="onboarding_score",
        verbose_name=_("employee file"),
    )
    value = models.DecimalField(_("interview score"), max_digits=5, decimal_places=2)
    low = models.DecimalField(_("score, lower bound"), max_digits=5, decimal_places=2)
    high = models.DecimalField(_("score, upper bound"), max_digits=5, decimal_places=2)
    basis = models.CharField(_("score basis"), max_length=10, choices=basis_choices)
    as_of = models.DateTimeField(_("score as of"))
    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="+", verbose_name=_("score source")
    )

    objects = EmployeeScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("interview score")
        verbose_name_plural = _("interview scores")
        constraints = [
            models.CheckConstraint(
                condition=Q(basis__in=Basis.values), name="onboarding_score_basis_is_known"
            ),
            models.CheckConstraint(
                condition=Q(low__gte=0, low__lte=F("value"), value__lte=F("high"), high__lte=HUNDRED),
                name="onboarding_score_in_its_interval",
            ),
        ]

    def __str__(self) -> str:
        return Estimate(self.value, self.low, self.high, self.basis).words

    @property
    def source(self) -> str:
        """Which row it comes from."""
        return f"assessment {self.assessment_id}"
