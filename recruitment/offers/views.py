"""`/admin/letters/<id>.pdf`: the letter as it was sent, for whoever sees its pay."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.history import looks
from core.history.models import LookKind
from people.actors import person_of
from recruitment.models import Offer
from recruitment.rules import may_see_pay


@require_safe
def letter(request: HttpRequest, offer_id: int) -> HttpResponse:
    """The PDF; 404 for everybody else, and before there is one."""
    person = person_of(request)
    found = Offer.objects.visible_to(person).filter(pk=offer_id, sent_at__isnull=False).first()
    if found is None or found.letter is None or not may_see_pay(person, Offer, offer_id):
        raise Http404
    looks.note(request, LookKind.FILE, found)
    return as_file(found)


def as_file(found: Offer) -> HttpResponse:
    """The bytes as they were kept."""
    return HttpResponse(
        bytes(found.letter or b""),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="offer-{found.pk}.pdf"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
