"""How long the history is kept."""

from core.history.models import Change, Look
from core.history.opening import open_here
from core.jobs.retention import Keep

# As long as a claim may be raised of what was decided and who saw it (Civil Code, article 188); records of how personal
# data were handled are to be kept for three years at least (Personal Information Protection Law, article 56).
DAYS = 3 * 366

KEPT = [
    Keep(Change, since="at", days=DAYS, may_go={}, first=open_here),
    Keep(Look, since="at", days=DAYS, may_go={}, first=open_here),
]
