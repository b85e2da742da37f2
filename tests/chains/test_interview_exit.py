"""One exit, a chain of effects: the exact rows per cause, and the same rows moved back on return."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.events.models import Event
from messaging.models import Message
from people.actors import Party
from recruitment.enums import ExitCause
from recruitment.models import Decision, Interview
from recruitment.services import (
    answers,
    deadlines,
    decisions,
    endings,
    follow_ups,
    interviews,
    overdue,
    scheduling,
)
from tests.chains.conftest import START, Story
from tests.factories import recruitment as make

# 72 hours from Monday, one working day to score: expected Friday instead of Tuesday, three working days.
MOVED = date(2026, 12, 17)
AFTER_EXIT = {
    "interview": "interrupted",
    "application": "interviewing",
    "follow_ups": [("exit", "open", "")],
    "reports": {("partial", "current"), ("fallback", "current")},
    "decisions": {("partial", "asked"), ("fallback", "overtaken")},
    "invited": [],
    "forecast": (START, MOVED),
    "employee": "partial",
    # Excel is weak by its test; what the unsaved stage would have shown is unknown: a short check, no generic course.
    "plan": {("office-advanced", "gap"), ("presenting-diagnostic", "unknown")},
    "unfinished": set(),
}


def announce(story: Story, cause: str = "time_conflict") -> None:
    interviews.leave(
        interview_id=story.interview.pk, epoch=1, choice="leave", cause=cause, note="", by=Party.CANDIDATE
    )


def fall_silent(story: Story, cause: str) -> None:
    interviews.interrupt(interview_id=story.interview.pk, cause=cause, evidence={}, by=Party.SYSTEM)


def come_back(story: Story) -> int:
    return interviews.enter(interview_id=story.interview.pk, by=Party.CANDIDATE).epoch


def finish(story: Story, epoch: int, text: str | None = None) -> None:
    """Answer and save the last stage, and do the scoring that is owed."""
    for question in story.interview.version.stages.get(number=3).questions.all():
        answers.save_text(
            interview_id=story.interview.pk, question_id=question.pk, epoch=epoch, revision=1,
            text=text or make.full_marks(question),
        )  # fmt: skip
    answers.finish_stage(interview_id=story.interview.pk, stage_number=3, epoch=epoch)
    story.score()


def test_before_the_exit_nothing_has_moved(story: Story) -> None:
    assert story.rows() == {
        "interview": "in_progress", "application": "interviewing", "exits": [], "follow_ups": [], "reports": set(),
        "decisions": set(), "invited": [], "delays": [], "forecast": (START, START), "employee": "", "plan": set(),
        "unfinished": set(),
    }  # fmt: skip


@pytest.mark.parametrize("cause", sorted(ExitCause.announceable))
def test_an_announced_exit_moves_everything_and_tells_everybody_at_once(story: Story, cause: str) -> None:
    announce(story, cause)

    assert story.rows() == {**AFTER_EXIT, "exits": [(cause, True)], "delays": [(3, cause, False, False)]}
    assert {m for m in story.messages() if m[1] == "interrupted"} == {
        ("candidate", "interrupted", "planned"),
        ("specialist", "interrupted", "planned"),
        ("manager", "interrupted", "planned"),
    }
    assert set(Message.objects.filter(kind="interrupted").values_list("due_at", flat=True)) == {
        timezone.now()
    }


@pytest.mark.parametrize(
    "cause", ["network", "page_closed", "app_switched", "device", "our_outage", "vendor"]
)
def test_a_silent_exit_moves_the_same_and_gives_the_candidate_five_minutes_before_staff_is_told(
    story: Story, cause: str
) -> None:
    fall_silent(story, cause)

    assert story.rows() == {**AFTER_EXIT, "exits": [(cause, False)], "delays": [(3, cause, False, False)]}
    waits = {
        (message.audience, message.due_at - timezone.now())
        for message in Message.objects.filter(kind="interrupted")
    }
    assert waits == {
        ("candidate", timedelta(0)), ("specialist", timedelta(minutes=5)), ("manager", timedelta(minutes=5)),
    }  # fmt: skip


def test_the_return_moves_everything_back_and_keeps_the_reports_until_the_full_one(story: Story) -> None:
    announce(story)
    story.clock.shift(timedelta(minutes=40))

    come_back(story)

    assert story.rows() == {
        **AFTER_EXIT,
        "interview": "in_progress",
        "exits": [("time_conflict", True)],
        "follow_ups": [("exit", "closed", "returned")],
        "delays": [(3, "time_conflict", False, True)],
        "forecast": (START, START),
    }
    assert {("specialist", "resumed", "planned"), ("manager", "resumed", "planned")} <= story.messages()


def test_who_is_back_within_five_minutes_never_makes_anybody_worry(story: Story) -> None:
    fall_silent(story, "network")
    story.clock.shift(timedelta(minutes=2))

    come_back(story)

    assert {m for m in story.messages() if m[1] == "interrupted" and m[0] != "candidate"} == {
        ("specialist", "interrupted", "cancelled"), ("manager", "interrupted", "cancelled"),
    }  # fmt: skip


def test_finishing_after_the_return_supersedes_the_estimates_and_invites(story: Story) -> None:
    announce(story)
    finish(story, come_back(story))

    assert story.rows() == {
        "interview": "completed",
        "application": "second_round",
        "exits": [("time_conflict", True)],
        "follow_ups": [("exit", "closed", "returned")],
        "reports": {("partial", "superseded"), ("fallback", "superseded"), ("full", "current")},
        "decisions": {("partial", "overtaken"), ("fallback", "overtaken"), ("full", "invited")},
        "invited": ["full"],
        "delays": [(3, "time_conflict", False, True)],
        "forecast": (START, START),
        "employee": "full",
        "plan": {("office-advanced", "gap")},
        "unfinished": set(),
    }
    assert ("candidate", "second_round", "planned") in story.messages()


def test_a_low_full_score_invites_nobody_and_rejects_nobody(story: Story) -> None:
    announce(story)
    finish(story, come_back(story), text="不知道。")

    rows = story.rows()
    assert (rows["application"], rows["invited"]) == ("evaluating", [])
    assert ("full", "below") in rows["decisions"]
    assert "second_round" not in {kind for _audience, kind, _state in story.messages()}


def test_rescheduling_closes_the_follow_up_and_counts_from_the_new_window(story: Story) -> None:
    announce(story)
    opens = timezone.now() + timedelta(days=7)

    scheduling.reschedule(
        interview_id=story.interview.pk, opens_at=opens, closes_at=opens + timedelta(hours=8), by=story.hr
    )

    rows = story.rows()
    # Monday the 30th, one working day to score: the 1st of December instead of the 24th of November.
    assert rows["follow_ups"] == [("exit", "closed", "rescheduled")]
    assert [(days, lifted) for days, _cause, _unknown, lifted in rows["delays"] if not lifted] == [(5, False)]
    assert rows["forecast"] == (START, date(2026, 12, 21))
    assert rows["reports"] == AFTER_EXIT["reports"]
    assert {
        ("candidate", "rescheduled", "planned"),
        ("specialist", "rescheduled", "planned"),
    } <= story.messages()


def test_giving_up_is_followed_up_and_leaves_the_date_unknown(story: Story) -> None:
    interviews.leave(
        interview_id=story.interview.pk, epoch=1, choice="give_up", cause="", note="", by=Party.CANDIDATE
    )

    rows = story.rows()
    assert (rows["interview"], rows["application"]) == ("abandoned", "interviewing")
    assert rows["follow_ups"] == [("exit", "open", "")]
    told = Message.objects.get(kind="abandoned", audience="candidate")
    assert "我们将在24小时内（最迟11月24日（周二）10:00）联系您" in told.body
    assert [unknown for _days, _cause, unknown, lifted in rows["delays"] if not lifted] == [True]
    assert ("fallback", "current") in rows["reports"]
    assert {("candidate", "abandoned", "planned"), ("specialist", "abandoned", "planned"),
            ("manager", "abandoned", "planned")} <= story.messages()  # fmt: skip
    assert ("candidate", "interrupted", "planned") not in story.messages(), (
        "nobody is asked back to what is over"
    )


def test_the_window_ends_only_for_who_was_called(story: Story) -> None:
    announce(story)
    story.clock.shift(timedelta(hours=73))
    assert deadlines.end_windows() == 0
    assert story.state() == "interrupted"

    follow_up = story.interview.follow_ups.get()
    follow_ups.record_contact(follow_up_id=follow_up.pk, by=story.hr, channel="phone", reached=False)
    assert deadlines.end_windows() == 1

    rows = story.rows()
    assert (rows["interview"], rows["follow_ups"]) == ("abandoned", [("exit", "open", "")])
    assert [unknown for *_rest, unknown, _lifted in rows["delays"]] == [True]


def test_missing_the_window_opens_a_follow_up_and_delays_the_start(story: Story) -> None:
    other = make.interview(
        make.application(story.interview.application.opening),
        window_opens_at=timezone.now() - timedelta(days=2), window_closes_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip

    deadlines.end_windows()

    assert Interview.objects.get(pk=other.pk).state == "missed"
    assert list(other.follow_ups.values_list("kind", "state")) == [("exit", "open")]
    assert not other.assessments.exists()
    assert {("candidate", "missed", "planned"), ("specialist", "missed", "planned"),
            ("manager", "missed", "planned")} <= story.messages()  # fmt: skip


def test_cancelling_lifts_closes_and_withdraws(story: Story) -> None:
    announce(story)

    endings.cancel(interview_id=story.interview.pk, by=story.hr)

    rows = story.rows()
    assert rows["follow_ups"] == [("exit", "closed", "cancelled")]
    assert rows["reports"] == {("partial", "withdrawn"), ("fallback", "withdrawn")}
    assert rows["forecast"] == (START, START)
    assert rows["employee"] == ""
    told = {message for message in story.messages() if message[1] == "cancelled"}
    # Who called it off is the specialist, who knows.
    assert told == {("candidate", "cancelled", "planned")}


def test_withdrawing_ends_the_application_and_everything_that_waited(story: Story) -> None:
    interviews.leave(
        interview_id=story.interview.pk, epoch=1, choice="withdraw", cause="", note="", by=Party.CANDIDATE
    )

    rows = story.rows()
    assert (rows["interview"], rows["application"]) == ("cancelled", "withdrawn")
    assert [lifted for *_rest, lifted in rows["delays"]] in ([], [True])


def test_a_person_invites_on_the_fallback(story: Story) -> None:
    announce(story)

    decisions.invite(decision_id=Decision.objects.get(assessment__basis="fallback").pk, by=story.hr)

    rows = story.rows()
    assert (rows["application"], rows["invited"]) == ("second_round", ["fallback"])
    assert ("candidate", "second_round", "planned") in story.messages()


def test_leaving_again_opens_a_second_chain_and_coalesces_the_notices(story: Story) -> None:
    announce(story)
    Message.objects.filter(kind="interrupted").update(state="accepted", accepted_at=timezone.now())
    epoch = come_back(story)
    story.clock.shift(timedelta(minutes=10))
    interviews.leave(
        interview_id=story.interview.pk,
        epoch=epoch,
        choice="leave",
        cause="network",
        note="",
        by=Party.CANDIDATE,
    )

    rows = story.rows()
    assert rows["follow_ups"] == [("exit", "closed", "returned"), ("exit", "open", "")]
    assert [(cause, lifted) for _days, cause, _unknown, lifted in rows["delays"]] == [
        ("time_conflict", True), ("network", False),
    ]  # fmt: skip
    of_candidate = Message.objects.filter(kind="interrupted", audience="candidate").order_by("pk")
    assert list(of_candidate.values_list("state", flat=True)) == ["accepted", "coalesced"]


def test_the_chain_is_one_tree_of_the_interview(story: Story) -> None:
    announce(story)

    events = list(
        Event.objects.filter(origin_type="recruitment.interview", origin_id=story.interview.pk).order_by("pk")
    )
    kinds = {event.pk: event.kind for event in events}
    tree = {(event.kind, kinds.get(event.caused_by_id)) for event in events if event.caused_by_id}
    assert {
        ("follow_up_opened", "interview_interrupted"),
        ("assessment_issued", "interview_interrupted"),
        ("start_forecast_changed", "interview_interrupted"),
        ("training_plan_changed", "assessment_issued"),
    } <= tree


def test_follow_ups_are_watched_at_20_and_24_hours_once_each(story: Story) -> None:
    announce(story)
    for hours, expected in ((19, 0), (1, 1), (1, 0), (3, 1), (1, 0)):
        story.clock.shift(timedelta(hours=hours))
        assert overdue.watch() == expected

    assert list(Event.objects.filter(kind="follow_up_late").values_list("facts__level", flat=True)) == [
        "colleague", "lead",
    ]  # fmt: skip
    assert {
        ("lead", "follow_up_late", "planned"),
        ("candidate", "follow_up_late", "planned"),
    } <= story.messages()
