"""No step, no loop and no job reads a whole table that grows: every statement is explained with filled tables."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Task

from core.events.models import Reaction
from core.events.reading import reading_once
from core.exchange.models import Export, Import, ImportFile, ImportRow
from core.history.models import Look
from core.jobs.loops import declared_loops
from core.jobs.models import LongWork
from core.jobs.schedules import declared_schedules
from core.many.models import ManyRow, ManyRun
from messaging.models import (
    Approval,
    Attempt,
    Callback,
    Card,
    Conversation,
    ConversationLink,
    Delivery,
    Message,
)
from onboarding.models import EmployeeIdentity
from onboarding.services import cases
from people.actors import Party
from people.models import Employee
from recruitment.evaluation.services import learning, scoring
from recruitment.models import (
    CandidateMerge,
    CandidateNote,
    Checkpoint,
    Competency,
    EarlierScore,
    Erasure,
    Experiment,
    Exposure,
    FaceFigures,
    GroupAnswer,
    HandoverCode,
    Hold,
    InterviewSurvey,
    Judgement,
    Lease,
    Mailbox,
    NoteMention,
    Offer,
    OfferedSlot,
    PersonRequest,
    PresenceNote,
    Probe,
    PublicApplication,
    Question,
    ReceivedMail,
    RecordingAccess,
    Resume,
    ResumeAccess,
    ResumeProposal,
    Round,
    RubricScore,
    Scorecard,
    ScorecardScore,
    Scoring,
    SlotOffer,
    Transcript,
    Vendor,
    VendorEvent,
    VendorInterview,
)
from recruitment.privacy.services import erasing
from recruitment.services import (
    answers,
    applications,
    endings,
    follow_ups,
    interviews,
    leases,
    links,
    problems,
    scheduling,
    tags,
)
from reports import folding
from reports.asking import REPORTS
from reports.lines import people_behind, table_of, times_behind
from reports.models import Fold, WeekOfOpening
from reports.registry import OPENING, WEEK, Asked
from tests.chains.conftest import NOW, Story, half_way, tell
from tests.chains.neighbours import multiply
from tests.chains.plans import Plans
from tests.chains.test_interview_exit import announce, come_back, finish
from tests.factories import people, segments
from tests.factories import recruitment as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TIMES = 3000
# What the two do for one opening, what the third reads to learn from, and the reports of a week that the last tells of,
# is looked at in tests of their own: here everything belongs to one opening, and learning from thousands takes a
# minute.
OF_WHOLE_OPENINGS = {
    "reports.fold",
    "reports.recount",
    "recruitment.learn_estimates",
    "reports.write_letters",
}
# They look through everything, once a night; what the first may read whole is said in its own test (tests/core/checks).
OF_EVERYTHING = {"checks.look", "sealed.count"}


def lived(story: Story) -> None:
    """The story to its end, with everything beside it that leaves a row."""
    interview = story.interview
    announce(story)
    follow_up = interview.follow_ups.get()
    follow_ups.record_contact(follow_up_id=follow_up.pk, by=story.hr, channel="phone", reached=True)
    epoch = come_back(story)
    finish(story, epoch)
    follow_ups.ask(interview_id=interview.pk, note="?")
    token = links.mint(interview_id=interview.pk, by=Party.SYSTEM)
    _session_token, session = links.exchange(token=token)
    HandoverCode.objects.create(
        link=session.link, code_hash="x", expires_at=timezone.now(), used_at=timezone.now()
    )
    PresenceNote.objects.create(interview=interview, attempt=1, epoch=1, event="hidden", at=timezone.now())
    answer = interview.answers.first()
    recording = segments.recording(segments.segment(answer))
    RecordingAccess.objects.create(recording=recording, user=story.hr, who="x", range_start=0)
    Transcript.objects.update_or_create(
        recording=recording,
        defaults={
            "state": "written",
            "model": "x",
            "pieces": [],
            "measures": {},
            "written_at": timezone.now(),
            "scored_at": timezone.now(),
        },
    )
    FaceFigures.objects.create(answer=answer, reason="slow", degrees=30, method="x")
    Probe.objects.create(answer=answer, reason="none_fits", chosen_by="x", decided_at=timezone.now())
    score = RubricScore.objects.filter(checkpoint__interview=interview).first()
    assert score is not None
    EarlierScore.objects.create(score=score, value=1, method="x")
    Judgement.objects.create(score=score, reviewer=story.hr, level=1)
    Scoring.objects.create(checkpoint=score.checkpoint, state="scored", digest="x")
    Look.objects.create(by=story.hr, kind="page", model="recruitment.candidate", object_id="1")
    resume = Resume.objects.create(
        candidate=interview.application.candidate, application=interview.application, kind="pdf", name="x.pdf",
        stored_name="x", sha256="x" * 64, bytes=1, state="read", uploaded_by=story.hr,
    )  # fmt: skip
    ResumeProposal.objects.create(resume=resume, kind="skill", value="Excel", passage="Excel", start=0)
    ResumeAccess.objects.create(resume=resume, user=story.hr, who="x")
    Client().force_login(story.hr)
    vendor = Vendor.objects.create(code="v", name="v", poll_url="")
    VendorInterview.objects.create(vendor=vendor, interview=interview, reference="r", heard_at=timezone.now())
    VendorEvent.objects.create(
        vendor=vendor, event_id="e", reference="r", kind="started", occurred_at=timezone.now(), payload={},
        state="applied", settled_at=timezone.now(),
    )  # fmt: skip
    beside(story)
    Attempt.objects.create(
        delivery=Delivery.objects.first(), number=1, outcome="accepted", finished_at=timezone.now()
    )
    Card.objects.create(delivery=Delivery.objects.first(), code="x", code_until=timezone.now(), shows="x")
    Approval.objects.create(
        kind="offer", subject_type="recruitment.offer", subject_id=1, asked_by=story.hr, words="x", reference="x",
        state="approved", number="x", due_at=None, done_at=timezone.now(), decided_by=story.hr,
    )  # fmt: skip
    conversation = Conversation.objects.create(
        account="x", external_userid="x", wrote_at=timezone.now(), sent=1
    )
    ConversationLink.objects.create(
        token_hash="x", addressee_type="recruitment.candidate", addressee_id=interview.application.candidate_id,
        expires_at=timezone.now(), used_by=conversation,
    )  # fmt: skip
    Callback.objects.create(
        digest="x",
        event="x",
        content="<xml/>",
        state="done",
        done_at=timezone.now(),
        conversation=conversation,
    )
    LogEntry.objects.log_actions(story.hr.pk, [interview], CHANGE)
    Task.objects.create(
        id="t", name="t", func="f", started=timezone.now(), stopped=timezone.now(), success=True
    )


def beside(story: Story) -> None:
    """What colleagues and strangers leave: a step taken over many rows, tables brought and taken away, a long piece of
    work, a meeting with people, somebody who applied by the careers page, was there twice, asked for a copy, was held,
    and was nearly erased."""
    hr, application = story.hr, story.interview.application
    now = timezone.now()
    run = ManyRun.objects.create(
        model="recruitment.application", step="reject", by=hr, by_name=hr.name, language="zh-hans",
        made_at=now, asked_at=now,
    )  # fmt: skip
    ManyRow.objects.create(run=run, row_id=application.pk, state="done", at=now)
    batch = Import.objects.create(
        kind="candidates", name="x.xlsx", digest="x" * 64, size=1, state="applied", owner=hr, confirmed_at=now
    )
    ImportFile.objects.create(batch=batch, content=b"x")
    ImportRow.objects.create(batch=batch, number=2, fate="new", applied_at=now)
    Export.objects.create(
        model="recruitment.candidate", format="xlsx", owner=hr, made_at=now, rows=1, content=b"x"
    )
    LongWork.objects.create(
        kind="exchange.apply", subject_type="exchange.import", subject_id=batch.pk, state="done", done_at=now
    )
    box = Mailbox.objects.create(name="x", host="x", account="x", is_active=False)
    came = ReceivedMail.objects.create(
        mailbox=box, digest="x", sender="w@example.com", state="proposed", received_at=now
    )
    PublicApplication.objects.create(
        way="mail", mail=came, opening=application.opening, name="王五", phone="+8613900000000",
        email="w@example.com", language="zh-hans",
        consent_version="1", stored_name="x", file_name="x.pdf", kind="pdf", sha256="x" * 64, bytes=1, state="taken",
        application=application, settled_by=hr,
    )  # fmt: skip
    CandidateMerge.objects.create(kept=application.candidate, gone=1, name="张三", merged_by=hr)
    note = CandidateNote.objects.create(candidate=application.candidate, text="x", written_by=hr)
    NoteMention.objects.create(note=note, person=hr, seen_at=now)
    tags.put(candidate_id=application.candidate_id, names=["x"], by=hr)
    problems.answer(problem_id=problems.report(words="x", by=hr).pk, words="x", by=people.lead())
    Hold.objects.create(
        candidate=application.candidate, reason="x", lifted_at=now, lifted_by=hr, lift_reason="x"
    )
    Erasure.objects.create(candidate=application.candidate, reason="x", begins_at=now, state="called_off")
    PersonRequest.objects.create(
        candidate=application.candidate, kind="data", state="ended", due_on=now.date(), answered_at=now,
        answered_by=hr,
    )  # fmt: skip
    Offer.objects.create(
        application=application, state="declined", salary=18000, start_on=now.date(), place="x", answer_by=now,
        made_by=hr, approved_by=hr, approved_at=now, sent_at=now, ended_at=now, letter=b"x", decline_reason="pay",
    )  # fmt: skip
    # Of most there is a file because they are here.
    file = application.onboarding_case.employee
    Employee.objects.filter(pk=file.pk).update(status="active", number="E1")
    EmployeeIdentity.objects.create(employee=file, kind="resident", number="11010519491231002X", address="x")
    slots = SlotOffer.objects.create(
        application=application,
        state="expired",
        round=2,
        choose_by=now,
        offered_by=hr,
        ended_at=now,
        room="x",
    )
    slots.interviewers.set([hr])
    slots.competencies.set(Competency.objects.all()[:1])
    OfferedSlot.objects.create(offer=slots, slot=(now, now + timedelta(hours=1)))
    meeting = Round.objects.create(
        interview=story.interview, slot=(now, now + timedelta(hours=1)), outcome="passed", settled_by=hr,
        settled_at=now, is_booked=False,
    )  # fmt: skip
    meeting.competencies.add(make.competency())
    card = Scorecard.objects.create(
        round=meeting, interviewer=hr, slot=meeting.slot, is_booked=False, saved_at=now, handed_in_at=now
    )
    GroupAnswer.objects.create(candidate=application.candidate, gender="female", consent_version="1")
    InterviewSurvey.objects.create(interview=story.interview, attempt=1, rating=9)
    tried = Experiment.objects.create(name="x", subject="guide", started_at=now, ended_at=now)
    Exposure.objects.create(
        experiment=tried, application=application, interview=story.interview, attempt=1, side="usual", at=now
    )
    ScorecardScore.objects.create(card=card, competency=make.competency(), value=4)


def quiet() -> None:
    """What is over is over: nothing waits to be sent, called or tried again."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_delivery SET state = 'accepted', accepted_at = now()")
        cursor.execute("UPDATE messaging_message SET state = 'accepted', accepted_at = now()")
        cursor.execute(
            "UPDATE recruitment_followup SET state = 'closed', outcome = 'reached', closed_at = now()"
            " WHERE state <> 'closed'"
        )
        cursor.execute(
            "UPDATE recruitment_segment SET deleted_at = now(), deletion_reason = 'retention' WHERE deleted_at IS NULL"
        )
        cursor.execute("UPDATE recruitment_application SET promised_by = NULL")
        cursor.execute("UPDATE django_session SET expire_date = now() + interval '14 days'")


