"""What is true of the quarter on a day, by plain arithmetic from the script: no table and no statement is asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.reports.quarter import DEPARTMENTS, OPENINGS, SPECIALISTS, Happened

SHANGHAI = timedelta(hours=8)
HOUR, DAY = 3600.0, 86_400.0
Figures = dict[str, Any]


@dataclass
class Exit:
    at: datetime
    attempt: int
    cause: str
    announced: bool
    saved: int
    back: datetime | None = None


@dataclass
class Call:
    kind: str
    opened: datetime
    assignee: int
    exit: Exit | None = None
    tries: list[tuple[datetime, bool]] = field(default_factory=list)
    closed: datetime | None = None
    lead: bool = False


@dataclass
class Offered:
    at: datetime
    state: str = "sent"
    reason: str = ""
    ended: datetime | None = None


@dataclass
class Report:
    at: datetime
    basis: str
    value: int | None


@dataclass
class Person:
    applied: datetime
    opening: int
    source: str
    stage: str = "applied"
    stood: str = ""
    state: str = ""
    attempt: int = 1
    finished: datetime | None = None
    saved: dict[int, int] = field(default_factory=dict)
    exits: list[Exit] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    offers: list[Offered] = field(default_factory=list)
    report: Report | None = None


class Truth:
    """Everything that had happened before a moment."""

    def __init__(self, script: Iterable[Happened], until: datetime) -> None:
        self.until = until
        self.department = {one: one % DEPARTMENTS for one in range(OPENINGS)}
        self.specialist = {one: one % SPECIALISTS for one in range(OPENINGS)}
        self.people: dict[int, Person] = {}
        for one in script:
            if one.at < until:
                self.take(one)

    def take(self, one: Happened) -> None:
        """One line of the script."""
        match one.what:
            case "applied":
                self.people[one.who or 0] = Person(one.at, one.how["opening"], one.how["source"])
            case "moved":
                self.department[one.how["opening"]] = one.how["department"]
            case "handed_over":
                self.specialist[one.how["opening"]] = one.how["specialist"]
            case "plan_changed":
                pass
            case _:
                self.of_person(self.people[one.who or 0], one)

    def of_person(self, who: Person, one: Happened) -> None:
        """The same of one person: what is said of the interview, of its calls and reports, of the application."""
        for told in (self.of_interview, self.of_what_follows, self.of_application):
            if told(who, one, one.how):
                return
        raise AssertionError(one.what)

    def of_interview(self, who: Person, one: Happened, how: dict[str, Any]) -> bool:
        """How the interview goes on."""
        match one.what:
            case "scheduled":
                who.state, who.stage = "scheduled", "interviewing"
            case "entered":
                who.state = "in_progress"
            case "saved":
                who.saved[who.attempt] = how["stage"]
            case "left":
                who.state = "interrupted"
                saved = who.saved.get(who.attempt, 0)
                who.exits.append(Exit(one.at, who.attempt, how["cause"], how["announced"], saved))
                who.calls.append(Call("exit", one.at, self.specialist[who.opening], who.exits[-1]))
            case "returned":
                who.state, who.exits[-1].back = "in_progress", one.at
                self.settle(who, one.at)
            case "abandoned" | "missed":
                who.state = one.what
            case "rescheduled":
                who.state, who.attempt = "scheduled", who.attempt + 1
                self.settle(who, one.at)
            case "completed":
                who.state, who.stage, who.finished = "completed", "evaluating", one.at
            case _:
                return False
        return True

    def of_what_follows(self, who: Person, one: Happened, how: dict[str, Any]) -> bool:
        """Calls, causes and reports."""
        match one.what:
            case "asked":
                who.calls.append(Call("asked", one.at, self.specialist[who.opening]))
            case "corrected":
                who.exits[-1].cause = how["cause"]
            case "tried":
                self.newest(who).tries.append((one.at, how["reached"]))
            case "told_the_lead":
                self.newest(who).lead = True
            case "estimated":
                who.report = Report(one.at, how["basis"], how["value"])
            case "reported":
                who.report = Report(one.at, "full", how["value"])
            case "reviewed":
                assert who.report is not None
                who.report.value = how["value"]
            case _:
                return False
        return True

    def of_application(self, who: Person, one: Happened, how: dict[str, Any]) -> bool:
        """Where the application stands, and its offers."""
        match one.what:
            case "source_mended":
                who.source = how["source"]
            case "stage":
                who.stage = how["stage"]
            case "ended":
                who.stage, who.stood = how["stage"], how["was"]
            case "reopened":
                who.stage, who.stood = how["stage"], ""
            case "offered":
                who.offers.append(Offered(one.at))
            case "answered":
                offer = who.offers[-1]
                offer.state, offer.reason, offer.ended = how["state"], how["reason"], one.at
            case _:
                return False
        return True

    def newest(self, who: Person) -> Call:
        """The call that the last exit is owed."""
        return [call for call in who.calls if call.kind == "exit"][-1]

    def settle(self, who: Person, at: datetime) -> None:
        """Nobody has to be called after an exit any more."""
        for call in who.calls:
            if call.kind == "exit" and call.closed is None:
                call.closed = at

    def figures(self, report: str, by: str, days: tuple[date, date]) -> tuple[dict[Any, Figures], Figures]:
        """The lines of a report over these days, by their key, and the total."""
        things, keys, moment, counted = self.of(report)
        among = [one for one in things if days[0] <= (moment(one) + SHANGHAI).date() <= days[1]]
        places: dict[str, Callable[[Any], Any]] = {
            "opening": lambda one: ("opening", keys["person"](one).opening),
            "department": lambda one: ("department", self.department[keys["person"](one).opening]),
            "specialist": lambda one: ("specialist", self.specialist[keys["person"](one).opening]),
            "source": lambda one: keys["person"](one).source,
            "week": lambda one: _monday((moment(one) + SHANGHAI).date()).isoformat(),
            "month": lambda one: (moment(one) + SHANGHAI).date().replace(day=1).isoformat(),
            **keys,
        }
        parts: dict[Any, list[Any]] = {}
        for one in among:
            parts.setdefault(places[by](one), []).append(one)
        for gap in _gaps(by, sorted(parts) if by in ("week", "month") else []):
            parts.setdefault(gap, [])
        return {key: counted(part) for key, part in parts.items()}, counted(among)

    def of(self, report: str) -> tuple[list[Any], dict[str, Any], Callable[[Any], datetime], Any]:
        """What a report counts, how it is parted, when each happened, and its figures."""
        people = list(self.people.values())
        pairs: dict[str, Callable[[], list[Any]]] = {
            "exits": lambda: [(who, one) for who in people for one in who.exits],
            "service": lambda: [(who, one) for who in people for one in who.calls],
            "offers": lambda: [(who, one) for who in people for one in who.offers],
            "quality": lambda: [(who, who.report) for who in people if who.report is not None],
        }
        first = {"person": lambda one: one[0]}
        match report:
            case "efficiency":
                return people, {"person": lambda who: who}, lambda who: who.applied, self.efficiency
            case "exits":
                own = {
                    "cause": lambda one: one[1].cause,
                    "saved_stages": lambda one: one[1].saved,
                    "hour": lambda one: (one[1].at + SHANGHAI).hour,
                }
                return pairs[report](), first | own, lambda one: one[1].at, self.exits
            case "service":
                own = {
                    "kind": lambda one: one[1].kind,
                    "assignee": lambda one: ("specialist", one[1].assignee),
                }
                return pairs[report](), first | own, lambda one: one[1].opened, self.service
            case "offers":
                own = {"decline_reason": lambda one: one[1].reason}
                return pairs[report](), first | own, lambda one: one[1].at, self.offers
            case _:
                own = {"band": lambda one: _band(one[1].value)}
                return pairs["quality"](), first | own, lambda one: one[1].at, self.quality

    def efficiency(self, people: list[Person]) -> Figures:
        begun = ("interrupted", "abandoned", "in_progress", "completed")
        second, offer = ("second_round", "offer", "hired"), ("offer", "hired")
        finished = [who for who in people if who.finished]
        left = [who for who in people if who.state in begun[:2]]
        running = [who for who in people if who.state == "in_progress"]
        began = [who for who in people if who.state in begun]
        took = [(who.finished - who.applied).total_seconds() for who in finished if who.finished]
        on = [who for who in people if who.stage in second or who.stood in second]
        return {
            "applied": len(people),
            "began": len(began),
            "finished": len(finished),
            "second_round": len(on),
            "offered": sum(who.stage in offer or who.stood in offer for who in people),
            "hired": sum(who.stage == "hired" for who in people),
            "completion_rate": rate(len(finished), len(began) - len(running), under_way=len(running)),
            "advance_rate": rate(
                sum(who in finished for who in on),
                len(finished),
                bounds=len(left),
                exit=len(left),
                under_way=len(running),
            ),
            "days_to_finish": spread(took, DAY),
        }

    def exits(self, found: list[tuple[Person, Exit]]) -> Figures:
        tried = {id(call.exit) for who, _one in found for call in who.calls if call.tries}
        ours = [one for _who, one in found if one.cause == "our_outage"]
        back = [one for _who, one in found if one.back]
        theirs = sum(one.cause != "our_outage" for one in back)
        return {
            "exits": len(found),
            "announced": sum(one.announced for _who, one in found),
            "silent": sum(not one.announced for _who, one in found),
            "returned": len(back),
            "given_up": sum(
                not one.back and who.state == "abandoned" and who.attempt == one.attempt for who, one in found
            ),
            "not_contacted": sum(not one.back and id(one) not in tried for _who, one in found),
            "by_us": len(ours),
            "return_rate": rate(theirs, len(found) - len(ours), our_outage=len(ours)),
            "hours_away": spread([(one.back - one.at).total_seconds() for one in back if one.back], HOUR),
        }

    def service(self, found: list[tuple[Person, Call]]) -> Figures:
        calls = [one for _who, one in found]
        tried = [one for one in calls if one.tries]
        due = {id(one): one.opened + timedelta(hours=24) for one in calls}
        rest = [one for one in calls if not one.tries]
        spared = [one for one in rest if one.closed and one.closed <= due[id(one)]]
        running = [one for one in rest if one not in spared and due[id(one)] > self.until]
        return {
            "owed": len(calls),
            "called": len(tried),
            "reached": sum(any(reached for _at, reached in one.tries) for one in calls),
            "escalated": sum(one.lead for one in calls),
            "in_time_rate": rate(
                sum(one.tries[0][0] <= due[id(one)] for one in tried),
                len(calls) - len(spared) - len(running),
                spared=len(spared),
                not_due=len(running),
            ),
            "hours_to_call": spread([(one.tries[0][0] - one.opened).total_seconds() for one in tried], HOUR),
        }

    def offers(self, found: list[tuple[Person, Offered]]) -> Figures:
        number = {state: sum(one.state == state for _who, one in found) for state in (
            "sent", "accepted", "declined", "expired", "withdrawn",
        )}  # fmt: skip
        answered = [one for _who, one in found if one.state in ("accepted", "declined")]
        return {
            "sent": len(found),
            "accepted": number["accepted"],
            "declined": number["declined"],
            "declined_for_the_process": sum(one.reason == "process" for _who, one in found),
            "expired": number["expired"],
            "withdrawn": number["withdrawn"],
            "waiting": number["sent"],
            "fell_through": sum(
                one.state == "accepted" and who.stage == "fell_through" for who, one in found
            ),
            "acceptance_rate": rate(
                number["accepted"],
                number["accepted"] + number["declined"] + number["expired"],
                unanswered=number["sent"],
                taken_back=number["withdrawn"],
            ),
            "days_to_answer": spread(
                [(one.ended - one.at).total_seconds() for one in answered if one.ended], DAY
            ),
            "days_to_offer": spread([(one.at - who.applied).total_seconds() for who, one in found], DAY),
        }

    def quality(self, found: list[tuple[Person, Report]]) -> Figures:
        reports = [one for _who, one in found]
        full = [float(one.value) for one in reports if one.basis == "full" and one.value is not None]
        estimated = sum(one.basis != "full" and one.value is not None for one in reports)
        without = sum(one.value is None for one in reports)
        return {
            "full": len(full),
            "full_score": spread(full, 1),
            "estimated": estimated,
            "without_score": without,
            "full_rate": rate(len(full), len(full) + estimated, no_score=without),
        }


def rate(numerator: int, denominator: int, *, bounds: int = 0, **excluded: int) -> tuple[Any, ...]:
    """A rate as the test compares it."""
    return numerator, denominator, {name: count for name, count in excluded.items() if count}, bounds


def spread(values: list[float], unit: float) -> tuple[Any, ...]:
    """How many, the middle one, and the quarters, between two values in proportion."""
    if not values:
        return 0, None, None, None
    ordered = sorted(values)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return round((ordered[low] + (place - low) * (ordered[high] - ordered[low])) / unit, 1)

    return len(ordered), at(0.5), at(0.25), at(0.75)


def _gaps(by: str, keys: list[str]) -> list[str]:
    """Every week or month from the first to the last."""
    if not keys:
        return []
    day, last = date.fromisoformat(keys[0]), date.fromisoformat(keys[-1])
    days = [day + timedelta(days=number) for number in range((last - day).days + 1)]
    return sorted({(_monday(one) if by == "week" else one.replace(day=1)).isoformat() for one in days})


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _band(value: int | None) -> int | None:
    return None if value is None else min(value // 10 * 10, 90)
