"""What was sent against what the database holds: every difference by name, and how long noticing and telling took."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from messaging.enums import MessageState
from notifications.kinds.applications import SECOND_ROUND
from notifications.kinds.interviews import COMPLETED, INTERRUPTED
from recruitment import signals
from recruitment.enums import ExitCause, FollowUpState, InterviewState
from recruitment.models import Interview
from tools.simulate import holdings
from tools.simulate.holdings import Holdings
from tools.simulate.journal import Journal, Told
from tools.simulate.scripts import Way

# What the suite promises, in seconds.
NOTICED_WITHIN, TOLD_WITHIN = 40.0, 60.0
CAUSE_OF = {
    Way.SILENT: ExitCause.NETWORK,
    Way.CLOSED: ExitCause.PAGE_CLOSED,
    Way.HIDDEN: ExitCause.APP_SWITCHED,
}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be."""

    what: str
    interview: int
    expected: str
    found: str


@dataclass
class Comparison:
    """Rows of (what, sent, acknowledged, held), the differences, and the times in seconds."""

    differences: list[Difference] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    owed: dict[str, int] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Nothing differs and nothing is under way."""
        return not self.differences and not any(self.owed.values())


def compare(journal: Journal, *, disturbed: bool) -> Comparison:
    """Read the database once and hold the journal against it.

    `disturbed`: processes were killed meanwhile, so that the times are reported but not judged. An exit with the
    cause `our_outage` is never held against a candidate: it is counted.
    """
    held = holdings.read(journal.told)
    result = Comparison(owed=held.owed)
    for told in journal.told.values():
        interview = held.interviews.get(told.interview)
        if interview is None:
            result.differences.append(Difference("interview missing", told.interview, "a row", "none"))
            continue
        result.differences += _answers(told, held)
        result.differences += _state(told, interview)
        result.differences += _exits(told, held)
        result.differences += _effects(told, held, interview)
        result.differences += _messages(told, held)
    result.differences += [
        Difference(name, 0, "0", str(count))
        for name, count in held.owed.items()
        if count and name != "deliveries due"
    ]
    result.seconds = _seconds(journal, held)
    if not disturbed:
        result.differences += _late(result.seconds)
    result.counts = _counts(journal, held)
    return result


def _answers(told: Told, held: Holdings) -> Iterator[Difference]:
    """Every acknowledged text is there, or a later one of the same candidate; every finished stage has its row."""
    rows = held.answers.get(told.interview, {})
    for question, revision in told.acknowledged.items():
        row = rows.get(question)
        if row is None or row.revision < revision:
            found = "none" if row is None else f"revision {row.revision}"
            yield Difference(
                "answer missing", told.interview, f"question {question} revision {revision}", found
            )
        elif row.text != told.sent[question].get(row.revision):
            yield Difference(
                "answer different", told.interview, f"question {question}", f"revision {row.revision}"
            )
    for question in told.finished:
        if question in rows and rows[question].finished_at is None:
            yield Difference("answer not finished", told.interview, f"question {question}", "open")
    stages = held.stages.get(told.interview, set())
    for number in sorted(told.stages - stages):
        yield Difference("checkpoint missing", told.interview, f"stage {number}", "none")
    for number in sorted(stages - told.stages_sent):
        yield Difference("checkpoint never asked for", told.interview, "none", f"stage {number}")
    for question in told.lost_on_return:
        yield Difference("not shown on return", told.interview, f"question {question}", "another text")


def _state(told: Told, interview: Interview) -> Iterator[Difference]:
    if told.ended in ("completed", "away"):
        expected = InterviewState.COMPLETED if told.ended == "completed" else InterviewState.INTERRUPTED
        if interview.state != expected:
            yield Difference("state", told.interview, expected, interview.state)
    elif told.ended is not None:
        yield Difference("candidate not done", told.interview, "completed or away", told.ended)
    if interview.state == InterviewState.IN_PROGRESS and not interview.lease.live:
        yield Difference("stuck in progress", told.interview, "a live lease", "none")
    if interview.state != InterviewState.IN_PROGRESS and interview.lease.live:
        yield Difference("lease outlives the interview", told.interview, "ended", "live")


def _exits(told: Told, held: Holdings) -> Iterator[Difference]:
    """The exit of the script and no other, save those that our own outage caused, each with its one follow-up."""
    exits = held.exits.get(told.interview, [])
    own = [row for row in exits if row.cause != ExitCause.OUR_OUTAGE]
    if told.ended is not None:
        if told.way is None and own:
            yield Difference(
                "exit of who stayed", told.interview, "none", ", ".join(row.cause for row in own)
            )
        if told.way is not None and (not exits or len(own) > 1):
            yield Difference("exits", told.interview, "1", str(len(exits)))
        if told.way is not None and len(own) == 1:
            yield from _cause(told, own[0])
    events = held.events.get(told.interview, Counter())
    interrupted = events[signals.interview_interrupted.kind]
    if interrupted != len(exits):
        yield Difference("exit events", told.interview, str(len(exits)), str(interrupted))
    follow_ups = held.follow_ups.get(told.interview, [])
    of_exit = Counter(row.exit_id for row in follow_ups)
    for row in exits:
        if of_exit[row.pk] != 1:
            yield Difference("follow-ups of an exit", told.interview, "1", str(of_exit[row.pk]))
    open_ = sum(row.state in FollowUpState.unfinished for row in follow_ups)
    away = sum(row.returned_at is None for row in exits)
    if open_ != away or len(follow_ups) > len(exits):
        yield Difference("open follow-ups", told.interview, str(away), f"{open_} of {len(follow_ups)}")


def _cause(told: Told, row: Any) -> Iterator[Difference]:
    if told.way == Way.LEAVE:
        if told.leave_acknowledged and (row.cause != told.cause or not row.is_announced):
            yield Difference("cause", told.interview, told.cause, row.cause)
    elif told.way == Way.SILENT or told.leave_acknowledged:
        expected = CAUSE_OF[Way(str(told.way))]
        if row.cause != expected or row.is_announced:
            yield Difference("cause", told.interview, expected, row.cause)


def _effects(told: Told, held: Holdings, interview: Interview) -> Iterator[Difference]:
    """Reports, delay, forecast, plan, invitation: as the table says for away and for completed."""
    exits = held.exits.get(told.interview, [])
    reports = {
        name: count
        for name, count in held.reports.get(told.interview, {}).items()
        if name.endswith("current")
    }
    delays, case = held.delays.get(told.interview, Counter()), held.cases.get(told.interview)
    away = interview.state == InterviewState.INTERRUPTED
    expected: dict[str, int] = {}
    if interview.state == InterviewState.COMPLETED:
        expected = {"full current": 1}
    elif away:
        expected = {"fallback current": 1}
        if held.stages.get(told.interview):
            expected["partial current"] = 1
    if interview.state != InterviewState.IN_PROGRESS and reports != expected:
        yield Difference("reports", told.interview, _list(expected), _list(reports))
    if case is None:
        yield Difference("case", told.interview, "one", "none")
        return
    if delays != Counter({"active": int(away), "ever": len(exits)}):
        yield Difference("delays", told.interview, f"{int(away)} active of {len(exits)}", _list(delays))
    if (case.forecast_start > case.planned_start) != away:
        yield Difference(
            "forecast", told.interview, "later" if away else "as planned", str(case.forecast_start)
        )
    if (exits or reports) and told.interview not in held.plans:
        yield Difference("training plan", told.interview, "one", "none")
    rule = interview.application.opening.advance_rule
    score = held.score.get(told.interview)
    qualified = expected == {"full current": 1} and score is not None and score >= rule.threshold
    if qualified != (told.interview in held.invited):
        yield Difference("invitation", told.interview, str(qualified), str(told.interview in held.invited))


def _messages(told: Told, held: Holdings) -> Iterator[Difference]:
    """To the candidate: one for each exit, sent or part of another; one at the end; the second round's."""
    rows = held.messages.get(told.interview, [])
    for exit_ in held.exits.get(told.interview, []):
        states = [row.state for row in rows if _is_of_exit(row, exit_.pk)]
        good = {MessageState.ACCEPTED, MessageState.COALESCED}
        if exit_.returned_at is not None:
            good.add(MessageState.CANCELLED)  # back before it was sent
        if len(states) != 1 or states[0] not in good:
            yield Difference(
                "message about an exit", told.interview, "1 accepted", ", ".join(states) or "none"
            )
    wanted = {
        COMPLETED.code: int(told.ended == "completed"),
        SECOND_ROUND.code: int(told.interview in held.invited),
    }
    if told.ended is None:
        return
    for kind, count in wanted.items():
        states = [row.state for row in rows if row.kind == kind]
        if states != [MessageState.ACCEPTED] * count:
            yield Difference(
                f"message {kind}", told.interview, f"{count} accepted", ", ".join(states) or "none"
            )


