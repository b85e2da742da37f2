"""The keys that personal data are sealed under: what each is for, how many values it has; and changing the key."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin import looks, panels
from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.admin.scope import ReadOnly
from core.admin.steps import ConfirmForm, Step, Text, WithSteps
from core.events.naming import actor_name
from core.jobs.models import LongWork, WorkState
from core.sealed import resealing, ring, rotation, tallies
from core.sealed.models import SealedTable, SealingKey


def _rotate(request: HttpRequest, _key: SealingKey, _data: dict[str, Any]) -> Text:
    number = rotation.rotate(by=request.user)
    said = gettext(
        "The new key is %(key)s. Everything is being sealed under it; this page says how far it is."
    )
    return said % {"key": number}


def _go_on(request: HttpRequest, _key: SealingKey, _data: dict[str, Any]) -> Text:
    tables = rotation.go_on(by=request.user)
    said = ngettext(
        "%(count)s table is being sealed anew.", "%(count)s tables are being sealed anew.", tables
    )
    return said % {"count": tables}


def _is_present(key: SealingKey) -> bool:
    return key.pk == ring.ring().present


@admin.register(SealingKey)
class SealingKeys(ReadOnly, WithSteps, panels.WithPanels, Catalogue, ModelAdmin):
    """The keys by number; the keys themselves lie in the ring, outside of the database, and no page shows them."""

    list_display = ["number", "use", "values_sealed", "made", "known_at", "retired_at", "step_buttons"]
    in_copies = {"made": ("made_at",)}
    ordering = ["-known_at", "number"]
    fields = readonly_fields = [
        "number",
        "use",
        "values_sealed",
        "tables",
        "made",
        "known_at",
        "retired_at",
        "kept",
    ]
    steps = (
        Step(
            "change-key",
            _("Change the key"),
            _rotate,
            form=ConfirmForm,
            look="primary",
            offered=_is_present,
            in_list=True,
            words=_(
                "A new key is put into the key ring, and every value is sealed under it, a thousand rows at a time, "
                "while everybody goes on working. Copy the key ring afterwards to where its copy is kept: what is "
                "sealed from now on opens with the new key only. Earlier backups need the older one, which stays "
                "in the ring."
            ),
        ),
        Step(
            "go-on",
            _("Seal what is left"),
            _go_on,
            form=ConfirmForm,
            offered=_is_present,
            words=_(
                "Tables that have values under an older key are gone through again. There is no new key."
            ),
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators."""
        return bool(request.user.is_superuser and request.user.is_active)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same people."""
        return self.has_view_permission(request)

    def has_step_permission(self, request: HttpRequest) -> bool:
        """The same people; the service asks again."""
        return self.has_view_permission(request)

    def with_details(self, rows: QuerySet[SealingKey]) -> QuerySet[SealingKey]:
        """With how many values each has sealed, as far as that is counted."""
        totals = resealing.summed(tally.by_key or {} for tally in tallies.known())
        whens = [When(pk=number, then=Value(count)) for number, count in totals.items() if number]
        return rows.annotate(sealed_count=Case(*whens, default=Value(0), output_field=IntegerField()))

    @display(description=_("what for"))
    def use(self, key: SealingKey) -> str:
        """In words."""
        held = ring.ring()
        if key.pk == held.present:
            return gettext("seals everything that is written, and opens it")
        if key.pk not in held.keys:
            is_index = key.pk in ring.numbers()
            return (
                gettext("finds equal values and answers the search; it is never changed")
                if is_index
                else gettext("is not in the key ring here")
            )
        if key.retired_at is not None:
            return gettext("only opens earlier backups")
        return gettext("opens what was sealed before")

    @display(description=_("values"), empty_value="–")
    def values_sealed(self, key: Any) -> int | None:
        """How many; of the key that seals none, nothing."""
        return key.sealed_count if key.pk in ring.ring().keys else None

    @display(description=_("tables"), empty_value="–")
    def tables(self, key: SealingKey) -> SafeString | None:
        """How many values in each, and of which moment that is where it is not of now."""
        lines = [
            (str(tally.table), tally.by_key[key.pk], _as_of(tally))
            for tally in tallies.known()
            if tally.by_key is not None and key.pk in tally.by_key
        ]
        return format_html_join(SafeString("<br>"), "{} · {}{}", lines) or None

    @display(description=_("made at"), empty_value="–")
    def made(self, key: SealingKey) -> str | None:
        """As the ring says."""
        moment = self.made_at(key)
        return looks.minute(moment) if moment else None

    @display(description=_("made at"), empty_value="–")
    def made_at(self, key: SealingKey) -> datetime | None:
        """The moment itself."""
        moment: datetime | None = parse_datetime(ring.ring().made_at.get(key.pk, ""))
        return moment

    @display(description=_("Key ring"))
    def kept(self, _key: SealingKey) -> str:
        """Where it lies."""
        return str(ring.place_of())


def _as_of(tally: tallies.Tally) -> str:
    if tally.counted_at is None:
        return ""
    return gettext(" (as of %(moment)s)") % {"moment": looks.minute(tally.counted_at)}


def _progress(_request: HttpRequest, _key: SealingKey) -> SafeString:
    """How far each table is, as it was asked for last; nothing where the key was never changed here."""
    tables = {table.pk: table for table in SealedTable.objects.all()}
    found = LongWork.objects.filter(kind=rotation.RESEAL).order_by("subject_id", "-id").distinct("subject_id")
    works = [
        {
            "title": tables[work.subject_id],
            "work": work,
            "by": actor_name(work.asked_by),
            "is_red": work.state == WorkState.FAILED,
        }
        for work in found
        if work.subject_id in tables
    ]
    return SafeString(render_to_string("core/jobs/works.html", {"works": works})) if works else SafeString("")


panels.register(SealingKey, panels.Panel("sealing-anew", _("Sealing anew"), _progress, order=10))
