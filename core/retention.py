"""How long the ground keeps what it wrote down."""

from django.utils.translation import gettext_lazy as _

from core.backups.models import BackupRun, RunState
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
    Keep(
        Reaction,
        since="done_at",
        days=400,
        may_go={"state": ReactionState.DONE},
        title=_("What each receiver of an event did"),
        why=_(
            "A chain is read through a whole round of hiring; events themselves stay, since reports count from them."
        ),
        bounds=(90, 1100),
    ),
    # How long a recount took is of use until the next calendar; one that failed stays until it is asked for again.
    Keep(
        LongWork,
        since="done_at",
        days=400,
        may_go={"state__in": (WorkState.DONE, WorkState.OVERTAKEN)},
        why=_("How long a recount took is of use until the next one."),
        bounds=(30, 1100),
    ),
    # What was done to whom in one go, as long as the events that came of it are read; a choice that nobody said yes to
    # until the next day.
    Keep(
        ManyRun,
        since="made_at",
        days=400,
        may_go={},
        first=_with_their_rows,
        why=_("What was done to whom in one go, as long as the events that came of it are read."),
        bounds=(90, 1100),
    ),
    Keep(
        ManyRun,
        since="made_at",
        days=1,
        may_go={"asked_at__isnull": True},
        first=_with_their_rows,
        title=_("Choices that nobody said yes to"),
    ),
    # The oldest backup is twelve months old; its trials are read beside it.
    Keep(
        BackupRun,
        since="ended_at",
        days=400,
        may_go={"state__in": (RunState.DONE, RunState.FAILED)},
        why=_("When backups were made and tried is looked up as long as the oldest of them is kept."),
        bounds=(400, 1100),
    ),
]