def _is_of_exit(row: Any, exit_id: int) -> bool:
    return row.kind == INTERRUPTED.code and f":exit-{exit_id}:" in row.idem_key


def _seconds(journal: Journal, held: Holdings) -> dict[str, list[float]]:
    """How long it took until an exit was noticed (by the way of leaving), the candidate told, the second round sent."""
    found: dict[str, list[float]] = {"told": [], "second round": []}
    for told in journal.told.values():
        rows = held.messages.get(told.interview, [])
        for exit_ in held.exits.get(told.interview, []):
            noticed = held.noticed.get(exit_.pk)
            if noticed is None or exit_.cause == ExitCause.OUR_OUTAGE:
                continue
            if told.way is not None and told.last_sign is not None:
                since = told.left_at if told.way == Way.LEAVE else told.last_sign
                if since is not None:
                    found.setdefault(f"noticed {told.way}", []).append(noticed.timestamp() - since)
            found["told"] += [
                (row.accepted_at - noticed).total_seconds()
                for row in rows
                if row.accepted_at is not None and _is_of_exit(row, exit_.pk)
            ]
        completed_at = (
            held.interviews[told.interview].completed_at if told.interview in held.interviews else None
        )
        found["second round"] += [
            (row.accepted_at - completed_at).total_seconds()
            for row in rows
            if row.kind == SECOND_ROUND.code and row.accepted_at is not None and completed_at is not None
        ]
    return found


