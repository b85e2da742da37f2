"""How long the history is kept."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from core.history.models import Change, Look
from core.history.opening import open_here
from core.jobs.retention import Keep
from core.persons import Records

# As long as a claim may be raised of what was decided and who saw it (Civil Code, article 188); records of how personal
# data were handled are to be kept for three years at least (Personal Information Protection Law, article 56).
DAYS = 3 * 366


def _of_held(model: type[Change] | type[Look]) -> Callable[[Records, list[int]], set[int]]:
    def spared(held: Records, ids: list[int]) -> set[int]:
        rows = model.objects.filter(pk__in=ids).values_list("pk", "model", "object_id")
        return {pk for pk, label, key in rows if key.isdigit() and int(key) in held.get(label, ())}

    return spared


KEPT = [
    Keep(
        Change,
        since="at",
        days=DAYS,
        may_go={},
        first=open_here,
        spared=_of_held(Change),
        why=_("As long as a claim may be raised of what was decided (Civil Code, article 188)."),
    ),
    Keep(
        Look,
        since="at",
        days=DAYS,
        may_go={},
        first=open_here,
        spared=_of_held(Look),
        why=_(
            "Records of how personal data were handled are kept for three years at least "
            "(Personal Information Protection Law, article 56)."
        ),
    ),
]
