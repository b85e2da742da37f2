"""How long the ground keeps what it wrote down."""

from core.events.models import Reaction, ReactionState
from core.jobs.models import LongWork, WorkState
from core.jobs.retention import Keep
from core.many.models import ManyRow, ManyRun


def _with_their_rows(run_ids: list[int]) -> None:
    ManyRow.objects.filter(run__in=run_ids)._raw_delete("default")
    ManyRun.objects.filter(takes_back__in=run_ids).update(takes_back=None)


KEPT = [
    # What each receiver did: a year and a month, so that a chain can be read through a whole round of hiring. The
    # events themselves stay: reports count from them.
    Keep(Reaction, since="done_at", days=400, may_go={"state": ReactionState.DONE}),
    # How long a recount took is of use until the next calendar; one that failed stays until it is asked for again.
    Keep(LongWork, since="done_at", days=400, may_go={"state__in": (WorkState.DONE, WorkState.OVERTAKEN)}),
    # What was done to whom in one go, as long as the events that came of it are read; a choice that nobody said yes to
    # until the next day.
    Keep(ManyRun, since="made_at", days=400, may_go={}, first=_with_their_rows),
    Keep(ManyRun, since="made_at", days=1, may_go={"asked_at__isnull": True}, first=_with_their_rows),
]