@pytest.fixture
def full() -> Any:
    """Many finished stories, and people who live one now."""
    with time_machine.travel(NOW, tick=False) as clock:
        story = tell(clock)
        lived(story)
        quiet()
        counts = multiply(TIMES)
        yield story, counts


def test_every_growing_table_is_filled(full: Any) -> None:
    _story, counts = full
    assert {label: count for label, count in counts.items() if count < TIMES} == {}


def test_no_statement_reads_a_whole_table(full: Any) -> None:
    story, _counts = full
    plans = Plans()
    _steps(plans, story)
    _loops(plans, story)
    assert plans.looked_at > 300
    for doing, found in sorted(plans.found.items()):
        print(doing, sorted(found))
    assert plans.found == {}


def _steps(plans: Plans, story: Story) -> None:
    hr = story.hr
    application = make.application(make.opening(story.department, skills={"excel": 4}), stage="screening")

    def take(doing: str, step: Callable[[], Any]) -> Any:
        with plans.of(doing):
            return step()

    window = {"opens_at": timezone.now(), "closes_at": timezone.now() + timedelta(days=3)}
    interview = take("schedule", lambda: scheduling.schedule(application_id=application.pk, by=hr, **window))
    take(
        "open case",
        lambda: cases.open_case(
            application_id=application.pk,
            planned_start=date(2026, 12, 14),
            waits_on=[interview.pk],
            by=Party.SYSTEM,
        ),
    )
    token = take("link", lambda: links.mint(interview_id=interview.pk, by=hr))
    client = Client()
    take("confirm page", lambda: client.get(f"/i/{token}"))
    take("confirm", lambda: client.post(f"/i/{token}"))
    session = take("exchange", lambda: links.exchange(token=token))[1]
    take("room", lambda: client.get("/room/"))
    entered = take(
        "enter",
        lambda: interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE, consents=["ai_evaluation"]),
    )
    Lease.objects.filter(pk=interview.pk).update(expires_at="2099-01-01T00:00:00Z")
    take("state", lambda: client.get("/room/api/state"))
    take(
        "heartbeat",
        lambda: leases.heartbeat(token_hash=session.token_hash, epoch=entered.epoch, visible=True),
    )
    for event in PresenceNote.Event.values:
        Lease.objects.filter(pk=interview.pk).update(expires_at="2099-01-01T00:00:00Z")
        take(
            f"beacon {event}",
            lambda event=event: leases.note_beacon(
                token_hash=session.token_hash, epoch=entered.epoch, event=event, seconds=5
            ),
        )
    for question in Question.objects.filter(stage__version=interview.version_id, stage__number=1):
        save = {"interview_id": interview.pk, "question_id": question.pk, "epoch": entered.epoch}
        take("text save", lambda save=save: answers.save_text(**save, revision=1, text="一"))
        take("text save again", lambda save=save: answers.save_text(**save, revision=2, text="二"))
    take(
        "stage finish",
        lambda: answers.finish_stage(interview_id=interview.pk, stage_number=1, epoch=entered.epoch),
    )
    second = Story(half_way(story), story.department, hr, story.clock)
    take("exit", lambda: announce(second))
    take("return", lambda: come_back(second))
    take(
        "silent exit",
        lambda: interviews.interrupt(
            interview_id=second.interview.pk, cause=None, evidence={}, by=Party.SYSTEM
        ),
    )
    take("reschedule", lambda: scheduling.reschedule(interview_id=second.interview.pk, by=hr, **window))
    epoch = take(
        "enter again",
        lambda: interviews.enter(
            interview_id=second.interview.pk, by=Party.CANDIDATE, consents=["ai_evaluation"]
        ),
    ).epoch
    for question in second.interview.version.stages.get(number=3).questions.all():
        answers.save_text(
            interview_id=second.interview.pk, question_id=question.pk, epoch=epoch, revision=1,
            text=make.full_marks(question),
        )  # fmt: skip
    take(
        "last stage",
        lambda: answers.finish_stage(interview_id=second.interview.pk, stage_number=3, epoch=epoch),
    )
    owed = Checkpoint.objects.get(interview=second.interview, scored_at=None)
    take("scoring job", lambda: scoring.score_checkpoint(checkpoint_id=owed.pk))
    third = half_way(story)
    take("cancel", lambda: endings.cancel(interview_id=third.pk, by=hr))
    fourth = Story(half_way(story), story.department, hr, story.clock)
    take(
        "give up",
        lambda: interviews.leave(
            interview_id=fourth.interview.pk, epoch=1, choice="give_up", cause="", note="", by=Party.CANDIDATE
        ),
    )
    fifth = half_way(story)
    take(
        "withdraw",
        lambda: interviews.leave(
            interview_id=fifth.pk, epoch=1, choice="withdraw", cause="", note="", by=Party.CANDIDATE
        ),
    )