def _late(seconds: dict[str, list[float]]) -> Iterator[Difference]:
    goals = {"noticed silent": NOTICED_WITHIN, "told": TOLD_WITHIN, "second round": TOLD_WITHIN}
    for name, goal in goals.items():
        late = [each for each in seconds.get(name, []) if each > goal]
        if late:
            yield Difference(
                f"{name} late", 0, f"all within {goal:.0f} s", f"{len(late)}, worst {max(late):.1f} s"
            )


def _counts(journal: Journal, held: Holdings) -> dict[str, Any]:
    told = journal.told.values()
    exits = [row for rows in held.exits.values() for row in rows]
    return {
        "candidates": len(journal.told),
        "ended": dict(Counter(each.ended or "cut off" for each in told)),
        "left": dict(Counter(each.way for each in told if each.way)),
        "returned": sum(each.returned for each in told),
        "texts": {
            "sent": sum(len(texts) for each in told for texts in each.sent.values()),
            "acknowledged": sum(
                each.acknowledged[question] for each in told for question in each.acknowledged
            ),
        },
        "answers": {
            "acknowledged": sum(len(each.acknowledged) for each in told),
            "held": sum(len(rows) for rows in held.answers.values()),
        },
        "stages": {
            "acknowledged": sum(len(each.stages) for each in told),
            "held": sum(len(rows) for rows in held.stages.values()),
        },
        "states": dict(Counter(str(row.state) for row in held.interviews.values())),
        "exits": len(exits),
        "exits of our making": sum(row.cause == ExitCause.OUR_OUTAGE for row in exits),
        "stayed and counted as gone": sum(
            len(held.exits.get(each.interview, [])) for each in told if not each.way
        ),
        "causes": dict(Counter(str(row.cause) for row in exits)),
        "follow-ups": sum(len(rows) for rows in held.follow_ups.values()),
        "delays": sum(row["ever"] for row in held.delays.values()),
        "delays active": sum(row["active"] for row in held.delays.values()),
        "reports": dict(sum((Counter(rows) for rows in held.reports.values()), Counter())),
        "invitations": len(held.invited),
        "training plans": len(held.plans),
        "events": sum(sum(rows.values()) for rows in held.events.values()),
        "read_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _list(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if count) or "none"
