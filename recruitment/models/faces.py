"""FaceFigures: how often a face was seen in one recorded answer, as the candidate's own browser counted it."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.rules import is_hr
from people.scope import ScopedQuerySet
from recruitment.enums_faces import Faces, NotMeasured
from recruitment.models.answers import Answer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

COUNTS = ("frames", "absent", "away", "several")


class FaceFiguresQuerySet(ScopedQuerySet):
    department_lookup = "answer__interview__application__opening__department"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Who may play the recording, where the plan shows them; what is only collected no colleague sees."""
        rows = super().visible_to(user).filter(answer__interview__version__faces=Faces.SHOW)
        if is_hr(user):
            return rows
        return rows.filter(answer__interview__application__opening__managers_see_recordings=True)


class FaceFigures(models.Model):
    """Counts of frames, or why there are none. No score, rule, report, filter, list or export reads them.

    `absent` of `frames` are without a face, `several` have more than one, in `away` the head of the largest is turned
    by more than `degrees`; `method` names the library and how often it looked. They go with the recording, and at once
    when the candidate takes the consent back.
    """

    answer = models.OneToOneField(
        Answer, on_delete=models.CASCADE, related_name="faces", verbose_name=_("answer")
    )
    seconds = models.FloatField(_("seconds observed"), null=True)
    frames = models.PositiveIntegerField(_("frames judged"), null=True)
    absent = models.PositiveIntegerField(_("frames without a face"), null=True)
    away = models.PositiveIntegerField(_("frames with the head turned"), null=True)
    several = models.PositiveIntegerField(_("frames with several faces"), null=True)
    reason = models.CharField(_("reason"), max_length=20, choices=NotMeasured, blank=True)
    degrees = models.PositiveSmallIntegerField(_("turned from this angle on, in degrees"))
    method = models.CharField(_("method"), max_length=60)
    noted_at = models.DateTimeField(_("noted at"), auto_now=True)

    objects = FaceFiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("figures of faces")
        verbose_name_plural = _("figures of faces")
        ordering = ["answer"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    reason="",
                    seconds__gte=0,
                    frames__gt=0,
                    absent__lte=F("frames"),
                    seconds__isnull=False,
                    **{f"{name}__isnull": False for name in COUNTS},
                )
                & Q(away__lte=F("frames") - F("absent"), several__lte=F("frames") - F("absent"))
                | ~Q(reason="") & Q(seconds=None, **dict.fromkeys(COUNTS)),
                name="faces_counted_or_why_not",
            )
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} · {self.frames or self.reason}"
