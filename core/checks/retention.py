"""How long it is known what the data checks found."""

from django.utils.translation import gettext_lazy as _

from core.checks.models import Check, Size
from core.jobs.retention import Keep

KEPT = [
    Keep(
        Check,
        since="at",
        days=400,
        may_go={"is_latest": False},
        why=_("Since when something has not been as promised is looked up through a year."),
        bounds=(30, 1100),
    ),
    Keep(
        Size,
        since="at",
        days=1100,
        may_go={},
        why=_("How fast the database grows is told from the sizes of years."),
        bounds=(400, 3700),
    ),
]
