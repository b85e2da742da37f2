"""Assessment: what is known or estimated, with evidence and interval. Decision: what came of it."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.changes import Dated, change_index, dated
from core.figures import Basis, estimate, rounded
from people.scope import ScopedQuerySet
from recruitment.enums import ApplicationStage, AssessmentStatus, DecisionOutcome
from recruitment.models.belonging import OfOpening, opening_of
from recruitment.models.candidates import Application
from recruitment.models.interviews import Interview
from recruitment.models.openings import Competency

_IN_ORDER = Q(value__isnull=True, low__isnull=True, high__isnull=True) | Q(
    value__gte=F("low"), value__lte=F("high"), low__gte=Decimal(0), high__lte=Decimal(100)
)


class AssessmentQuerySet(ScopedQuerySet):
    department_lookup = "of_opening__department"


class Assessment(Dated, OfOpening):
    """A report on one attempt: overall and per competency, each a value between low and high, or None.

    At most one current report per basis; a full one supersedes partial and fallback. `sources` lists what it was
    computed from, `method` names the computation and its version.
    """

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="assessments", verbose_name=_("interview")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    basis = models.CharField(_("basis"), max_length=10, choices=Basis)
    status = models.CharField(
        _("status"), max_length=12, choices=AssessmentStatus, default=AssessmentStatus.CURRENT
    )
    value = models.DecimalField(_("overall"), max_digits=5, decimal_places=2, null=True)
    low = models.DecimalField(_("low"), max_digits=5, decimal_places=2, null=True)
    high = models.DecimalField(_("high"), max_digits=5, decimal_places=2, null=True)
    method = models.CharField(_("method"), max_length=80)
    sources = models.JSONField(_("sources"), default=list)
    issued_at = models.DateTimeField(_("issued at"), auto_now_add=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "basis"],
                condition=Q(status=AssessmentStatus.CURRENT),
                name="one_current_assessment_per_basis",
            ),
            models.CheckConstraint(condition=_IN_ORDER, name="assessment_in_its_interval"),
        ]
        indexes = [
            change_index("assessment"),
            models.Index(fields=["interview", "status"], name="assessment_by_interview"),
            models.Index(fields=["issued_at", "id"], name="assessment_by_time"),
            models.Index(fields=["basis", "id"], name="assessment_by_basis"),
            models.Index(fields=["status", "id"], name="assessment_by_status"),
            models.Index(fields=["of_opening", "basis", "id"], name="assessment_by_opening"),
        ]
        triggers = [dated("assessment"), opening_of("assessment_opening", over="interview")]

    def __str__(self) -> str:
        found = estimate(self.value, self.low, self.high, self.basis)
        return found.words if found else str(self.get_basis_display())


class AssessmentScore(models.Model):
    """One competency's score in a report. `evidence` lists quotes, tests and facts it rests on."""

    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="competencies", verbose_name=_("assessment")
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", verbose_name=_("competency")
    )
    value = models.DecimalField(_("value"), max_digits=5, decimal_places=2, null=True)
    low = models.DecimalField(_("low"), max_digits=5, decimal_places=2, null=True)
    high = models.DecimalField(_("high"), max_digits=5, decimal_places=2, null=True)
    evidence = models.JSONField(_("evidence"), default=list)

    class Meta:
        verbose_name = _("competency score")
        verbose_name_plural = _("competency scores")
        ordering = ["assessment", "competency"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "competency"], name="one_score_per_competency"),
            models.CheckConstraint(condition=_IN_ORDER, name="competency_score_in_its_interval"),
        ]

    def __str__(self) -> str:
        return f"{self.competency} {'–' if self.value is None else rounded(self.value)}"


class DecisionQuerySet(ScopedQuerySet):
    department_lookup = "application__opening__department"

    def waiting(self) -> "DecisionQuerySet":
        """Those that a person still has to take: asked, on a report that stands, before the second round."""
        return self.filter(
            outcome=DecisionOutcome.ASKED,
            assessment__status=AssessmentStatus.CURRENT,
            application__stage__in=ApplicationStage.before_second_round,
        )


class Decision(Dated):
    """What the rule or a person made of one assessment. `asked` waits for a person; an estimate is only ever asked.

    `rule` is the version that judged it: it stays, whatever the opening's rule becomes.
    """

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("application")
    )
    assessment = models.OneToOneField(
        Assessment, on_delete=models.CASCADE, related_name="decision", verbose_name=_("assessment")
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=DecisionOutcome)
    threshold = models.DecimalField(_("threshold then"), max_digits=5, decimal_places=2, null=True)
    rule = models.ForeignKey(
        "recruitment.RuleVersion", on_delete=models.RESTRICT, null=True, related_name="+",
        verbose_name=_("rule then"),
    )  # fmt: skip
    decided_by = models.ForeignKey(
        "people.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["application"], name="decision_asked", condition=Q(outcome=DecisionOutcome.ASKED)
            ),
            models.Index(fields=["outcome", "id"], name="decision_by_outcome"),
            models.Index(fields=["at", "id"], name="decision_by_time"),
        ]
        triggers = [dated("decision")]

    def __str__(self) -> str:
        return self.get_outcome_display()


class Invitation(models.Model):
    """A second-round invitation: one per application, by the rule on a full score or by a person on whatever basis."""

    named_through = (
        "application__candidate",
        "application__opening",
    )

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, related_name="invitation", verbose_name=_("application")
    )
    assessment = models.ForeignKey(
        Assessment, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("assessment")
    )
    basis = models.CharField(_("basis"), max_length=10, choices=Basis)
    invited_by = models.ForeignKey(
        "people.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    invited_at = models.DateTimeField(_("invited at"))

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("second-round invitation")
        verbose_name_plural = _("second-round invitations")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["basis", "id"], name="invitation_by_basis"),
            models.Index(fields=["invited_at", "id"], name="invitation_by_time"),
        ]

    def __str__(self) -> str:
        return str(self.application)
