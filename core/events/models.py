"""Event: what happened. Reaction: what one receiver owes or did about it. Pulse: when we last could hear."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import request_ids


class Event(models.Model):
    """One thing that happened to one subject, with its facts: written with the change itself, never edited.

    `caused_by` is the event whose reaction emitted this one; `origin` is the record whose chain it belongs to (an
    interview, as a rule), so that a whole chain is one indexed read. `request_id` is that of the request, job or turn
    of a loop that set it off: a whole chain has one, whenever its reactions ran.
    """

    kind = models.CharField(_("kind"), max_length=60)
    subject_type = models.CharField(_("subject type"), max_length=60)
    subject_id = models.BigIntegerField(_("subject"))
    origin_type = models.CharField(max_length=60)
    origin_id = models.BigIntegerField()
    facts = models.JSONField(_("facts"), default=dict)
    by = models.CharField(_("by"), max_length=80, blank=True)
    caused_by = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="consequences", verbose_name=_("caused by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    # The database fills it in where the release before writes on beside this one.
    request_id = models.CharField(
        _("request"), max_length=request_ids.LONGEST, blank=True, default=request_ids.current, db_default=""
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["origin_type", "origin_id", "id"], name="event_by_origin"),
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_by_subject"),
            models.Index(fields=["kind", "at"], name="event_by_kind_and_time"),
            models.Index(fields=["at", "id"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        # Names stand with those who declare them, and these import the rows.
        from core.events.naming import event_name  # noqa: PLC0415

        return f"{event_name(self.kind)} {self.subject_id}"


class ReactionState(models.TextChoices):
    """Pending is owed (and tried again by itself), failed is red and waits for a person."""

    PENDING = "pending", _("Pending")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Reaction(models.Model):
    """What one receiver owes to one event. Done and its effects are committed together: exactly once.

    `effects` is a list of {"label", "params", "type", "id"}: an English message id with its parameters, and the row.
    `error` is a code or an exception's name, never its text, which may quote personal data.
    """

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="reactions", verbose_name=_("event")
    )
    name = models.CharField(_("receiver"), max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=ReactionState, default=ReactionState.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    done_at = models.DateTimeField(_("done at"), null=True)
    error = models.CharField(_("error"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    effects = models.JSONField(_("effects"), default=list)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "name"], name="one_reaction_per_receiver"),
            models.CheckConstraint(
                condition=models.Q(state__in=ReactionState.values), name="reaction_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                name="reaction_due",
                condition=models.Q(state=ReactionState.PENDING),
            ),
            models.Index(
                fields=["name", "subject_type", "subject_id", "event"],
                name="reaction_unfinished",
                condition=~models.Q(state=ReactionState.DONE),
            ),
        ]

    def __str__(self) -> str:
        from core.events.naming import receiver_name  # noqa: PLC0415

        return f"{receiver_name(self.name)} · {self.event_id}"


class Pulse(models.Model):
    """When a process last proved that it, the web and the database were well. One row a name.

    `held_until`: until then nothing counts as heard but what came before the latest gap, its last beat `silent_since`,
    so that what was begun before the gap and is written after it has its time to be heard. After a clock that was set
    back there is no such beat, and nothing counts.
    """

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
    silent_since = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")

    def __str__(self) -> str:
        return self.name
