"""A quarter as it might have been: who applied, left, came back, was called, scored and hired, moment by moment.

The script is plain data, made by a die that always falls alike. `Played` writes it into rows at its moments, the
history's lines too; what is true of a day is counted from the script alone, in `quarter_truth`.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

FIRST, WEEKS, PEOPLE = datetime(2023, 12, 31, 16, tzinfo=UTC), 13, 80
# Beside these some whose interview is called off, or held by a vendor.
FURTHER = 12
END = FIRST + timedelta(weeks=WEEKS)
OPENINGS, DEPARTMENTS, SPECIALISTS = 4, 2, 2
SOURCES = ("", "referral", "campus", "job_board")
CAUSES = (
    "network", "page_closed", "app_switched", "device", "by_mistake", "interrupted_by_somebody", "time_conflict",
    "unwilling", "vendor", "unknown",
)  # fmt: skip
# What the first two openings ask for, and where its level begins.
SKILL, LEVEL, LEVEL_BEGINS, ASKING = "excel", 3, 60, (0, 1)
DEVICES = ("iPhone", "Android", "iPad", "Windows", "")
EDUCATIONS = (
    "浙江大学 · 本科",
    "硕士研究生",
    "MBA, Fudan",
    "某大学",
    "大专",
    "Ph.D., MIT",
    "Bachelor of Science",
)
# Until when starts are planned, and what is needed at first.
SPRING, NEEDED, TARGET = date(2024, 7, 31), 2, date(2024, 4, 1)
SHANGHAI = timedelta(hours=8)
OUTAGE = FIRST + timedelta(days=37, hours=10)


@dataclass(frozen=True, slots=True, order=True)
class Happened:
    """What happened, when, to whom (None: to the house), and how."""

    at: datetime
    number: int
    what: str = field(compare=False)
    who: int | None = field(compare=False, default=None)
    how: dict[str, Any] = field(compare=False, default_factory=dict)


class Script:
    """The lives of so many people, one after the other, and what happened to the house."""

    def __init__(self, seed: int = 13) -> None:
        self.die, self.other, self.beside = (random.Random(seed + number) for number in range(3))
        self.found: list[Happened] = []
        for who in range(PEOPLE):
            self.life(who)
            self.prepared(who, sorted(one for one in self.found if one.who == who))
        for who in range(PEOPLE, PEOPLE + FURTHER):
            self.further_life(who)
            self.prepared(who, sorted(one for one in self.found if one.who == who))
        # Openings change hands and departments; the plan gains a stage in the middle.
        self.add(FIRST + timedelta(days=30, hours=3), "moved", opening=1, department=1)
        self.add(FIRST + timedelta(days=66, hours=1), "moved", opening=2, department=0)
        self.add(FIRST + timedelta(days=52, hours=2), "handed_over", opening=0, specialist=1)
        self.add(FIRST + timedelta(days=45, hours=4), "plan_changed", opening=0)
        self.add(FIRST + timedelta(days=20, hours=5), "needed", opening=3, headcount=1, month=TARGET)
        self.add(
            FIRST + timedelta(days=58, hours=5), "needed", opening=0, headcount=9, month=date(2024, 5, 1)
        )

    def add(self, at: datetime, what: str, who: int | None = None, **how: Any) -> None:
        """One line of the script, unless the quarter is over by then."""
        if at < END:
            self.found.append(Happened(at, len(self.found), what, who, how))

    def chance(self, share: float) -> bool:
        """Whether the die says so."""
        return self.die.random() < share

    def hours(self, low: float, high: float) -> timedelta:
        """So many hours, to the minute."""
        return timedelta(minutes=self.die.randint(int(low * 60), int(high * 60)))

    def life(self, who: int) -> None:
        """One application, from its beginning to where it stands when the quarter is over."""
        at = FIRST + self.hours(1, 24 * 85)
        source = self.die.choice(SOURCES)
        self.add(at, "applied", who, opening=who % OPENINGS, source=source)
        self.enquired(who, at + timedelta(minutes=1))
        if source == "" and self.chance(0.5):
            self.add(at + self.hours(30, 300), "source_mended", who, source="agency")
        if self.chance(0.6):
            self.add(at + self.hours(1, 200), "tested", who, score=self.die.choice((20, 59, 60, 61, 95)))
        for _degree in range(self.other.choice((0, 1, 1, 2))):
            educated = at + timedelta(hours=self.other.randint(1, 90))
            self.add(educated, "educated", who, title=self.other.choice(EDUCATIONS))
            if self.other.random() < 0.3:
                title = self.other.choice(EDUCATIONS)
                self.add(
                    educated + timedelta(hours=self.other.randint(30, 400)),
                    "education_mended",
                    who,
                    title=title,
                )
        if self.chance(0.08):
            self.add(at + self.hours(5, 40), "ended", who, stage="rejected", was="applied")
            return
        at += self.hours(3, 40)
        self.add(at, "scheduled", who, kind="room")
        at += self.hours(5, 90)
        if self.chance(0.08):
            self.add(at, "missed", who)
            if self.chance(0.5):
                return
            at += self.hours(2, 60)
            self.add(at, "rescheduled", who)
            at += self.hours(4, 80)
        self.interviewed(who, at)

    def further_life(self, who: int) -> None:
        """An interview that is called off, alone or with its application, or that a vendor holds: finished, or left."""
        at = FIRST + self.hours(1, 24 * 80)
        self.add(at, "applied", who, opening=who % OPENINGS, source="agency")
        at += self.hours(3, 40)
        kind = "vendor" if who % 4 > 1 else "room"
        self.add(at, "scheduled", who, kind=kind)
        at += self.hours(5, 60)
        if kind == "room":
            self.add(at, "cancelled", who)
            if who % 4:
                self.add(at + timedelta(minutes=2), "ended", who, stage="withdrawn", was="interviewing")
            return
        self.add(at, "begun", who)
        at += self.hours(0.2, 1)
        if who % 4 > 2:
            self.add(at, "left", who, cause="vendor", announced=False)
            value = self.die.choice((61, 84))
            self.add(at + timedelta(minutes=2), "estimated", who, basis="partial", value=value)
            at += self.hours(5, 40)
            if who % 8 > 3:
                self.add(at, "abandoned", who)
                return
            self.add(at, "returned", who, device="")
            at += self.hours(0.2, 1)
        self.add(at, "completed", who)
        self.add(at + self.hours(1, 40), "reported", who, value=self.die.choice((58, 81, 96)))

    def prepared(self, who: int, life: list[Happened]) -> None:
        """What colleagues do meanwhile: a start is planned and held up, training too, a word promised, a report decided
        on. By a die of its own, so that the lives stay as they are."""
        die, applied = self.beside, life[0].at
        if die.random() < 0.5:
            kind = die.choice(("project", "internship"))
            self.add(applied + timedelta(minutes=40), "practised", who, kind=kind)
        is_planned = die.random() < 0.5
        if is_planned:
            start = TARGET + timedelta(days=die.randint(0, 75))
            self.add(applied + timedelta(hours=1), "start_planned", who, start=start)
            items = die.choice((0, 1, 2))
            self.add(applied + timedelta(hours=2), "training_planned", who, unknown=items)
            if items and die.random() < 0.5:
                self.add(applied + timedelta(hours=die.randint(30, 600)), "item_known", who)
        for one in life:
            at = one.at + timedelta(minutes=1)
            match one.what:
                case "left" if is_planned:
                    by = (at + SHANGHAI).date() + timedelta(days=die.randint(0, 40))
                    self.add(at, "held_up", who, days=die.randint(1, 9), by=by)
                case "returned" if is_planned:
                    self.add(at, "freed", who)
                case "completed" if is_planned:
                    self.add(at, "freed", who)
                case "reported" if one.how["value"] is not None and die.random() < 0.7:
                    asked = die.random() < 0.5
                    outcome = die.choice(("invited", "below"))
                    self.add(at, "decided", who, outcome="asked" if asked else outcome)
                    if asked:
                        self.add(
                            at + timedelta(hours=die.randint(1, 300)), "decided_on", who, outcome=outcome
                        )
                case _:
                    pass
            if one.what in ("applied", "completed", "stage") and die.random() < 0.6:
                by = (at + SHANGHAI).date() + timedelta(days=die.randint(0, 4))
                self.add(at, "promised", who, by=by)

    def enquired(self, who: int, at: datetime) -> None:
        """Some never ask, some twice a day, some long after it was over."""
        for number in range((0, 1, 0, 2, 3)[who % 5]):
            way = ("colleague", "wechat", "page")[(who + number) % 3]
            self.add(at + timedelta(days=who % 11, hours=number * (who % 13) * 5), "enquired", who, way=way)

    def interviewed(self, who: int, at: datetime) -> None:
        """From the first question on: what breaks off, and how it goes on."""
        self.add(at, "entered", who, device=self.other.choice(DEVICES))
        attempts, saved = 1, 0
        while self.chance(0.5):
            at += self.hours(0.2, 1)
            if saved < 2 and self.chance(0.5):
                saved += 1
                self.add(at - timedelta(minutes=5), "saved", who, stage=saved)
            ours = self.chance(0.1)
            if ours and at < OUTAGE:
                at = OUTAGE + timedelta(minutes=self.die.randint(0, 9))
            cause = "our_outage" if ours else self.die.choice(CAUSES)
            self.add(at, "left", who, cause=cause, announced=not ours and self.chance(0.4))
            if not ours and self.chance(0.3):
                self.add(at + self.hours(20, 500), "corrected", who, cause=self.die.choice(CAUSES))
            if self.chance(0.5):
                value = self.die.choice((None, 55, 72, 80, 88))
                self.add(at + timedelta(minutes=2), "estimated", who, basis="fallback", value=value)
            at, is_back = self.called(who, at)
            if is_back:
                self.add(at, "returned", who, device=self.other.choice(DEVICES))
                continue
            if self.chance(0.6):
                at += self.hours(10, 90)
                self.add(at, "abandoned", who)
                if self.chance(0.3):
                    self.add(at + timedelta(minutes=30), "rated", who, rating=self.die.choice((0, 3, 6, 7)))
            if attempts > 1 or self.chance(0.5):
                return
            attempts, saved = attempts + 1, 0
            at += self.hours(1, 60)
            self.add(at, "rescheduled", who)
            at += self.hours(4, 100)
            self.add(at, "entered", who, device=self.other.choice(DEVICES))
        at += self.hours(0.3, 1)
        self.add(at, "completed", who)
        if self.chance(0.6):
            self.add(at + timedelta(minutes=3), "rated", who, rating=self.die.choice((5, 8, 9, 10)))
        if self.chance(0.05):
            self.add(at + self.hours(1, 30), "asked", who)
        self.judged(who, at + self.hours(0.1, 30))

    def called(self, who: int, at: datetime) -> tuple[datetime, bool]:
        """Tries to call who left; when, and whether they came back."""
        left = at
        if self.chance(0.6):
            self.add(at + timedelta(minutes=5), "claimed", who)
        for _try in range(self.die.choice((0, 0, 1, 2))):
            at += self.hours(1, 20)
            self.add(at, "tried", who, reached=self.chance(0.6))
        if self.chance(0.15) and at - left < timedelta(hours=30):
            at = left + self.hours(24.5, 30)
            self.add(at, "told_the_lead", who)
        return at + self.hours(0.1, 40), self.chance(0.55)

    def judged(self, who: int, at: datetime) -> None:
        """The full report, and what became of it."""
        value = self.die.choice((None, 41, 64, 79, 80, 85, 93, 100))
        self.add(at, "reported", who, value=value)
        if value is not None and self.chance(0.2):
            value = self.die.choice((60, 80, 90))
            self.add(at + self.hours(30, 260), "reviewed", who, value=value)
        at += self.hours(1, 50)
        if who % 4:
            notice = "rejected" if value is None or value < 80 else "second_round"
            self.add(at + timedelta(minutes=who * 7), "noticed", who, kind=notice)
        if value is None or value < 80:
            self.add(at, "ended", who, stage="rejected", was="evaluating")
            if self.chance(0.3):
                self.add(at + self.hours(20, 200), "reopened", who, stage="evaluating")
            return
        self.add(at, "stage", who, stage="second_round")
        if self.chance(0.15):
            self.add(at + self.hours(5, 60), "ended", who, stage="withdrawn", was="second_round")
            return
        self.offered(who, self.met(who, at + self.hours(20, 100)))

    def met(self, who: int, at: datetime) -> datetime:
        """A round that two people hold, who score the same; their cards come sooner, later or never."""
        self.add(at, "met", who)
        for interviewer in (0, 1):
            if self.chance(0.8):
                scores = tuple(self.die.randint(2, 5) for _competency in range(2))
                self.add(at + self.hours(1.5, 40), "carded", who, interviewer=interviewer, scores=scores)
        return at + self.hours(45, 100)

    def offered(self, who: int, at: datetime) -> None:
        """An offer or two, until an answer stands."""
        self.add(at, "stage", who, stage="offer")
        for last in (False, True):
            at += self.hours(1, 60)
            self.add(at, "offered", who)
            at += self.hours(10, 180)
            answer = self.die.choice(
                ("accepted", "accepted", "declined", "declined", "expired", "withdrawn", "")
            )
            if not answer:
                return
            reason = self.die.choice(("process", "pay")) if answer == "declined" else ""
            self.add(at, "answered", who, state=answer, reason=reason)
            if answer == "accepted":
                self.add(at, "stage", who, stage="hired")
                if self.chance(0.3):
                    self.add(at + self.hours(20, 300), "ended", who, stage="fell_through", was="hired")
                return
            if last or self.chance(0.5):
                return


def script() -> list[Happened]:
    """The quarter in the order of its moments."""
    return sorted(Script().found)
