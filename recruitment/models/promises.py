"""StagePromise: within how many working days a candidate is promised a word, stage by stage."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from recruitment.enums import ApplicationStage
from recruitment.models.openings import Opening


def promised_stages() -> list[tuple[str, Any]]:
    """The stages in which a word is owed, in words."""
    return [(stage, ApplicationStage(stage).label) for stage in ApplicationStage.promised]


class StagePromise(models.Model):
    """The promise of one stage: of an opening, or of the house where `opening` is empty.

    It counts for whoever comes to the stage from now on: a day that was promised stands.
    """

    opening = models.ForeignKey(
        Opening,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="stage_promises",
        verbose_name=_("opening"),
        help_text=_("Empty: for every opening that says nothing else."),
    )
    stage = models.CharField(_("stage"), max_length=50, choices=promised_stages)
    within = models.PositiveSmallIntegerField(
        _("within working days"), validators=[MinValueValidator(1), MaxValueValidator(30)]
    )

    class Meta:
        verbose_name = _("promised time")
        verbose_name_plural = _("promised times")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["opening", "stage"],
                name="one_promise_for_a_stage",
                nulls_distinct=False,
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(within__range=(1, 30)), name="stage_promise_1_to_30"),
            models.CheckConstraint(
                condition=Q(stage__in=list(ApplicationStage.promised)), name="stage_promise_stage_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opening or _('whole house')} · {ApplicationStage(self.stage).label}"


def stated_for(opening: str) -> ArraySubquery:
    """The times that count for the opening which this lookup names, as one column: "stage:opening:days", "" the house.

    Read beside an application, they cost no statement of their own.
    """
    text = models.TextField()
    whose = Coalesce(Cast("opening", text), Value("", text))
    colon = Value(":", text)
    line = Concat(Cast("stage", text), colon, whose, colon, Cast("within", text), output_field=text)
    said = StagePromise.objects.filter(Q(opening=OuterRef(opening)) | Q(opening=None)).order_by()
    return ArraySubquery(said.values_list(line))