def _loops(plans: Plans, story: Story) -> None:
    """The pump and every job, with something to do for each."""
    silent = half_way(story)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO events_pulse (name, at) VALUES ('pump', now()) ON CONFLICT DO NOTHING")
    Lease.objects.filter(pk=silent.pk).update(expires_at="2026-01-01T00:00:00Z")
    announced = half_way(story)
    interviews.interrupt(interview_id=announced.pk, cause="network", evidence={}, by=Party.SYSTEM)
    Reaction.objects.filter(event__origin_id=announced.pk, name="onboarding.align_delay").update(
        state="pending", done_at=None
    )
    Delivery.objects.filter(message__in=Message.objects.filter(state="planned")).update(due_at=timezone.now())
    for loop in declared_loops():
        with plans.of(f"loop {loop.name}"):
            loop.work()
    with plans.of("outage"):
        leases.forgive_silence(timezone.now() - timedelta(minutes=1), timezone.now())
    story.clock.shift(timedelta(days=4))
    for schedule in declared_schedules():
        if schedule.name in OF_WHOLE_OPENINGS | OF_EVERYTHING:
            continue
        with plans.of(f"job {schedule.name}"):
            import_string(schedule.func)()


def test_erasing_one_person_reads_messages_by_an_index(full: Any) -> None:
    """The words of all messages were read for one person's name: a minute for a million. Now those that may name
    people whom they are not about are found by their kind."""
    story, _counts = full
    candidate = story.interview.application.candidate
    applications.withdraw(application_id=story.interview.application_id, by=Party.CANDIDATE)
    row = erasing.decide(candidate_id=candidate.pk, reason="x", by=people.lead())
    story.clock.shift(timedelta(hours=2))
    plans = Plans()
    with plans.of("erasing"):
        erasing.go_on()
    row.refresh_from_db()
    assert row.state == "done"
    whole = {table for table, _place in plans.found.get("erasing", ())}
    assert whole & {"messaging_message", "messaging_delivery", "messaging_attempt"} == set()


