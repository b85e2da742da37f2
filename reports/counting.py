"""What happened in weeks, by opening: counted from the events, whole or of some openings. All figures add up."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from core.days import midnight
from core.figures import Rate
from recruitment import signals
from recruitment.enums import ExitCause
from reports.exclusions import Reason
from reports.exits import ExitReport, ExitsOfCause, count_exits, exits_of
from reports.flows import Happening, happenings
from reports.passing import Attempt, Judgement, Standing, judged, rate_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

WEEK = timedelta(days=7)
INVITED, INTERRUPTED = "invited", "interrupted"
_FLOWS = {
    signals.interview_scheduled.kind: INVITED,
    signals.interview_rescheduled.kind: INVITED,
    signals.interview_started.kind: "started",
    signals.interview_completed.kind: "completed",
    signals.interview_abandoned.kind: "abandoned",
    signals.interview_missed.kind: "missed",
    signals.interview_cancelled.kind: "cancelled",
}
_ASKED = (
    signals.interview_scheduled,
    signals.interview_rescheduled,
    signals.interview_started,
    signals.interview_completed,
    signals.interview_interrupted,
    signals.interview_abandoned,
    signals.interview_missed,
    signals.interview_cancelled,
)
_BACK = (signals.interview_resumed, signals.interview_completed)
Key = tuple[date, int]


@dataclass(slots=True)
class Figures:
    """One opening in one week, or several together. Every number is of attempts or of exits, so that they add up."""

    flows: Counter[str] = field(default_factory=Counter)
    causes: dict[str, list[int]] = field(default_factory=dict)
    judged: Counter[Judgement] = field(default_factory=Counter)

    def add(self, other: "Figures") -> None:
        """Count these too."""
        self.flows.update(other.flows)
        self.judged.update(other.judged)
        for cause, numbers in other.causes.items():
            mine = self.causes.setdefault(cause, [0, 0, 0])
            self.causes[cause] = [one + more for one, more in zip(mine, numbers, strict=True)]

    @property
    def exits(self) -> ExitReport:
        """By cause, the commonest first; ours apart."""
        rows = {
            cause: ExitsOfCause(
                ExitCause(cause), announced=numbers[0], silent=numbers[1], returned=numbers[2]
            )
            for cause, numbers in self.causes.items()
        }
        ours = rows.pop(ExitCause.OUR_OUTAGE, ExitsOfCause(ExitCause.OUR_OUTAGE))
        return ExitReport(sorted(rows.values(), key=lambda row: (-row.count, row.cause)), ours)

    @property
    def pass_rate(self) -> Rate:
        """Of the attempts invited."""
        return rate_of(self.judged)

    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        named = {str(int(key) if isinstance(key, bool) else key.value): n for key, n in self.judged.items()}
        return {"flows": dict(sorted(self.flows.items())), "causes": self.causes, "judged": named}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Figures":
        """From what is stored."""
        named = {(key == "1" if key in "01" else Reason(key)): n for key, n in kept["judged"].items()}
        return cls(Counter(kept["flows"]), dict(kept["causes"]), Counter(named))


def monday(day: date) -> date:
    """The first day of the week that a day lies in."""
    return day - timedelta(days=day.weekday())


def counted(
    first: date,
    weeks: int,
    *,
    user: "User | AnonymousUser | None" = None,
    openings: Collection[int] | None = None,
) -> dict[Key, Figures]:
    """The figures of so many weeks from `first` on, by week and opening. Five queries, whatever there is."""
    start, end = midnight(first), midnight(first + weeks * WEEK)
    found = happenings(_ASKED, start, end, user=user, openings=openings)
    standing = Standing.of({one.interview_id for one in found})
    opening_of = standing.openings
    by_key: dict[Key, list[Happening]] = defaultdict(list)
    for event in found:
        if event.interview_id in opening_of:
            by_key[monday(timezone.localdate(event.at)), opening_of[event.interview_id]].append(event)
    interruptions = [one for one in found if one.kind == signals.interview_interrupted.kind]
    broken_off = {one.interview_id for one in interruptions}
    known = exits_of(interruptions, standing.exits)
    later = happenings(_BACK, start, None, interviews=broken_off) if broken_off else []
    back: dict[Attempt, Happening] = {one.attempt: one for one in later}
    invited = {key: _invited(happened) for key, happened in by_key.items()}
    judgements = judged(set().union(*invited.values()), standing)
    figures: dict[Key, Figures] = {}
    for key, happened in by_key.items():
        row = figures[key] = Figures(_flows(happened))
        mine = [each for each in happened if each.kind == signals.interview_interrupted.kind]
        row.flows.update(_interruptions(mine, known, back))
        report = count_exits(mine, known)
        row.causes = {
            str(each.cause): [each.announced, each.silent, each.returned]
            for each in (*report.by_cause, report.ours)
            if each.count
        }
        row.judged = Counter(judgements[attempt] for attempt in invited[key])
    return figures


def _begins(one: Happening) -> bool:
    """A reschedule of what had not begun invites nobody anew."""
    return one.kind != signals.interview_rescheduled.kind or one.is_new


def _invited(happened: list[Happening]) -> set[Attempt]:
    return {one.attempt for one in happened if _FLOWS.get(one.kind) == INVITED and _begins(one)}


def _flows(happened: list[Happening]) -> Counter[str]:
    attempts: dict[str, set[Attempt]] = defaultdict(set)
    for one in happened:
        if one.kind in _FLOWS and _begins(one):
            attempts[_FLOWS[one.kind]].add(one.attempt)
    return Counter({name: len(found) for name, found in attempts.items()})


def _interruptions(
    mine: list[Happening], known: dict[Happening, Any], back: dict[Attempt, Happening]
) -> Counter[str]:
    """Who broke off, not by our doing; who of them is back since; whom our own outage alone broke off."""
    first: dict[Attempt, Happening] = {}
    for one in mine:
        first.setdefault(one.attempt, one)
    theirs = {
        one.attempt for one in mine if one not in known or known[one].effective_cause != ExitCause.OUR_OUTAGE
    }
    returned = {
        attempt for attempt in theirs if attempt in back and back[attempt].moment > first[attempt].moment
    }
    counts = {
        INTERRUPTED: len(theirs),
        "returned": len(returned),
        "interrupted_by_us": len(first.keys() - theirs),
    }
    return Counter({name: number for name, number in counts.items() if number})
