"""What a week of the quarter counts, and what a plan could be, by plain arithmetic over what is true on a day."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from tests.reports.quarter_figures import ENDED_BADLY, SHANGHAI, Counted, rate
from tests.reports.quarter_truth import Exit, Person

ONE = timedelta(days=1)
WEEK = timedelta(weeks=1)
PASSES, SATURDAY = 80, 5
# The first half of 2024 as the State Council arranged it (国办发明电〔2023〕7号): days off, first and last, and
# days of weekends that are worked.
OFF = (
    (date(2023, 12, 30), date(2024, 1, 1)), (date(2024, 2, 10), date(2024, 2, 17)),
    (date(2024, 4, 4), date(2024, 4, 6)), (date(2024, 5, 1), date(2024, 5, 5)), (date(2024, 6, 8), date(2024, 6, 10)),
)  # fmt: skip
WORKED = (date(2024, 2, 4), date(2024, 2, 18), date(2024, 4, 7), date(2024, 4, 28), date(2024, 5, 11))
WHY_NOT = {
    "scheduled": "not_started", "in_progress": "under_way", "interrupted": "exit", "completed": "awaiting_score",
    "abandoned": "exit", "missed": "missed", "cancelled": "cancelled",
}  # fmt: skip
Causes = dict[str, tuple[int, int, int]]


def week(truth: Counted, monday: date, opening: int | None = None) -> dict[str, Any]:
    """The week from that day on, of one opening or all, as the moment of the truth knows it."""
    people = [one for one in truth.people.values() if opening in (None, one.opening)]
    flows: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for who in people:
        for what, attempt, at in who.flows:
            if _is_in(monday, at) and what != "back":
                flows[what].add((id(who), attempt))
    broken: dict[tuple[int, int], list[Exit]] = defaultdict(list)
    for who in people:
        for exit_ in who.exits:
            if _is_in(monday, exit_.at):
                broken[id(who), exit_.attempt].append(exit_)
    known = {id(who): who for who in people}
    theirs = {one for one, exits in broken.items() if any(exit_.cause != "our_outage" for exit_ in exits)}
    invited = [(known[who], attempt) for who, attempt in flows["invited"]]
    return {
        **{
            name: len(flows[name])
            for name in ("invited", "started", "completed", "abandoned", "missed", "cancelled")
        },
        "interrupted": len(theirs),
        "returned": sum(_came_back(known[one[0]], one[1], broken[one][0].at) for one in theirs),
        "interrupted_by_us": len(broken.keys() - theirs),
        "causes": _causes([exit_ for exits in broken.values() for exit_ in exits]),
        "pass_rate": _pass_rate(invited),
    }


def _is_in(monday: date, at: datetime) -> bool:
    return monday <= (at + SHANGHAI).date() < monday + WEEK


def _came_back(who: Person, attempt: int, after: datetime) -> bool:
    return any(
        what in ("back", "completed") and number == attempt and at > after for what, number, at in who.flows
    )


def _causes(exits: list[Exit]) -> Causes:
    """Announced, silent, returned, by the cause as it is known now."""
    return {
        cause: (
            sum(one.cause == cause and one.announced for one in exits),
            sum(one.cause == cause and not one.announced for one in exits),
            sum(one.cause == cause and one.back is not None for one in exits),
        )
        for cause in {one.cause for one in exits}
    }


def _pass_rate(attempts: list[tuple[Person, int]]) -> tuple[Any, ...]:
    """Of those invited: passed of those with a full report that stands, and why the others are left out."""
    judged: list[bool] = []
    left_out: Counter[str] = Counter()
    for who, attempt in attempts:
        is_present = attempt == who.attempt
        report = who.report if is_present else None
        if report is not None and report.basis == "full":
            decided = {"invited": True, "below": False}.get(report.outcome)
            judged.append(
                decided if decided is not None else report.value is not None and report.value >= PASSES
            )
            continue
        exits = [one for one in who.exits if one.attempt == attempt]
        if exits and not (is_present and who.state in ("in_progress", "completed")):
            ours = all(one.cause == "our_outage" for one in exits)
            left_out["our_outage" if ours else "exit"] += 1
        else:
            left_out[WHY_NOT[who.state] if is_present else "rescheduled"] += 1
    bounds = left_out["exit"] + left_out["our_outage"]
    return rate(sum(judged), len(judged), bounds=bounds, **left_out)


def what_if(
    truth: Counted, today: date, recovered: int, days: int
) -> tuple[int, dict[tuple[int, date], int]]:
    """How many of those held up are taken as recovered in so many working days, and how many more each opening could
    expect in which month: who is planned first is recovered first."""
    held = [
        (who.start, who.applied, who)
        for who in truth.people.values()
        if who.start
        and who.stage not in (*ENDED_BADLY, "hired")
        and any(not one.is_over for one in who.delays)
    ]
    result = _later(_later(today, days), 1)
    more: dict[tuple[int, date], int] = defaultdict(int)
    taken = sorted(held, key=lambda one: one[:2])[:recovered]
    for start, _applied, who in taken:
        first_expected = who.delays[-1].by
        later = sum(
            _is_worked(first_expected + n * ONE) for n in range(1, (result - first_expected).days + 1)
        )
        more[who.opening, _later(start, later).replace(day=1)] += 1
    return len(taken), dict(more)


def _later(day: date, days: int) -> date:
    """So many working days after."""
    while days:
        day += ONE
        days -= _is_worked(day)
    return day


def _is_worked(day: date) -> bool:
    is_off = any(first <= day <= last for first, last in OFF)
    return day in WORKED or (day.weekday() < SATURDAY and not is_off)
