"""Taking reports in: read, check, keep once. What they mean is decided afterwards, from the row."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound
from recruitment.models import Vendor, VendorEvent, VendorInterview
from recruitment.vendors.mappings import MAPPINGS

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Report:
    """One report, checked for shape."""

    event_id: str
    reference: str
    kind: str
    occurred_at: datetime
    payload: dict[str, Any]


def read(vendor: Vendor, body: bytes) -> Report:
    """Parse a report. Invalid: body_unreadable, field_missing, kind_unknown, time_unreadable."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("body_unreadable", _("The body is no JSON.")) from None
    return check(vendor, payload)


def check(vendor: Vendor, payload: Any) -> Report:
    """Check the shape of a parsed report. Errors as for `read`."""
    if not isinstance(payload, dict) or not _can_be_kept(payload):
        raise Invalid("body_unreadable", _("The report has to be a JSON object without null characters."))
    for name, longest in (("id", 100), ("interview", 80), ("event", 40), ("at", 40)):
        value = payload.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise Invalid("field_missing", _("A field is missing or too long."), field=name)
    kind = MAPPINGS[vendor.mapping].kinds.get(payload["event"])
    if kind is None:
        raise Invalid("kind_unknown", _("This kind of event is not known."), event=payload["event"])
    try:
        at = parse_datetime(payload["at"])
    except ValueError:
        at = None
    # A clock that was never set says year 1: a day that the database takes and cannot give back.
    if at is None or timezone.is_naive(at) or not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Invalid("time_unreadable", _("The time has to be ISO 8601 with an offset."))
    return Report(payload["id"], payload["interview"], kind, at, payload)


def _can_be_kept(payload: dict[str, Any]) -> bool:
    """Whether the database takes it: figures that are numbers, whole characters, no null, nesting with an end."""
    try:
        text = json.dumps(payload, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in text


def keep(vendor: Vendor, report: Report) -> VendorEvent | None:
    """Keep a report; None when its number is known already. NotFound: reference_unknown."""
    if not VendorInterview.objects.filter(vendor=vendor, reference=report.reference).exists():
        raise NotFound("reference_unknown", _("No interview has this reference."))
    fresh = VendorEvent(
        vendor=vendor,
        event_id=report.event_id,
        reference=report.reference,
        kind=report.kind,
        occurred_at=report.occurred_at,
        payload=report.payload,
    )
    VendorEvent.objects.bulk_create([fresh], ignore_conflicts=True)
    row = VendorEvent.objects.get(vendor=vendor, event_id=report.event_id)
    known = row.received_at != fresh.received_at
    return None if known else row
