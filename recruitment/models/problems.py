"""Problem: something does not work, or is not understood; it has a number, an owner, an answer and times."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedWordsField, only_sealed
from people.rights import Right
from people.rules import has_right, is_hr
from recruitment.enums import ProblemState
from recruitment.models.candidates import Application

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


class ProblemQuerySet(models.QuerySet["Problem"]):
    """Problems, by who may see them."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Whoever reads for HR all; whoever keeps the house what colleagues raised; everybody else the own."""
        if is_hr(user):
            return self.all()
        if has_right(user, Right.KEEP):
            return self.filter(application=None)
        return self.filter(raised_by=user.pk) if user.is_authenticated and user.is_active else self.none()


class Problem(models.Model):
    """Raised by a colleague from any page, or by a candidate from theirs: then `application` says whose."""

    application = models.ForeignKey(
        Application, models.CASCADE, null=True, related_name="problems", verbose_name=_("application")
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("raised by")
    )
    page = models.CharField(_("on which page"), max_length=300, blank=True)
    words = SealedWordsField(_("problem"))
    state = models.CharField(
        _("state"), max_length=10, choices=ProblemState.choices, default=ProblemState.OPEN
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("owner")
    )
    answer = SealedWordsField(_("our answer"), blank=True)
    raised_at = models.DateTimeField(_("raised at"), auto_now_add=True)
    taken_at = models.DateTimeField(_("taken at"), null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = _("problem report")
        verbose_name_plural = _("problem reports")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="problem_says_something"),
            only_sealed("words", "problem_words_are_sealed"),
            only_sealed("answer", "problem_answer_is_sealed"),
            models.CheckConstraint(condition=Q(state__in=ProblemState.values), name="problem_state_known"),
            models.CheckConstraint(
                condition=Q(application=None) | Q(raised_by=None), name="problem_is_one_persons"
            ),
            models.CheckConstraint(
                condition=Q(state=ProblemState.ANSWERED) ^ Q(answer="", answered_at=None),
                name="problem_answered_has_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="problem_by_state"),
            models.Index(fields=["raised_by", "-id"], name="problem_of_colleague"),
        ]

    def __str__(self) -> str:
        return f"P{self.pk:05d}"
