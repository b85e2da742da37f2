"""A scorer outside is asked about a saved stage: owed, then scored, or not scored and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet
from recruitment.enums import ScoringState
from recruitment.models.answers import Checkpoint


class ScoringQuerySet(ScopedQuerySet):
    department_lookup = "checkpoint__interview__of_opening__department"


class Scoring(models.Model):
    """One time that a stage was given to a scorer. `result` is what was made of its answer, competency by competency.

    `digest` is of everything that the scorer was given, model and prompt included: the same is never asked twice. While
    it is owed, `claimed_until` says that a job is at it, and `try_after` that the last try failed. `reason` is the code
    of why nothing, or not everything, was scored. `cost` is by HRSUITE_AI_PRICE; None where no price is set.
    """

    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.CASCADE, related_name="scorings", verbose_name=_("checkpoint")
    )
    state = models.CharField(_("state"), max_length=12, choices=ScoringState, default=ScoringState.OWED)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    model = models.CharField(_("model"), max_length=100, blank=True)
    prompt = models.CharField(_("version of the prompt"), max_length=40, blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True, editable=False)
    result = models.JSONField(_("result"), default=list)
    calls = models.PositiveSmallIntegerField(_("calls"), default=0)
    tokens_in = models.PositiveIntegerField(_("tokens sent"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens received"), default=0)
    cost = models.DecimalField(_("cost"), max_digits=10, decimal_places=6, null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0, editable=False)
    claimed_until = models.DateTimeField(_("being asked until"), null=True, editable=False)
    try_after = models.DateTimeField(_("next try"), null=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    objects = ScoringQuerySet.as_manager()

    class Meta:
        verbose_name = _("scoring by a model")
        verbose_name_plural = _("scorings by a model")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint"], condition=Q(state=ScoringState.OWED), name="one_scoring_owed"
            )
        ]
        indexes = [
            models.Index(fields=["-id"], name="scoring_owed", condition=Q(state=ScoringState.OWED)),
            models.Index(fields=["digest"], name="scoring_by_digest", condition=Q(state=ScoringState.SCORED)),
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} · {self.get_state_display()}"
