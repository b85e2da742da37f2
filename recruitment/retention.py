"""How long recruitment keeps what is of use to nobody any more. What candidates said stays.

So does what vendors reported, whole, and what came of it.
"""

from core.jobs.retention import Keep
from recruitment.models import HandoverCode, RoomLink, RoomSession


def _all_that_opens_with(links: list[int]) -> None:
    HandoverCode.objects.filter(link__in=links)._raw_delete("default")
    RoomSession.objects.filter(link__in=links)._raw_delete("default")


KEPT = [
    # Which link was given when, and until when it was good: a year and a month after its end, as what receivers did.
    Keep(RoomLink, since="expires_at", days=400, may_go={}, first=_all_that_opens_with),
]
