"""What happened to attempts in a stretch of time, read from the events: what is moved later changes nothing here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL

from core.events import DurableSignal
from core.events.models import Event
from recruitment.enums import InterviewKind
from recruitment.models import Interview

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

INTERVIEW = Interview._meta.label_lower


def among(ids: Iterable[int]) -> RawSQL:
    """For `field__in=`: one parameter, so that thousands of ids cost as little as three."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of one attempt. `exit_id` where it is an interruption; `is_new` where it began the attempt."""

    id: int
    kind: str
    at: datetime
    interview_id: int
    number: int
    exit_id: int | None
    is_new: bool

    @property
    def attempt(self) -> tuple[int, int]:
        """The unit that reports count: interview and number of the attempt."""
        return self.interview_id, self.number

    @property
    def moment(self) -> tuple[datetime, int]:
        """When, in an order without ties."""
        return self.at, self.id


def happenings(
    signals: Iterable[DurableSignal],
    start: datetime,
    end: datetime | None,
    *,
    user: "User | AnonymousUser | None" = None,
    openings: Collection[int] | None = None,
    interviews: Iterable[int] | None = None,
) -> list[Happening]:
    """The events of these kinds from `start` until before `end`, in order. One query.

    Only of interviews that `user` may see (None: all), of these openings, or of the given interviews. What people hold
    has neither stages nor a full report: it is in no figure about AI interviews.
    """
    held_by_people = Interview.objects.filter(pk=OuterRef("subject_id"), kind=InterviewKind.PEOPLE)
    events = Event.objects.filter(
        ~Exists(held_by_people),
        kind__in=[signal.kind for signal in signals],
        subject_type=INTERVIEW,
        at__gte=start,
    ).order_by("at", "id")
    if end is not None:
        events = events.filter(at__lt=end)
    if interviews is not None:
        events = events.filter(subject_id__in=among(interviews))
    if user is not None or openings is not None:
        seen = Interview.objects.all() if user is None else Interview.objects.visible_to(user)
        if openings is not None:
            seen = seen.filter(application__opening__in=openings)
        events = events.filter(subject_id__in=seen.values("pk"))
    return [_happening(*row) for row in events.values_list("pk", "kind", "at", "subject_id", "facts")]


def _happening(pk: int, kind: str, at: datetime, interview_id: int, facts: dict[str, Any]) -> Happening:
    return Happening(
        id=pk,
        kind=kind,
        at=at,
        interview_id=interview_id,
        number=facts.get("attempt", 1),
        exit_id=facts.get("exit"),
        is_new=facts.get("new_attempt", False),
    )
