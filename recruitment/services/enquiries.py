"""That candidates ask how it stands: counted once for each time, however often it is clicked."""

from datetime import timedelta

from django.utils import timezone

from recruitment.models import Enquiry


def keep(*, application_id: int, way: str, once_within: timedelta = timedelta(0)) -> None:
    """Note that somebody asked just now; the same way again `once_within` so long is the same enquiry."""
    now = timezone.now()
    lately = Enquiry.objects.filter(application=application_id, way=way, at__gt=now - once_within)
    if not (once_within and lately.exists()):
        Enquiry.objects.create(application_id=application_id, way=way, at=now)
