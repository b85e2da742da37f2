"""Who was not hired is kept for a period after the last application ended, and erased when it is over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from recruitment.enums import ApplicationStage
from recruitment.models import Application, Candidate, Erasure, Hold, PersonRequest
from recruitment.models.privacy import ErasureState, RequestState
from recruitment.privacy.services import erasing

# So many a night: the first night after a period was chosen does not fill the lists and the jobs of a day.
MOST = 500


def over(before: datetime) -> QuerySet[Any]:
    """The records that nobody needs since before then, with `ended_at`: when the last application ended, or when
    somebody was entered who never applied.

    Not of whom an application goes on or was taken, who is held or asked for something, or whose erasure is decided;
    nor of whom it was called off since then.
    """
    own = Application.objects.filter(candidate=OuterRef("pk")).order_by()
    needed = own.filter(~Q(stage__in=ApplicationStage.called_off) | Q(stage_since__gte=before))
    decided = Erasure.objects.filter(candidate=OuterRef("pk")).order_by()
    decided = decided.filter(
        Q(state__in=ErasureState.unfinished) | Q(state=ErasureState.CALLED_OFF, asked_at__gte=before)
    )
    held = Hold.objects.standing().filter(candidate=OuterRef("pk")).order_by()
    asked = PersonRequest.objects.filter(
        candidate=OuterRef("pk"), state__in=RequestState.unfinished
    ).order_by()
    last = own.order_by("-stage_since").values("stage_since")[:1]
    rows = Candidate.objects.filter(erased_at=None, created_at__lt=before)
    rows = rows.filter(~Exists(needed), ~Exists(decided), ~Exists(held), ~Exists(asked))
    return rows.annotate(ended_at=Coalesce(Subquery(last), "created_at")).order_by("pk")


def decide(now: datetime, *, shortest: int, days_of: Callable[[datetime], int]) -> int:
    """Have those erased whose own period is over, at most MOST; how many. Each is decided by itself."""
    count = 0
    found = over(now - timedelta(days=shortest)).values_list("pk", "ended_at")
    for candidate_id, ended_at in found:
        if ended_at < now - timedelta(days=days_of(ended_at)):
            count += erasing.decide_by_period(candidate_id=candidate_id)
        if count == MOST:
            break
    return count
