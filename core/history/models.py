"""Change: one row of one table that came to differ. Seal: a day of changes, closed. Look: who looked at what."""

from enum import nonmember

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Did(models.TextChoices):
    """What was done to a row."""

    CREATED = "C", _("created")
    CHANGED = "U", _("changed")
    DELETED = "D", _("deleted")


class Line(models.Model):
    """A line of a log that the database writes in passing: when, by whom, on which kind of record."""

    at = models.DateTimeField(_("at"), db_default=Now())
    # It is written without asking for the account: that may be gone, and a check for each row costs.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("by"),
    )
    model = models.CharField(_("kind of record"), max_length=80)

    class Meta:
        abstract = True


class Change(Line):
    """One change of one row, written by the database's triggers and never rewritten.

    `before` and `after` hold the columns that changed, by their names in the database; of a row that was made neither
    is kept (its values are found by taking back what came later), of one that was deleted all that it held. `unseen`
    names the columns that changed and whose values are not kept. `together` is the same for all of one transaction.
    """

    object_id = models.CharField(_("record"), max_length=80)
    did = models.CharField(_("what was done"), max_length=1, choices=Did)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    unseen = ArrayField(models.TextField(), null=True, verbose_name=_("changed, values not kept"))
    party = models.CharField(_("party without an account"), max_length=20, blank=True)
    source = models.TextField(_("from where"), blank=True)
    why = models.TextField(_("reason"), blank=True)
    together = models.BigIntegerField(_("transaction"))
    # The row's digest of before its personal values were erased: the chain of days still holds.
    erased = models.BinaryField(null=True, editable=False)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(did__in=Did.values), name="history_did_known"),
        ]
        indexes = [
            models.Index(fields=["model", "object_id", "id"], name="history_of_row"),
            models.Index(fields=["by", "id"], name="history_by_person", condition=models.Q(by__isnull=False)),
            models.Index(fields=["model", "id"], name="history_deleted", condition=models.Q(did=Did.DELETED)),
            BrinIndex(fields=["at"], name="history_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id} {self.did}"


class Seal(models.Model):
    """A day of changes, closed: how many, from which number to which, and a digest that holds the one before.

    Of a day without changes `last` is one less than `first`. `earliest`: the first time that one of them carries.
    `times_set`: how often the clock had been set by then (`core.trouble.wall`). `dropped_at`: the day's changes went by
    the rules of retention; its digest stays, so that the chain holds.
    """

    day = models.DateField(_("day"), unique=True)
    count = models.PositiveBigIntegerField(_("changes"))
    first = models.BigIntegerField(_("first number"))
    last = models.BigIntegerField(_("last number"))
    earliest = models.DateTimeField(_("earliest time"), null=True)
    times_set = models.PositiveIntegerField(_("times that the clock had been set"), default=0)
    digest = models.CharField(_("digest"), max_length=64)
    previous = models.CharField(_("digest of the day before"), max_length=64, blank=True)
    sealed_at = models.DateTimeField(_("sealed at"), db_default=Now())
    dropped_at = models.DateTimeField(_("gone by retention at"), null=True)

    class Meta:
        verbose_name = _("sealed day")
        verbose_name_plural = _("sealed days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return self.day.isoformat()


class LookKind(models.TextChoices):
    """What was looked at, or taken out of the house."""

    PAGE = "page", _("page")
    HISTORY = "history", _("history")
    EXPORT = "export", _("export")
    MESSAGE = "message", _("text of a message")
    FILE = "file", _("file")
    CONTACT = "contact", _("contact details in full")
    IDENTITY = "identity", _("identity document and address in full")

    # These are asked for with a reason (`Why`).
    in_full = nonmember(("contact", "identity"))


class Why(models.TextChoices):
    """What somebody's number, address or identity document is needed for."""

    CALL = "call", _("to call or write to them")
    CONTRACT = "contract", _("for the contract, social insurance or tax")
    SAME = "same", _("to see whether it is the same person")
    CORRECT = "correct", _("to correct what is on file")
    ASKED = "asked", _("because they asked what is on file")
    OTHER = "other", _("for something else")

    # What may be said of each, the likeliest first.
    of_contact = nonmember(("call", "same", "correct", "asked", "other"))
    of_identity = nonmember(("contract", "same", "correct", "asked", "other"))


class Look(Line):
    """Who looked at, or exported, which personal record, when.

    Recordings have a log of their own (who heard what, for how long), which the readers of this one read besides.
    """

    kind = models.CharField(_("kind of look"), max_length=10, choices=LookKind)
    object_id = models.CharField(_("record"), max_length=80, blank=True)
    count = models.PositiveIntegerField(_("how many"), default=1)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks and exports")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=LookKind.values), name="look_kind_known"),
        ]
        indexes = [
            models.Index(fields=["model", "object_id", "-id"], name="look_of_record"),
            models.Index(fields=["by", "-id"], name="look_by_person"),
            models.Index(fields=["kind", "-id"], name="look_by_kind"),
            BrinIndex(fields=["at"], name="look_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.model} {self.object_id}"
