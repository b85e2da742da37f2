"""Asking a vendor for what may have been lost on the way. HTTP outside any transaction; answers go the same way in."""

import json
import logging
import time
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from django.db import InterfaceError, OperationalError
from django.db.models import Q
from django.utils import timezone

from core import connections
from core.errors import DomainError
from recruitment.enums import InterviewState
from recruitment.models import VendorEvent, VendorInterview
from recruitment.models.vendors import VendorEventState
from recruitment.vendors import network, signature
from recruitment.vendors.services import applying, intake

logger = logging.getLogger(__name__)

SILENT_FOR = timedelta(minutes=30)


def ask_silent(*, limit: int = 100) -> int:
    """Ask about running interviews that no report came of for half an hour; returns how many events were new.

    `GET <poll_url>?interview=<reference>`, signed like a report with an empty body; the answer is a JSON list of
    reports, signed in its headers like a report. A vendor that does not answer is asked again at the next run.
    """
    since = timezone.now() - SILENT_FOR
    silent = VendorInterview.objects.filter(
        ~Q(vendor__poll_url="") & ~Q(vendor__secret=""),
        Q(heard_at__isnull=True) | Q(heard_at__lte=since),
        Q(asked_at__isnull=True) | Q(asked_at__lte=since),
        vendor__is_active=True,
        interview__state__in=InterviewState.running,
        interview__window_opens_at__lte=timezone.now(),
    ).order_by("pk")
    return sum(_asked(pk) for pk in list(silent.values_list("pk", flat=True)[:limit]))


def _asked(link_id: int) -> int:
    """What is wrong with one vendor, a secret that no key opens included, stays with it: the others are asked."""
    try:
        return _ask(VendorInterview.objects.select_related("vendor").get(pk=link_id))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- whatever it is, nobody else may wait for it
        logger.error("interview %s cannot be asked for: %s", link_id, _reason(error))
        VendorInterview.objects.filter(pk=link_id).update(asked_at=timezone.now())
        return 0


def _ask(link: VendorInterview) -> int:
    """The answer is the vendor's only when it is signed like a report: whoever sits at the address, or on the way."""
    secret = link.vendor.secret.encode()
    VendorInterview.objects.filter(pk=link.pk).update(asked_at=timezone.now())
    timestamp = str(int(time.time()))
    headers = {"X-Timestamp": timestamp, "X-Signature": signature.sign(secret, timestamp, b"")}
    connections.give_back()
    try:
        answer = network.get(
            link.vendor.poll_url, params=urlencode({"interview": link.reference}), headers=headers
        )
        if answer.status == HTTPStatus.OK:
            sent = answer.headers
            signature.verify(secret, sent.get("x-timestamp", ""), sent.get("x-signature", ""), answer.body)
        payload = json.loads(answer.body) if answer.status == HTTPStatus.OK else None
    except (network.UnreachableError, signature.NotSigned, ValueError, RecursionError) as error:
        logger.warning("vendor %s did not answer: %s", link.vendor.code, _reason(error))
        return 0
    if not isinstance(payload, list):
        logger.warning("vendor %s answered %s without a list", link.vendor.code, answer.status)
        return 0
    new = 0
    for item in payload:
        try:
            report = intake.check(link.vendor, item)
            # Whatever it says of other interviews, it was asked about this one.
            new += report.reference == link.reference and intake.keep(link.vendor, report) is not None
        except DomainError as error:
            logger.warning("vendor %s: %s", link.vendor.code, error.code)
    applying.apply_waiting(vendor_id=link.vendor_id, reference=link.reference)
    return new


def _reason(error: Exception) -> str:
    if isinstance(error, DomainError):
        return error.code
    return str(error) if isinstance(error, network.UnreachableError) else type(error).__name__


def apply_waiting() -> int:
    """The net below the webhook: apply what a crash left between keeping and applying, and end what waited too long."""
    waiting = (
        VendorEvent.objects.filter(state=VendorEventState.WAITING)
        .values_list("vendor", "reference")
        .distinct()
    )
    return sum(_apply(vendor, reference) for vendor, reference in list(waiting[:500]))


def _apply(vendor_id: int, reference: str) -> int:
    """What is wrong with one interview's reports stays with them: the others are applied all the same."""
    try:
        return applying.apply_waiting(vendor_id=vendor_id, reference=reference)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- whatever it is, nobody else may wait for it
        logger.error("reports on %s cannot be applied: %s", reference, type(error).__name__)
        return 0
