"""What is true of the quarter on a day, by plain arithmetic from the script: no table and no statement is asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.reports.quarter import DEPARTMENTS, NEEDED, OPENINGS, SPECIALISTS, TARGET, Happened

# What a week counts, by what happens in it.
FLOWS = {
    "scheduled": "invited", "rescheduled": "invited", "entered": "started", "begun": "started",
    "completed": "completed", "abandoned": "abandoned", "missed": "missed", "cancelled": "cancelled",
    "returned": "back",
}  # fmt: skip


@dataclass
class Exit:
    at: datetime
    attempt: int
    cause: str
    announced: bool
    saved: int
    device: str
    back: datetime | None = None


@dataclass
class Begun:
    at: datetime
    attempt: int
    device: str


@dataclass
class Call:
    kind: str
    opened: datetime
    assignee: int
    exit: Exit | None = None
    tries: list[tuple[datetime, bool]] = field(default_factory=list)
    closed: datetime | None = None
    lead: bool = False
    claimed: datetime | None = None


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
    outcome: str = ""


@dataclass
class Delay:
    at: datetime
    days: int
    by: date
    is_over: bool = False


@dataclass
class Card:
    over: datetime
    interviewer: int
    handed_in: datetime | None = None
    scores: tuple[int, ...] = ()


@dataclass
class Stay:
    stage: str
    to: str
    entered: datetime
    left: datetime
    promised: date | None


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
    device: str = ""
    educations: list[str] = field(default_factory=list)
    saved: dict[int, int] = field(default_factory=dict)
    begun: list[Begun] = field(default_factory=list)
    exits: list[Exit] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    offers: list[Offered] = field(default_factory=list)
    report: Report | None = None
    tested: int | None = None
    ratings: dict[int, int] = field(default_factory=dict)
    over: datetime | None = None
    since: datetime | None = None
    stays: list[Stay] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    enquiries: list[datetime] = field(default_factory=list)
    scored: datetime | None = None
    noticed: datetime | None = None
    practice: set[str] = field(default_factory=set)
    start: date | None = None
    delays: list[Delay] = field(default_factory=list)
    unknown: int = 0
    promised: date | None = None
    kind: str = ""
    flows: list[tuple[str, int, datetime]] = field(default_factory=list)

    def moved(self, stage: str, at: datetime) -> None:
        """To another stage: the stay in the one before is over."""
        self.stays.append(Stay(self.stage, stage, self.since or self.applied, at, self.promised))
        self.stage, self.since, self.promised = stage, at, None


class Truth:
    """Everything that had happened before a moment."""

    def __init__(self, script: Iterable[Happened], until: datetime) -> None:
        self.until = until
        self.department = {one: one % DEPARTMENTS for one in range(OPENINGS)}
        self.specialist = {one: one % SPECIALISTS for one in range(OPENINGS)}
        self.needed = dict.fromkeys(range(OPENINGS), (NEEDED, TARGET))
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
            case "needed":
                self.needed[one.how["opening"]] = one.how["headcount"], one.how["month"]
            case "plan_changed":
                pass
            case _:
                self.of_person(self.people[one.who or 0], one)

    def of_person(self, who: Person, one: Happened) -> None:
        """The same of one person: what is said of the interview, of its calls and reports, of the application."""
        for told in (
            self.of_interview, self.of_what_follows, self.of_application, self.of_telling, self.of_preparing,
        ):  # fmt: skip
            if told(who, one, one.how):
                return
        raise AssertionError(one.what)

    def of_interview(self, who: Person, one: Happened, how: dict[str, Any]) -> bool:
        """How the interview goes on."""
        if one.what in FLOWS:
            who.flows.append((FLOWS[one.what], who.attempt + (one.what == "rescheduled"), one.at))
        match one.what:
            case "scheduled":
                who.state, who.kind = "scheduled", how["kind"]
                who.moved("interviewing", one.at)
            case "begun":
                who.state = "in_progress"
            case "entered":
                who.state, who.device = "in_progress", how["device"]
                who.begun.append(Begun(one.at, who.attempt, who.device))
            case "saved":
                who.saved[who.attempt] = how["stage"]
            case "left":
                who.state = "interrupted"
                saved = who.saved.get(who.attempt, 0)
                who.exits.append(Exit(one.at, who.attempt, how["cause"], how["announced"], saved, who.device))
                who.calls.append(Call("exit", one.at, self.specialist[who.opening], who.exits[-1]))
            case "returned":
                who.state, who.exits[-1].back = "in_progress", one.at
                who.device = how["device"]
                self.settle(who, one.at)
            case "abandoned":
                who.state, who.over = "abandoned", who.exits[-1].at
            case "missed" | "cancelled":
                who.state = one.what
            case "rescheduled":
                who.state, who.attempt = "scheduled", who.attempt + 1
                self.settle(who, one.at)
            case "completed":
                who.state = "completed"
                who.moved("evaluating", one.at)
                who.finished = who.over = one.at
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
            case "claimed":
                self.newest(who).claimed = one.at
            case "tested":
                who.tested = how["score"]
            case "rated":
                who.ratings[who.attempt] = how["rating"]
            case "tried":
                self.newest(who).tries.append((one.at, how["reached"]))
            case "told_the_lead":
                self.newest(who).lead = True
            case "estimated":
                who.report = Report(one.at, how["basis"], how["value"])
            case "reported":
                who.scored = who.scored or one.at
                who.report = Report(one.at, "full", how["value"])
            case "reviewed":
                assert who.report is not None
                who.report.value = how["value"]
            case _:
                return False
        return True

    def of_telling(self, who: Person, one: Happened, how: dict[str, Any]) -> bool:
        """What the candidate's file says, what they asked, and heard."""
        match one.what:
            case "educated":
                who.educations.append(how["title"])
            case "education_mended":
                who.educations[-1] = how["title"]
            case "enquired":
                who.enquiries.append(one.at)
            case "noticed":
                who.noticed = who.noticed or one.at
            case _:
                return False
        return True

    def of_preparing(self, who: Person, one: Happened, how: dict[str, Any]) -> bool:
        """What colleagues do meanwhile."""
        held = who.delays[-1] if who.delays and not who.delays[-1].is_over else None
        match one.what:
            case "practised":
                who.practice.add(how["kind"])
            case "start_planned":
                who.start = how["start"]
            case "held_up" if held:
                held.days = how["days"]
            case "held_up":
                who.delays.append(Delay(one.at, how["days"], how["by"]))
            case "freed":
                if held:
                    held.is_over = True
            case "training_planned":
                who.unknown = how["unknown"]
            case "item_known":
                who.unknown -= 1
            case "promised":
                who.promised = how["by"]
            case "decided" | "decided_on":
                assert who.report is not None
                who.report.outcome = how["outcome"]
            case _:
                return False
        return True

    def of_application(self, who: Person, one: Happened, how: dict[str, Any]) -> bool:
        """Where the application stands, and its offers."""
        match one.what:
            case "met":
                who.cards = [Card(one.at, interviewer) for interviewer in (0, 1)]
            case "carded":
                card = who.cards[how["interviewer"]]
                card.handed_in, card.scores = one.at, how["scores"]
            case "source_mended":
                who.source = how["source"]
            case "stage":
                who.moved(how["stage"], one.at)
            case "ended":
                who.moved(how["stage"], one.at)
                who.stood = how["was"]
            case "reopened":
                who.moved(how["stage"], one.at)
                who.stood = ""
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
