"""That candidates ask how it stands: counted once for each time, however often it is clicked."""

from datetime import timedelta

from django.utils import timezone

from recruitment.models import Enquiry


def keep(*, application_id: int, way: str, once_within: timedelta = timedelta(0)) -> None:
    """Note that somebody asked just now; the same way again `once_within` so long is the same enquiry."""
    now = timezone.now()
    mine = Enquiry.objects.filter(application=application_id, way=way)
    if not mine.filter(at__gt=now - once_within).exists():
        Enquiry.objects.create(application_id=application_id, way=way, at=now)
