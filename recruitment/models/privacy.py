"""Hold: a record that nothing may be deleted of. Erasure: a record that goes, part by part. PersonRequest: what a
person asks about the own record, and the answer."""

from enum import nonmember
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.rules import is_hr
from recruitment.models.candidates import Application, Candidate

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


class PrivacyQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR: all. Others: none."""
        return self.all() if is_hr(user) else self.none()

    def owed(self) -> Self:
        """Requests to erase that a person has to answer. Copies are made by themselves."""
        return self.filter(kind=RequestKind.ERASURE, state=RequestState.OPEN)

    def standing(self) -> Self:
        """Holds that bind today: not lifted, and not past their day."""
        still = Q(until__isnull=True) | Q(until__gte=timezone.localdate())
        return self.filter(still, lifted_at=None)


class Hold(models.Model):
    """A candidate's record is held for a dispute: nothing of it goes, by retention or by erasing.

    With an `application` only what hangs on that one is kept beyond its period; the person is not erased either.
    Until the day in `until`, that day included, or until somebody lifts it; None: until it is lifted.
    """

    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="holds", verbose_name=_("candidate")
    )
    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="holds",
        verbose_name=_("application"),
    )
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("held by")
    )
    held_at = models.DateTimeField(_("held since"), auto_now_add=True)
    until = models.DateField(_("held until"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("lifted by")
    )
    lift_reason = models.CharField(_("why it was lifted"), max_length=300, blank=True)

    objects = PrivacyQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-id"]
        indexes = [models.Index(fields=["held_at", "id"], name="hold_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(lifted_at__isnull=True, application__isnull=True),
                name="one_hold_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(lifted_at__isnull=True), name="one_hold_of_an_application"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}"


class ErasureState(models.TextChoices):
    """Waiting: it may be called off. Running goes on by itself until it is done."""

    WAITING = "waiting", _("About to begin")
    RUNNING = "running", _("Being erased")
    DONE = "done", _("Erased")
    CALLED_OFF = "called_off", _("Called off")

    unfinished = nonmember(("waiting", "running"))


# What may stand in the way of an erasure that was decided on, by its code.
IN_THE_WAY = {
    "held": _("the record is held for a dispute"),
    "goes_on": _("an application goes on"),
    "hired": _("the person was hired"),
}


class Erasure(models.Model):
    """A candidate's record is erased: who decided it and why, and how far it is.

    `records` are the keys of the rows, found when it begins; `done` the parts that are through, each with how much
    went; `failing` the code of what stands in the way of the next part, which is tried again. `told_at`: when whoever
    asked for it was written to for the last time, before the name and the addresses go; None: nobody was to be.
    `by_period`: nobody decided it, the period of keeping was over.
    """

    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="erasures", verbose_name=_("candidate")
    )
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    by_period = models.BooleanField(_("by its period"), default=False)
    asked_at = models.DateTimeField(_("decided at"), auto_now_add=True)
    begins_at = models.DateTimeField(_("begins at"))
    state = models.CharField(_("state"), max_length=12, choices=ErasureState, default=ErasureState.WAITING)
    records = models.JSONField(default=dict, editable=False)
    done = models.JSONField(_("went"), default=dict, editable=False)
    failing = models.CharField(_("what stands in the way"), max_length=60, blank=True)
    told_at = models.DateTimeField(_("last word written at"), null=True, blank=True)
    done_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = PrivacyQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["asked_at", "id"], name="erasure_by_time"),
            models.Index(
                fields=["begins_at"], name="erasure_due", condition=Q(state__in=("waiting", "running"))
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(state__in=("waiting", "running")),
                name="one_erasure_at_a_time",
            ),
            models.CheckConstraint(condition=Q(state__in=ErasureState.values), name="erasure_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}"

    @property
    def in_the_way(self) -> str:
        """What keeps the next part from going, in words; "" where nothing does."""
        if not self.failing:
            return ""
        known = IN_THE_WAY.get(self.failing)
        return str(known) if known else gettext("a fault of the program (%(code)s)") % {"code": self.failing}


class RequestKind(models.TextChoices):
    """What a person may ask about the own record."""

    DATA = "data", _("A copy of the data")
    ERASURE = "erasure", _("Erasure of the data")


class RequestState(models.TextChoices):
    """Open: an answer is owed by a day; until then whoever asked may take it back. A copy that was ready ends, and may
    be asked for again."""

    OPEN = "open", _("To be answered")
    READY = "ready", _("Ready to be fetched")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Not granted")
    ENDED = "ended", _("File deleted")
    WITHDRAWN = "withdrawn", _("Request taken back")

    unfinished = nonmember(("open", "ready"))
    # Asked for once more, it is the same request.
    standing = nonmember(("open", "ready", "granted"))


class PersonRequest(models.Model):
    """A candidate asks for a copy of everything that is held about them, or for its erasure.

    `due_on` is the day by which an answer is owed. A copy is a ZIP in storage until `ends_at`; it is fetched by an
    address that is good once, for minutes: `key_hash` of the one that was given last, empty when it was used.
    """

    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="requests", verbose_name=_("candidate")
    )
    kind = models.CharField(_("request"), max_length=10, choices=RequestKind)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    by = models.ForeignKey(
        "people.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    asked_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    due_on = models.DateField(_("answer owed by"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("answered by")
    )
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    stored_name = models.CharField(max_length=200, blank=True, editable=False)
    bytes = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True)
    ends_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    key_hash = models.CharField(max_length=64, blank=True, editable=False)
    key_ends_at = models.DateTimeField(null=True, editable=False)
    fetched_at = models.DateTimeField(_("last fetched at"), null=True, blank=True)

    objects = PrivacyQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about the own data")
        verbose_name_plural = _("requests about the own data")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["asked_at", "id"], name="person_request_by_time"),
            models.Index(fields=["state", "due_on"], name="person_request_by_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "kind"],
                condition=Q(state__in=("open", "ready")),
                name="one_request_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="person_request_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RequestKind.values), name="person_request_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} · {self.get_kind_display()}"

    @property
    def is_overdue(self) -> bool:
        """An answer is owed, and its day has passed."""
        return self.state == RequestState.OPEN and self.due_on < timezone.localdate()
