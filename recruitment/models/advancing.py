"""By which rule a full score leads to the second round: the present rule of an opening, and every one that it had."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.changes import Dated, dated
from people.models import User
from people.scope import ScopedQuerySet
from recruitment.models.openings import PERCENT, Competency, Opening


def _plain(figure: Decimal) -> str:
    """80 and 72.5, without idle zeros."""
    return f"{figure.normalize():f}"


class RuleVersionQuerySet(ScopedQuerySet["RuleVersion"]):
    department_lookup = "opening__department"

    def following(
        self,
        opening_id: int,
        *,
        threshold: Decimal,
        least: Mapping[int, Decimal] | None = None,
        by: User | None = None,
    ) -> "RuleVersion":
        """Write the opening's next version. `least` by competency; None takes those of the version before.

        Within a transaction: the opening is locked, so that two who change a rule at once make two versions.
        """
        list(Opening.objects.select_for_update().order_by().filter(pk=opening_id).values_list("pk"))
        last = self.filter(opening=opening_id).order_by("-number").first()
        if least is None:
            least = last.least if last else {}
        version = self.create(
            opening_id=opening_id, number=last.number + 1 if last else 1, threshold=threshold, made_by=by
        )
        RuleCondition.objects.bulk_create(
            RuleCondition(version=version, competency_id=key, least=figure) for key, figure in least.items()
        )
        return version


class RuleVersion(models.Model):
    """An opening's rule as it was at a time; it never changes. What was begun under it is judged by it."""

    opening = models.ForeignKey(
        Opening, on_delete=models.CASCADE, related_name="rule_versions", verbose_name=_("opening")
    )
    number = models.PositiveIntegerField(_("version"))
    threshold = models.DecimalField(_("threshold"), max_digits=5, decimal_places=2)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    made_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of an advance rule")
        verbose_name_plural = _("versions of advance rules")
        ordering = ["opening", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["opening", "number"], name="one_rule_per_number"),
            models.CheckConstraint(
                condition=Q(threshold__gt=0) & Q(threshold__lte=100), name="rule_threshold_makes_sense"
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="rule_version_stands", fields=["opening", "number", "threshold"])]

    def __str__(self) -> str:
        return gettext("Rule version %(number)s") % {"number": self.number}

    @property
    def least(self) -> dict[int, Decimal]:
        """Of each competency that it asks for, the least. One query, none where the conditions were read."""
        return {row.competency_id: row.least for row in self.conditions.all()}

    @property
    def words(self) -> str:
        """The whole rule in a sentence. The conditions and their competencies are to be read ahead in lists."""
        asked = [gettext("overall ≥ %(figure)s") % {"figure": _plain(self.threshold)}]
        asked += [str(row) for row in self.conditions.all()]
        return gettext("Rule version %(number)s: %(conditions)s") % {
            "number": self.number, "conditions": gettext(" and ").join(asked),
        }  # fmt: skip

    def passes(self, value: Decimal, scores: Mapping[int, Decimal | None]) -> bool | None:
        """What it says of a full score; None where a competency that it asks for has no score: a person decides."""
        known = [(scores.get(key), figure) for key, figure in self.least.items()]
        if value < self.threshold or any(score is not None and score < figure for score, figure in known):
            return False
        return None if any(score is None for score, _figure in known) else True


class RuleCondition(models.Model):
    """The least that a version asks of one competency."""

    version = models.ForeignKey(
        RuleVersion, on_delete=models.CASCADE, related_name="conditions", verbose_name=_("version")
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", verbose_name=_("competency")
    )
    least = models.DecimalField(_("at least"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("condition of an advance rule")
        verbose_name_plural = _("conditions of advance rules")
        ordering = ["version", "competency"]
        constraints = [
            models.UniqueConstraint(fields=["version", "competency"], name="one_condition_per_competency"),
            models.CheckConstraint(
                condition=Q(least__gt=0) & Q(least__lte=100), name="condition_makes_sense"
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="rule_condition_stands")]

    def __str__(self) -> str:
        return f"{self.competency} ≥ {_plain(self.least)}"


class AdvanceRule(Dated):
    """A full score that meets the rule invites to the second round at once; one below it is a person's to look at.

    `threshold` is what the overall score must reach, `version` the whole rule as it stands now, with what it asks of
    competencies. `second_round_within` is the promise to the candidate, in working days. An estimate never passes.
    """

    opening = models.OneToOneField(
        Opening, on_delete=models.CASCADE, related_name="advance_rule", verbose_name=_("opening")
    )
    threshold = models.DecimalField(
        _("threshold"), max_digits=5, decimal_places=2, default=Decimal(80), validators=PERCENT,
        help_text=_("Full score from 0 to 100."),
    )  # fmt: skip
    second_round_within = models.PositiveSmallIntegerField(
        _("second-round notice within working days"), default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )  # fmt: skip
    version = models.ForeignKey(
        RuleVersion, on_delete=models.RESTRICT, null=True, editable=False, related_name="+",
        verbose_name=_("version"),
    )  # fmt: skip

    # Who changes it, where a page knows.
    changed_by: User | None = None

    class Meta:
        verbose_name = _("advance rule")
        verbose_name_plural = _("advance rules")
        constraints = [
            # 0 would invite everybody who finished: that is not a threshold.
            models.CheckConstraint(
                condition=Q(threshold__gt=0) & Q(threshold__lte=100), name="advance_threshold_makes_sense"
            ),
            models.CheckConstraint(
                condition=Q(second_round_within__range=(1, 30)), name="second_round_within_1_to_30"
            ),
        ]
        triggers = [dated("advance_rule")]

    def __str__(self) -> str:
        return f"≥ {_plain(Decimal(self.threshold))}"

    def save(self, *args: Any, **options: Any) -> None:
        """Another threshold is another version, with what the one before asked of competencies; a rule that is made
        anew asks for nothing but its threshold."""
        with transaction.atomic():
            if self.version is None or self.version.threshold != self.threshold:
                self.version = RuleVersion.objects.following(
                    self.opening_id,
                    threshold=self.threshold,
                    least=None if self.version else {},
                    by=self.changed_by,
                )
                if options.get("update_fields") is not None:
                    options["update_fields"] = {*options["update_fields"], "version"}
            super().save(*args, **options)


def unmet(version: str, scores: "models.QuerySet[Any]") -> Exists:
    """Whether a report misses something that a version asks of a competency, or has no score there.

    `version` is the way from the report to the version; `scores` are the scores of all reports.
    """
    met = scores.filter(
        assessment=OuterRef(OuterRef("pk")),
        competency=OuterRef("competency"),
        value__gte=OuterRef("least"),
    )
    return Exists(RuleCondition.objects.order_by().filter(~Exists(met), version=OuterRef(version)))
