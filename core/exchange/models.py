"""Import: one file that somebody sent, and what becomes of each of its rows."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exchange.declared import declared_exchanges, exchanged
from core.history.models import Why


class ImportState(models.TextChoices):
    """What is going on with the file. Nothing is written before somebody has confirmed what would be."""

    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked, waits for your yes")
    APPLYING = "applying", _("Being imported")
    APPLIED = "applied", _("Imported")
    FAILED = "failed", _("Not readable")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")


class Fate(models.TextChoices):
    """What becomes of a row, or became of it."""

    PENDING = "pending", _("Not looked at yet")
    NEW = "new", pgettext_lazy("row", "New")
    CHANGED = "changed", pgettext_lazy("row", "Changed")
    UNCHANGED = "unchanged", pgettext_lazy("row", "Unchanged")
    DUPLICATE = "duplicate", pgettext_lazy("row", "Duplicate")
    REFUSED = "refused", pgettext_lazy("row", "Refused")


TAKEN = (Fate.NEW, Fate.CHANGED)
COUNTED = (Fate.NEW, Fate.CHANGED, Fate.UNCHANGED, Fate.DUPLICATE, Fate.REFUSED)


class ImportQuerySet(models.QuerySet["Import"]):
    """Files that were sent."""

    def visible_to(self, person: Any) -> Self:
        """One's own of the kinds that one may import; those of everybody where the kind says so."""
        condition = Q(pk__in=[])
        for kind in declared_exchanges().values():
            if kind.may(person):
                own = Q(kind=kind.kind)
                condition |= own if kind.sees_all(person) else own & Q(owner=person.pk)
        return self.filter(condition)


class Import(models.Model):
    """One file of one kind. `digest` is the SHA-256 of its bytes: by it somebody confirms that this file is meant.

    `headings` are the file's own, `places` says which column stands under which of them. `error` is why it could not be
    read, a kept fault. The file itself stands in ImportFile; both, and the rows, are forgotten after a while.
    """

    kind = models.CharField(_("kind"), max_length=40)
    name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField(editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.CHECKING, editable=False
    )
    headings = models.JSONField(default=list, editable=False)
    places = models.JSONField(default=dict, editable=False)
    error = models.JSONField(null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    created_at = models.DateTimeField(_("sent at"), auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["owner", "-id"], name="import_by_owner"),
            models.Index(fields=["state", "-id"], name="import_by_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def declaration(self) -> Any:
        """What its kind declares."""
        return exchanged(self.kind)

    def counts(self) -> dict[str, int]:
        """How many rows have which fate. One query."""
        found = dict(self.rows.order_by().values_list("fate").annotate(Count("pk")))
        return {str(fate.value): found.get(fate.value, 0) for fate in COUNTED}


class ImportFile(models.Model):
    """The bytes as they were sent: read again when columns are matched by hand."""

    batch = models.OneToOneField(Import, on_delete=models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("file of an import")
        verbose_name_plural = _("files of imports")

    def __str__(self) -> str:
        return str(self.batch_id)


class ImportRow(models.Model):
    """One row of the file: `number` is its line there.

    `cells` are as they are read, `values` as they were understood. `faults` say what is wrong, `hints` what is worth
    knowing, both as kept sentences; `changes` are `{field, before, after}`. `of_row` is the earlier row that says the
    same. `found` names what was there before, `made` what the import made of it, by kind and id; `left` is why that was
    not taken back.
    """

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", verbose_name=_("import"))
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    fate = models.CharField(pgettext_lazy("row", "fate"), max_length=10, choices=Fate, default=Fate.PENDING)
    faults = models.JSONField(default=list)
    hints = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    of_row = models.PositiveIntegerField(null=True)
    found = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    left = models.JSONField(null=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_row_per_line"),
            models.CheckConstraint(condition=Q(fate__in=Fate.values), name="import_row_fate_known"),
        ]
        indexes = [
            models.Index(fields=["batch", "id"], name="import_row_by_id"),
            models.Index(fields=["batch", "fate", "id"], name="import_row_by_fate"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Matching(models.Model):
    """Which column stood under which heading in a file with these headings, as it was confirmed: known next time."""

    kind = models.CharField(max_length=40)
    headings = models.CharField(max_length=64)
    places = models.JSONField()
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("matched columns")
        verbose_name_plural = _("matched columns")
        constraints = [models.UniqueConstraint(fields=["kind", "headings"], name="one_matching_per_headings")]

    def __str__(self) -> str:
        return self.kind


def _a_day_from_now() -> datetime:
    return timezone.now() + timedelta(hours=24)


class ExportQuerySet(models.QuerySet["Export"]):
    """Lists that somebody takes away."""

    def visible_to(self, person: Any) -> Self:
        """One's own, while they are there: nobody sees another's, whatever the role."""
        return self.filter(owner=person.pk, expires_at__gt=timezone.now())


class Export(models.Model):
    """A long list that was asked for as a file: made beside, for whoever asked, and gone a day later.

    `query` is the list's address as it was shown, `why` what numbers and addresses stand in it in full for; `content`
    is empty until it is made, `error` a code when it cannot.
    """

    model = models.CharField(_("list"), max_length=80)
    query = models.TextField(blank=True, editable=False)
    format = models.CharField(_("format"), max_length=4, choices=[("xlsx", "Excel"), ("csv", "CSV")])
    why = models.CharField(_("reason"), max_length=20, choices=Why, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("asked for by")
    )
    created_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    made_at = models.DateTimeField(_("made at"), null=True, editable=False)
    expires_at = models.DateTimeField(_("kept until"), default=_a_day_from_now, editable=False)
    rows = models.PositiveIntegerField(_("number of rows"), null=True, editable=False)
    content = models.BinaryField(null=True)
    error = models.CharField(max_length=60, blank=True, editable=False)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "-id"], name="export_by_owner")]

    def __str__(self) -> str:
        return f"{self.model} {self.pk}"
