"""GroupAnswer: to which groups a candidate says to belong, for comparing groups alone. Nobody reads a single one."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from recruitment.enums import AgeBand, Gender
from recruitment.models.candidates import Candidate

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


class GroupAnswerQuerySet(models.QuerySet["GroupAnswer"]):
    """Answers are the candidate's own."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Nobody: colleagues see comparisons of groups, never whose answer it is."""
        return self.none()


class GroupAnswer(models.Model):
    """What a candidate said by free consent, and may change or take back at any time. No score, rule, list, file or
    history knows it. `consent_version` is the version of the words that were agreed to."""

    candidate = models.OneToOneField(
        Candidate, on_delete=models.CASCADE, related_name="+", verbose_name=_("candidate")
    )
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, blank=True)
    age_band = models.CharField(_("age band"), max_length=10, choices=AgeBand, blank=True)
    consent_version = models.CharField(_("version"), max_length=20)
    answered_at = models.DateTimeField(_("answered at"), auto_now=True)

    objects = GroupAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("voluntary details for comparing groups")
        verbose_name_plural = _("voluntary details for comparing groups")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(gender="", age_band=""), name="group_answer_says_something"),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
