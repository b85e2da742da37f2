"""`POST /vendors/<code>/events`: where vendors report."""

import secrets

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.bodies import read_whole
from core.errors import TooLarge
from recruitment.models import Vendor
from recruitment.vendors import signature
from recruitment.vendors.services import applying, intake

LARGEST_REPORT = 256 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest, code: str) -> JsonResponse:
    """Take one report in: check the signature, keep the row, apply it. Again: 200 and nothing else.

    The body is here before the database is asked, and who is no vendor hears what a vendor with a wrong signature
    hears. 202 `{"status": "applied" | "waiting" | "overtaken" | "refused", "code"}`; 200 `{"status": "known"}`.
    Errors `{"code", "message"}`: 401 signature_wrong, timestamp_stale; 404 reference_unknown; 400 cut_off;
    413 report_too_large; 422 as for the intake.
    """
    body = _body(request)
    vendor = Vendor.objects.filter(code=code, is_active=True).exclude(secret="").first()
    secret = vendor.secret.encode() if vendor else secrets.token_bytes(32)
    signature.verify(
        secret, request.headers.get("X-Timestamp", ""), request.headers.get("X-Signature", ""), body
    )
    assert vendor is not None  # noqa: S101 -- nobody signs with bytes that were made a moment ago
    report = intake.read(vendor, body)
    event = intake.keep(vendor, report)
    if event is None:
        return JsonResponse({"status": "known"})
    applying.apply_waiting(vendor_id=vendor.pk, reference=report.reference)
    event.refresh_from_db()
    return JsonResponse({"status": event.state, "code": event.code}, status=202)


def _body(request: HttpRequest) -> bytes:
    too_large = TooLarge("report_too_large", _("A report has 256 KiB at most."))
    return read_whole(request, most=LARGEST_REPORT, too_large=too_large)