def test_an_opening_is_counted_anew_by_its_own_rows(full: Any) -> None:
    """Each minute, of the openings that something happened to, and at night, of all: what one costs does not grow with
    the others."""
    story, _counts = full
    new = half_way(story)
    with connection.cursor() as cursor:
        # The copies have higher numbers than what happens from here on would get.
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('events_event', 'id'), (SELECT max(id) FROM events_event))"
        )
        up_to = cursor.fetchone()[0]
    Fold.objects.create(up_to=up_to, at=timezone.now())
    announce(Story(new, story.department, story.hr, story.clock))
    story.clock.shift(timedelta(minutes=10))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    opening = new.application.opening_id
    plans = Plans()
    with plans.of("reports.fold"):
        assert folding.fold() == 1
    assert plans.looked_at > 5
    with plans.of("reports.recount"):
        assert folding._compared({opening}, folding._counted([opening])) == 0
    assert WeekOfOpening.objects.filter(opening=opening).exists()
    assert plans.found == {}


# The plan ahead is all of an opening: looked at where its figures are counted.
LOOKING_BACK = [report for report in REPORTS.values() if not report.looks_ahead]


def test_a_report_reads_its_days_and_no_whole_table(full: Any) -> None:
    """Every report, parted by each of its ways, and the lists behind its figures: of one week in years, for HR."""
    story, _counts = full
    last = timezone.localdate() - timedelta(days=200)
    plans, lines = Plans(), 0
    for report in LOOKING_BACK:
        for way in report.dimensions:
            asked = Asked(story.hr, last - timedelta(days=6), last, way.name)
            with plans.of(f"{report.name} by {way.name}"):
                lines += len(table_of(report, asked).rows)
            if report.knows_past:
                with plans.of(f"{report.name} by {way.name} as of a past day"):
                    table_of(report, replace(asked, as_of=last))
        crossed = replace(asked, by=WEEK.name, across=OPENING.name, measure=report.measures[0].name)
        with plans.of(f"{report.name} by week across openings"):
            table_of(report, crossed)
        facts = report.facts_of(asked)
        for measure in report.measures:
            if facts is not None and facts.counted_by(measure.name) is not None:
                with plans.of(f"people behind {report.name} {measure.name}"):
                    behind = [one.pk for one in people_behind(report, asked, measure.name, None)[:100]]
                    times_behind(report, asked, measure.name, None, of=behind)
    assert lines > len(LOOKING_BACK)
    assert plans.looked_at > 100
    for doing, found in sorted(plans.found.items()):
        print(doing, sorted(found))
    assert plans.found == {}


def test_learning_reads_the_latest_of_what_was_finished_and_no_whole_table(
    full: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each night the latest finished interviews and what hangs on them, in sets, however many there ever were. Here a
    hundred at a time of three thousand, as there a thousand of a hundred thousand."""
    monkeypatch.setattr(learning, "AT_ONCE", 100)
    plans = Plans()
    with plans.of("recruitment.learn_estimates"), reading_once():
        cohort = learning.cohort_of_house()
    assert len(cohort.people) > TIMES / 2
    assert plans.looked_at > 5
    assert plans.found == {}


def test_a_heartbeat_goes_by_the_leases_own_key_whatever_the_planner_has_seen(full: Any) -> None:
    """Nobody was live when the tables were last looked at: an index of the live ones would look cheapest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (FORMAT JSON) " + leases._HEARTBEAT, [leases.VISIBLE_SECONDS, True, "x" * 64, 1]
        )
        plan = str(cursor.fetchone()[0])
    assert "recruitment_lease_pkey" in plan
    assert "lease_live" not in plan
