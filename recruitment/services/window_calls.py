"""Windows that the calendar overtook: each is named to the specialist, who moves it or leaves it as it is."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.days import midnight
from core.errors import Refused
from people.actors import Actor
from recruitment.enums import FollowUpKind, FollowUpState, Outcome
from recruitment.models import FollowUp, Interview
from recruitment.rules import require_recruiting
from recruitment.services import days_off, follow_ups, locking, scheduling

WINDOWS = "recruitment.windows"
# Nobody is asked to see to it within less than this.
AT_LEAST = timedelta(hours=1)


def name_windows(*, year: int, ids: list[int]) -> None:
    """One unfinished follow-up of kind "day off" for each of these windows that fell on a new day off.

    Those of windows that are on working days again are closed. Nothing is moved, and the candidate is told nothing:
    they may still come.

    Safe to run twice: what a person left as it is is named again only when another of its days is taken off.
    """
    rows = days_off.windows_in(year).filter(pk__in=ids).values_list("pk", flat=True)
    interviews = locking.interviews_of(sorted(rows))
    fallen = days_off.fallen(list(interviews.values()))
    standing: dict[int, FollowUp] = {}
    dealt_with = set()
    about = FollowUp.objects.filter(interview__in=interviews, kind=FollowUpKind.DAY_OFF)
    for row in about.select_for_update().order_by("pk"):
        if row.state in FollowUpState.unfinished:
            standing[row.interview_id] = row
        elif row.interview_id in fallen and row.opened_at > fallen[row.interview_id].since:
            dealt_with.add(row.interview_id)
    follow_ups.close_of_days_off(list(standing.values()), interviews, fallen)
    follow_ups.open_several(
        {
            interviews[pk]: max(
                timezone.now() + AT_LEAST, min(midnight(one.day), interviews[pk].window_opens_at)
            )
            for pk, one in sorted(fallen.items())
            if pk not in standing and pk not in dealt_with
        },
        kind=FollowUpKind.DAY_OFF,
    )


def move(*, follow_up_id: int, by: Actor) -> Interview:
    """Give the window of a follow-up "day off" the same hours on working days; the candidate is told the new time.

    Forbidden: not_permitted. Refused: follow_up_closed, window_not_on_day_off, changed_meanwhile; as for reschedule.
    """
    require_recruiting(by, FollowUp, follow_up_id)
    with transaction.atomic():
        interview_id = FollowUp.objects.values_list("interview_id", flat=True).get(pk=follow_up_id)
        interview, _lease = locking.interview_and_lease(interview_id)
        follow_up = locking.follow_up(follow_up_id)
        follow_ups.require_unfinished(follow_up)
        found = days_off.fallen([interview]).get(interview.pk)
        if found is None or follow_up.kind != FollowUpKind.DAY_OFF:
            raise Refused("window_not_on_day_off", _("This window does not fall on a new day off any more."))
        return scheduling.reschedule(
            interview_id=interview.pk, opens_at=found.opens_at, closes_at=found.closes_at, by=by
        )


def leave(*, follow_up_id: int, by: Actor) -> FollowUp:
    """The candidate may come on the day off: the window stays, and nobody is asked about it again."""
    return follow_ups.close(follow_up_id=follow_up_id, outcome=Outcome.KEPT, by=by)
