"""`POST /vendors/<code>/events`: where vendors report."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.errors import NotFound, TooLarge
from recruitment.models import Vendor
from recruitment.vendors import signature
from recruitment.vendors.services import applying, intake

LARGEST_REPORT = 256 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest, code: str) -> JsonResponse:
    """Take one report in: check the signature, keep the row, apply it. Again: 200 and nothing else.

    202 `{"status": "applied" | "waiting" | "overtaken" | "refused", "code"}`; 200 `{"status": "known"}`.
    Errors `{"code", "message"}`: 401 signature_wrong, timestamp_stale; 404 vendor_unknown, reference_unknown;
    413 report_too_large; 422 as for the intake.
    """
    if int(request.headers.get("Content-Length") or 0) > LARGEST_REPORT:
        raise TooLarge("report_too_large", _("A report has 256 KiB at most."))
    vendor = Vendor.objects.filter(code=code, is_active=True).exclude(secret_sealed="").first()
    if vendor is None:
        raise NotFound("vendor_unknown", _("There is no such vendor."))
    body = request.body
    signature.verify(
        vendor.secret, request.headers.get("X-Timestamp", ""), request.headers.get("X-Signature", ""), body
    )
    report = intake.read(vendor, body)
    event = intake.keep(vendor, report)
    if event is None:
        return JsonResponse({"status": "known"})
    applying.apply_waiting(vendor_id=vendor.pk, reference=report.reference)
    event.refresh_from_db()
    return JsonResponse({"status": event.state, "code": event.code}, status=202)
