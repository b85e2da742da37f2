"""What HR does with vendors: keep their secret, and hand an interview over."""

import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, Refused
from people.actors import Actor, actor_user
from people.rules import keeps_house
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview, Vendor, VendorInterview
from recruitment.rules import require_recruiting
from recruitment.services import locking

LONGEST_REFERENCE = 80


def renew_secret(*, vendor_id: int, by: Actor) -> str:
    """Make a new shared secret and return it, the only time that it is shown. The old one ends. HR lead only."""
    user = actor_user(by)
    if user is None or not keeps_house(user):
        raise Forbidden("not_permitted", _("Only the HR lead may do this."))
    with transaction.atomic():
        vendor = Vendor.objects.select_for_update().get(pk=vendor_id)
        secret = secrets.token_urlsafe(32)
        vendor.secret = secret
        vendor.save(update_fields=["secret"])
        return secret


def hand_over(*, interview_id: int, vendor_id: int, reference: str, by: Actor) -> VendorInterview:
    """Let a vendor hold an interview that has not begun, under the vendor's reference.

    Invalid: reference_invalid. Refused: interview_begun, reference_taken.
    """
    require_recruiting(by, Interview, interview_id)
    reference = reference.strip()
    if not 0 < len(reference) <= LONGEST_REFERENCE or "\x00" in reference:
        raise Invalid("reference_invalid", _("The vendor's reference has 1 to 80 characters."))
    with transaction.atomic():
        interview = locking.interview(interview_id)
        if interview.state != InterviewState.SCHEDULED:
            raise Refused("interview_begun", _("This interview has begun already."))
        if (
            VendorInterview.objects.filter(vendor=vendor_id, reference=reference)
            .exclude(interview=interview)
            .exists()
        ):
            raise Refused("reference_taken", _("Another interview has this reference."))
        link, _created = VendorInterview.objects.update_or_create(
            interview=interview, defaults={"vendor_id": vendor_id, "reference": reference}
        )
        Interview.objects.filter(pk=interview.pk).update(kind=InterviewKind.VENDOR)
        return link
