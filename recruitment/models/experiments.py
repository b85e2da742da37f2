"""Experiment: two wordings of one thing at a time. Exposure: for which application it made a difference, and when."""

import secrets
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.rights import Right
from people.rules import has_right
from recruitment.enums import ExperimentSubject, Side
from recruitment.models.candidates import Application
from recruitment.models.interviews import Interview

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

LEAST_SHARE, MOST_SHARE = 5, 95


def new_seed() -> str:
    """Sixteen digits by chance: two experiments divide the same people each in its own way."""
    return secrets.token_hex(8)


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    """Experiments are the lead's."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Whoever decides for HR: all. Others: none."""
        return self.all() if has_right(user, Right.DECIDE) else self.none()

    def running(self) -> Self:
        """Those that divide people now: one for each subject at most."""
        return self.filter(started_at__isnull=False, ended_at__isnull=True)


class Experiment(models.Model):
    """The words as they are ("usual") beside others ("other"), or beside nothing at all (`leaves_out`).

    Drafted, started once, ended once. `share` of a hundred applications are on the other side, by a hash of `seed` and
    the application's number. From its start on nothing of it changes: the database refuses it.
    """

    name = models.CharField(_("name"), max_length=80)
    subject = models.CharField(_("what is tried"), max_length=20, choices=ExperimentSubject)
    text_zh = models.TextField(
        _("other words, Chinese"),
        blank=True,
        max_length=4000,
        help_text=_("First line: the heading or subject line. Below it: the text."),
    )
    text_en = models.TextField(_("other words, English"), blank=True, max_length=4000)
    leaves_out = models.BooleanField(
        _("the other side gets none"),
        default=False,
        help_text=_(
            "The other side sees no exit dialog, or gets no guide, instead of other words. What was answered is saved "
            "on both sides alike."
        ),
    )
    share = models.PositiveSmallIntegerField(
        _("percent on the other side"),
        default=50,
        validators=[MinValueValidator(LEAST_SHARE), MaxValueValidator(MOST_SHARE)],
    )
    seed = models.CharField(_("seed"), max_length=32, default=new_seed, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, editable=False)
    started_by = models.ForeignKey(
        "people.User",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("started by"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        verbose_name = _("experiment with wordings")
        verbose_name_plural = _("experiments with wordings")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(started_at__isnull=False, ended_at__isnull=True),
                name="one_running_experiment_each",
            ),
            models.CheckConstraint(
                condition=Q(subject__in=ExperimentSubject.values), name="experiment_subject_known"
            ),
            models.CheckConstraint(
                condition=Q(share__gte=LEAST_SHARE, share__lte=MOST_SHARE), name="experiment_has_two_sides"
            ),
            models.CheckConstraint(
                condition=Q(leaves_out=False) | ~Q(subject=ExperimentSubject.REMINDER),
                name="experiment_reminds_everybody",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="experiment_ends_after_its_start",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="experiment_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.started_at IS NOT NULL AND (OLD.ended_at IS NOT NULL OR"
                    " (OLD.subject, OLD.text_zh, OLD.text_en, OLD.leaves_out, OLD.share, OLD.seed, OLD.started_at)"
                    " IS DISTINCT FROM"
                    " (NEW.subject, NEW.text_zh, NEW.text_en, NEW.leaves_out, NEW.share, NEW.seed, NEW.started_at))"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.started_at is None

    @property
    def is_running(self) -> bool:
        """Whether it divides people now."""
        return self.started_at is not None and self.ended_at is None

    @property
    def texts(self) -> dict[str, str]:
        """The other words by language; none where the other side gets nothing."""
        return {} if self.leaves_out else {"zh-hans": self.text_zh, "en": self.text_en}


class Exposure(models.Model):
    """The first moment at which the two sides differed for an application, and on which side it was then.

    Only ever added; an application stays on its side to the end, whatever it saw later.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.PROTECT, related_name="exposures", verbose_name=_("experiment")
    )
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="+", verbose_name=_("application")
    )
    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="+", verbose_name=_("interview")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    side = models.CharField(_("side"), max_length=5, choices=Side)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("exposure")
        verbose_name_plural = _("exposures")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "application"], name="one_exposure_each"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="exposure_side_known"),
        ]
        indexes = [models.Index(fields=["experiment", "at"], name="exposure_by_time")]

    def __str__(self) -> str:
        return f"{self.experiment_id} · {self.application_id} · {self.side}"
