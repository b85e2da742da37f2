"""The figures of every report that looks back, by plain arithmetic over what is true of the quarter on a day."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.figures import Rate
from reports.registry import Spread
from tests.factories.recruitment import STAGES
from tests.reports.quarter import ASKING, EDUCATIONS, LEVEL_BEGINS
from tests.reports.quarter_truth import Begun, Call, Card, Exit, Offered, Person, Report, Stay, Truth

SHANGHAI = timedelta(hours=8)
HOUR, DAY = 3600.0, 86_400.0
CONTENT, DISCONTENT = 9, 6
ENDED_BADLY = ("rejected", "withdrawn", "fell_through")
OVER = (*ENDED_BADLY, "hired")
# The kind of device behind what a page says of its system, and the degree that an education names.
KINDS = {"iPhone": "phone", "Android": "phone", "iPad": "tablet", "Windows": "computer", "": ""}
DEGREES = dict(zip(EDUCATIONS, (2, 3, 3, 0, 1, 4, 2), strict=True))
Figures = dict[str, Any]
# Ways of the exit rates that only an exit has.
OF_EXITS = frozenset({"cause", "manner", "left_stage", "question"})


@dataclass(frozen=True)
class Asked:
    """One rating that is asked for; `cause`: why that attempt was left last."""

    at: datetime
    rating: int | None
    cause: str
    of_people: bool = False


@dataclass(frozen=True)
class Counting:
    """What a report counts in a stretch: the things themselves, the key of one by a way, and the figures of some of
    them beside those that their shares are taken of."""

    things: list[Any]
    keys: dict[str, Callable[[Any], Any]]
    figures: Callable[[list[Any], list[Any]], Figures]
    beside_all: frozenset[str]

    def parted(self, by: str) -> dict[Any, list[Any]]:
        """The things of each line; of weeks and months between others nothing."""
        parts: dict[Any, list[Any]] = {}
        for one in self.things:
            parts.setdefault(self.keys[by](one), []).append(one)
        for gap in _gaps(by, sorted(parts) if by in ("week", "month") else []):
            parts.setdefault(gap, [])
        return parts


class Counted(Truth):
    """What had happened before a moment, counted."""

    def figures(
        self, report: str, by: str, days: tuple[date, date], openings: set[int] | None = None
    ) -> tuple[dict[Any, Figures], Figures]:
        """The lines of a report over these days, by their key, and the total; of these openings, or all."""
        if report == "headcount":
            return self.headcount(by, days)
        counting = self.counting(report, days, openings)
        every = counting.things
        lines = {
            key: counting.figures(part, every if by in counting.beside_all else part)
            for key, part in counting.parted(by).items()
        }
        return lines, counting.figures(every, every)

    def crossed(
        self, report: str, ways: tuple[str, str], measure: str, days: tuple[date, date]
    ) -> tuple[dict[Any, dict[Any, Any]], dict[Any, Any]]:
        """One figure by lines and columns, "total" the last of these: a line's cells by its key, and the whole's.

        A share of what only some things have is taken of what the other way counts, of all where both are such.
        """
        counting = self.counting(report, days)
        every = counting.things
        lines, columns = (counting.parted(way) for way in ways)
        of_lines, of_columns = (way in counting.beside_all for way in ways)

        def cell(line: Any, column: Any) -> Any:
            part = [one for one in lines[line] if counting.keys[ways[1]](one) == column]
            beside = (
                (every if of_columns else columns[column])
                if of_lines
                else lines[line]
                if of_columns
                else part
            )
            return counting.figures(part, beside)[measure]

        def alone(part: list[Any], *, is_part: bool) -> Any:
            return counting.figures(part, every if is_part else part)[measure]

        table = {
            line: {
                **{column: cell(line, column) for column in columns},
                "total": alone(part, is_part=of_lines),
            }
            for line, part in lines.items()
        }
        whole = {column: alone(part, is_part=of_columns) for column, part in columns.items()}
        return table, {**whole, "total": alone(every, is_part=False)}

    def counting(self, report: str, days: tuple[date, date], openings: set[int] | None = None) -> Counting:
        """What the report counts over these days."""
        things, keys, moment, counted = self.of(report)
        person = keys["person"]
        among = [
            one
            for one in things
            if days[0] <= (moment(one) + SHANGHAI).date() <= days[1]
            and (openings is None or person(one).opening in openings)
        ]
        places: dict[str, Callable[[Any], Any]] = {
            "opening": lambda one: ("opening", person(one).opening),
            "department": lambda one: ("department", self.department[person(one).opening]),
            "specialist": lambda one: ("specialist", self.specialist[person(one).opening]),
            "source": lambda one: person(one).source,
            "week": lambda one: _monday((moment(one) + SHANGHAI).date()).isoformat(),
            # Rounds of people are second ones.
            "round": lambda one: 2 if report == "scorecards" or getattr(one[1], "of_people", False) else 1,
            "month": lambda one: (moment(one) + SHANGHAI).date().replace(day=1).isoformat(),
            **keys,
        }
        if report == "exit_rates":
            return Counting(among, places, self.exit_rates, OF_EXITS)
        return Counting(among, places, lambda part, _beside: counted(part), frozenset())

    def of(self, report: str) -> tuple[list[Any], dict[str, Any], Callable[[Any], datetime], Any]:
        """What a report counts, how it is parted, when each happened, and its figures."""
        people = list(self.people.values())
        pairs: dict[str, Callable[[], list[Any]]] = {
            "exits": lambda: [(who, one) for who in people for one in who.exits],
            "exit_rates": lambda: [(who, one) for who in people for one in who.begun],
            "service": lambda: [(who, one) for who in people for one in who.calls],
            "offers": lambda: [(who, one) for who in people for one in who.offers],
            "scorecards": lambda: [(who, one) for who in people for one in who.cards],
            "stages": lambda: [(who, one) for who in people for one in who.stays if one.stage not in OVER],
            "surveys": lambda: [(who, one) for who in people for one in _asked(who)],
            "cost": lambda: [(who, one) for who in people for one in who.exits if one.cause != "our_outage"],
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
                    "device": lambda one: KINDS[one[1].device],
                    "question": lambda one: None if one[0].kind == "vendor" else _question(one[1].saved),
                }
                return pairs[report](), first | own, lambda one: one[1].at, self.exits
            case "exit_rates":
                own = {
                    "cause": lambda one: getattr(_first(*one), "cause", None),
                    "manner": lambda one: _manner(_first(*one)),
                    "left_stage": lambda one: getattr(_first(*one), "saved", None),
                    "question": lambda one: (
                        None if (exit_ := _first(*one)) is None else _question(exit_.saved)
                    ),
                    "hour": lambda one: (one[1].at + SHANGHAI).hour,
                    "device": lambda one: KINDS[one[1].device],
                }
                return pairs[report](), first | own, lambda one: one[1].at, self.exit_rates
            case "service":
                own = {
                    "kind": lambda one: one[1].kind,
                    "assignee": lambda one: ("specialist", one[1].assignee),
                }
                return pairs[report](), first | own, lambda one: one[1].opened, self.service
            case "fit" | "fit/1" | "fit/2":
                own = {"person": lambda who: who, "education": _degree}
                # At first an internship was no project.
                counted = {"project"} if report == "fit/1" else {"project", "internship"}
                return people, own, lambda who: who.applied, lambda found: self.fit(found, counted)
            case "telling":
                return people, {"person": lambda who: who}, lambda who: who.applied, self.telling
            case "surveys":
                own = {"cause": lambda one: one[1].cause}
                return pairs[report](), first | own, lambda one: one[1].at, self.surveys
            case "cost" | "cost/1":
                own = {"cause": lambda one: one[1].cause}
                # At first a plan was counted with the very first exit, which may have been our outage.
                very_first = report == "cost/1"
                return (
                    pairs["cost"](), first | own, lambda one: one[1].at,
                    lambda found: self.cost(found, very_first=very_first),
                )  # fmt: skip
            case "stages":
                own = {"stage": lambda one: one[1].stage}
                return pairs[report](), first | own, lambda one: one[1].left, self.stages
            case "scorecards":
                own = {"interviewer": lambda one: ("interviewer", one[1].interviewer)}
                return pairs[report](), first | own, lambda one: one[1].over, self.scorecards
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
            "pass_rate": _passed(people),
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

    def exit_rates(self, found: list[tuple[Person, Begun]], beside: list[tuple[Person, Begun]]) -> Figures:
        exits = [_first(*one) for one in found]
        ours = running = 0
        for who, one in beside:
            if _first(who, one) is None:
                broken = any(exit_.attempt == one.attempt for exit_ in who.exits)
                ours += broken
                running += not broken and who.state == "in_progress" and who.attempt == one.attempt
        left = [pair for pair, exit_ in zip(found, exits, strict=True) if exit_]
        return {
            "begun": len(found),
            "left_half_way": len(left),
            "by_mistake": sum(exit_ is not None and exit_.cause == "by_mistake" for exit_ in exits),
            "finished_after": sum(
                who.state == "completed" and who.attempt == one.attempt for who, one in left
            ),
            "exit_rate": rate(len(left), len(beside) - ours - running, our_outage=ours, under_way=running),
        }

    def fit(self, people: list[Person], practice: set[str]) -> Figures:
        asking = [who for who in people if who.opening in ASKING]
        known = [who for who in asking if who.tested is not None]
        degrees = [degree for who in people if (degree := _degree(who))]
        good = sum(who.tested >= LEVEL_BEGINS for who in known if who.tested is not None)
        return {
            "applied": len(people),
            "with_education": sum(bool(who.educations) for who in people),
            "bachelor_rate": rate(
                sum(one >= 2 for one in degrees), len(degrees), no_evidence=len(people) - len(degrees)
            ),
            "with_project": sum(bool(who.practice & practice) for who in people),
            "meets_all": good,
            "something_unknown": len(asking) - len(known),
            "attainment_rate": rate(good, len(known), no_evidence=len(asking) - len(known)),
        }

    def telling(self, people: list[Person]) -> Figures:
        days = asked = 0
        for who in people:
            over = who.since if who.stage in OVER and who.since else self.until - timedelta(microseconds=1)
            days += (_day(over) - _day(who.applied)).days + 1
            asked += len({_day(at) for at in who.enquiries if at <= over})
        told = [who for who in people if who.scored and who.noticed]
        scored = sum(who.scored is not None for who in people)
        silent = sum(
            who.scored is not None and not who.noticed and who.stage == "withdrawn" for who in people
        )
        took = [(who.noticed - who.scored).total_seconds() for who in told if who.noticed and who.scored]
        return {
            "applied": len(people),
            "asked": sum(bool(who.enquiries) for who in people),
            "enquiries": sum(len(who.enquiries) for who in people),
            "asked_rate": rate(asked, days),
            "scored": scored,
            "told": len(told),
            "told_rate": rate(len(told), scored - silent, withdrew=silent),
            "hours_to_notice": spread(took, HOUR),
        }

    def surveys(self, found: list[tuple[Person, Asked]]) -> Figures:
        ratings = [one.rating for _who, one in found if one.rating is not None]
        content, discontent = (
            sum(one >= CONTENT for one in ratings),
            sum(one <= DISCONTENT for one in ratings),
        )
        return {
            "asked": len(found),
            "answered": len(ratings),
            "answer_rate": rate(len(ratings), len(found)),
            "content_rate": rate(content, len(ratings)),
            "discontent_rate": rate(discontent, len(ratings)),
        }

    def cost(self, found: list[tuple[Person, Exit]], *, very_first: bool) -> Figures:
        calls = {id(call.exit): call for who, _one in found for call in who.calls if call.exit}
        mine = [calls[id(one)] for _who, one in found]
        lost = [
            sum(delay.days for delay in who.delays if one.at <= delay.at <= (one.back or self.until))
            for who, one in found
        ]
        worked = [(one.closed - one.claimed).total_seconds() for one in mine if one.claimed and one.closed]
        return {
            "exits": len(found),
            "rescheduled": sum(who.attempt > one.attempt for who, one in found),
            "calls": sum(len(one.tries) for one in mine),
            "minutes": spread(worked, 60.0),
            "delayed": sum(bool(days) for days in lost),
            "days_lost": sum(lost),
            "offers_lost": sum(
                any(
                    offer.reason == "process" and offer.ended and offer.ended >= one.at
                    for offer in who.offers
                )
                for who, one in found
            ),
            "blind_items": sum(
                who.unknown
                for who, one in found
                if one is next(each for each in who.exits if very_first or each.cause != "our_outage")
            ),
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

    def stages(self, found: list[tuple[Person, Stay]]) -> Figures:
        stays = [one for _who, one in found]
        ended = sum(one.to in ENDED_BADLY for one in stays)
        return {
            "left": len(stays),
            "went_on": len(stays) - ended,
            "ended_there": ended,
            "end_rate": rate(ended, len(stays)),
            "days_in_stage": spread([(one.left - one.entered).total_seconds() for one in stays], DAY),
            "kept_rate": rate(
                sum(_day(one.left) <= one.promised for one in stays if one.promised),
                sum(one.promised is not None for one in stays),
                not_promised=sum(one.promised is None for one in stays),
            ),
        }

    def scorecards(self, found: list[tuple[Person, Card]]) -> Figures:
        compared = [
            max(abs(mine - other) for mine, other in zip(*(card.scores for card in who.cards), strict=True))
            for who, _one in found
            if all(card.handed_in for card in who.cards)
        ]
        took = [(one.handed_in - one.over).total_seconds() for _who, one in found if one.handed_in]
        running = sum(
            one.handed_in is None and one.over + timedelta(hours=24) > self.until for _who, one in found
        )
        return {
            "cards": len(found),
            "handed_in": len(took),
            "on_time_rate": rate(
                sum(one <= 24 * HOUR for one in took), len(found) - running, not_due=running
            ),
            "hours_to_card": spread(took, HOUR),
            "compared": len(compared),
            "agree_rate": rate(sum(one <= 1 for one in compared), len(compared)),
        }

    def headcount(
        self, by: str, days: tuple[date, date], more: dict[tuple[int, date], int] | None = None
    ) -> tuple[dict[Any, Figures], Figures]:
        """Needed, hired, expected and held up by opening and month; what is missing is missing there. `more`: how many
        a what-if lets an opening expect in a month besides."""
        plan: dict[tuple[int, date], dict[str, int]] = {}

        def place(opening: int, month: date) -> dict[str, int]:
            nothing = {"needed": 0, "hired": 0, "expected": 0, "at_risk": 0, "more": 0}
            return plan.setdefault((opening, month.replace(day=1)), nothing)

        for opening, (number, month) in self.needed.items():
            place(opening, month)["needed"] += number
        for who in self.people.values():
            held = sum(one.days for one in who.delays if not one.is_over)
            if who.stage == "hired":
                start = who.start and who.start + timedelta(days=held)
                place(who.opening, start or self.needed[who.opening][1])["hired"] += 1
            elif who.start and who.stage not in ENDED_BADLY and who.state != "cancelled":
                place(who.opening, who.start)["at_risk" if held else "expected"] += 1
        for (opening, month), number in (more or {}).items():
            place(opening, month)["more"] += number
        lines: dict[Any, list[dict[str, int]]] = {}
        for (opening, month), row in plan.items():
            key = {
                "opening": ("opening", opening),
                "department": ("department", self.department[opening]),
                "month": month.isoformat(),
            }[by]
            if days[0] <= month <= days[1]:
                lines.setdefault(key, []).append(row)
        return {key: _planned(rows) for key, rows in lines.items()}, _planned(
            [row for rows in lines.values() for row in rows]
        )

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


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Figures as the truth writes them."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        match value:
            case Rate():
                excluded = {str(one.reason.value): one.count for one in value.excluded}
                found[name] = value.numerator, value.denominator, excluded, value.exits
            case Spread():
                found[name] = value.count, value.median, value.quarter, value.three_quarters
            case _:
                found[name] = value
    return found


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


def _planned(rows: list[dict[str, int]]) -> Figures:
    def missing(row: dict[str, int], more: int) -> int:
        return max(row["needed"] - row["hired"] - row["expected"] - more, 0)

    found = {name: sum(row[name] for row in rows) for name in ("needed", "hired", "expected", "at_risk")}
    return {
        **found,
        "missing": sum(missing(row, 0) for row in rows),
        "if_expected": found["expected"] + sum(row["more"] for row in rows),
        "if_missing": sum(missing(row, row["more"]) for row in rows),
    }


def _gaps(by: str, keys: list[str]) -> list[str]:
    """Every week or month from the first to the last."""
    if not keys:
        return []
    day, last = date.fromisoformat(keys[0]), date.fromisoformat(keys[-1])
    days = [day + timedelta(days=number) for number in range((last - day).days + 1)]
    return sorted({(_monday(one) if by == "week" else one.replace(day=1)).isoformat() for one in days})


def _day(moment: datetime) -> date:
    return (moment + SHANGHAI).date()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _asked(who: Person) -> list[Asked]:
    """What a rating is asked for: the interview that is over, and the round that people held."""
    found = [Asked(who.cards[0].over, None, "", of_people=True)] if who.cards else []
    # A vendor asks for none.
    if who.over is not None and who.state in ("completed", "abandoned") and who.kind != "vendor":
        cause = next((one.cause for one in reversed(who.exits) if one.attempt == who.attempt), "")
        found.append(Asked(who.over, who.ratings.get(who.attempt), cause))
    return found


def _band(value: int | None) -> int | None:
    return None if value is None else min(value // 10 * 10, 90)


def _passed(people: list[Person]) -> tuple[Any, ...]:
    """As was decided, else by the rule: every opening asks for 80."""
    judged = [who for who in people if who.report is not None and who.report.basis == "full"]
    rest = [who for who in people if who.report is None or who.report.basis != "full"]
    states = [who.state for who in rest]
    left = sum(one in ("interrupted", "abandoned") for one in states)
    return rate(
        sum(
            who.report.outcome == "invited"
            or (
                who.report.outcome in ("", "asked")
                and who.report.value is not None
                and who.report.value >= 80
            )
            for who in judged
            if who.report
        ),
        len(judged),
        bounds=left,
        exit=left,
        under_way=states.count("in_progress"),
        awaiting_score=states.count("completed"),
        not_started=sum(one in ("", "scheduled", "missed", "cancelled") for one in states),
    )


def _first(who: Person, begun: Begun) -> Exit | None:
    """The first exit of that attempt that was not our outage's."""
    return next(
        (one for one in who.exits if one.attempt == begun.attempt and one.cause != "our_outage"), None
    )


def _manner(exit_: Exit | None) -> str:
    if exit_ is None:
        return ""
    return "announced" if exit_.announced else "silent"


def _degree(who: Person) -> int | None:
    return max((DEGREES[one] for one in who.educations), default=None)


def _question(saved: int) -> str:
    """The first one of the stage after the saved ones, as an address holds it."""
    _title, questions = STAGES[saved]
    return hashlib.md5(questions[0][0].encode(), usedforsecurity=False).hexdigest()[:12]
