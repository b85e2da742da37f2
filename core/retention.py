"""How long the ground keeps what it wrote down."""

from core.events.models import Reaction, ReactionState
from core.jobs.models import LongWork, WorkState
from core.jobs.retention import Keep

KEPT = [
    # What each receiver did: a year and a month, so that a chain can be read through a whole round of hiring. The
    # events themselves stay: reports count from them.
    Keep(Reaction, since="done_at", days=400, may_go={"state": ReactionState.DONE}),
    # How long a recount took is of use until the next calendar; one that failed stays until it is asked for again.
    Keep(LongWork, since="done_at", days=400, may_go={"state__in": (WorkState.DONE, WorkState.OVERTAKEN)}),
]
