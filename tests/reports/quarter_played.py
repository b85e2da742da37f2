"""The quarter's script written into rows, each at its moment, and the history's lines with them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.changes import CHANGED, Dated
from core.events import DurableSignal
from core.history.models import Change
from messaging.models import Message
from messaging.refs import ref
from onboarding.models import OnboardingCase
from recruitment import signals
from recruitment.models import (
    Application,
    Assessment,
    ContactAttempt,
    Decision,
    FollowUp,
    Interview,
    InterviewExit,
    InterviewSurvey,
    Offer,
    Opening,
    ResumeFact,
    RoomEntry,
    Round,
    Scorecard,
)
from recruitment.resumes import degrees
from recruitment.services import enquiries
from tests.factories import people, training
from tests.factories import recruitment as make
from tests.reports.quarter import (
    ASKING,
    DEPARTMENTS,
    FIRST,
    LEVEL,
    NEEDED,
    OPENINGS,
    SKILL,
    SPECIALISTS,
    TARGET,
    Happened,
)
from tests.reports.rows import event
from training.models import PlanItem, TrainingPlan


class Played:
    """The house of the quarter, and what becomes of it."""

    def __init__(self) -> None:
        with time_machine.travel(FIRST - timedelta(days=1), tick=False):
            self.departments = [people.department(f"部门{number}") for number in range(DEPARTMENTS)]
            self.specialists = [people.recruiter() for _number in range(SPECIALISTS)]
            self.openings = [
                make.opening(
                    self.departments[number % DEPARTMENTS],
                    specialist=self.specialists[number % SPECIALISTS],
                    skills={SKILL: LEVEL} if number in ASKING else None,
                    headcount=NEEDED,
                    target_month=TARGET,
                )
                for number in range(OPENINGS)
            ]
            self.caller = people.recruiter()
            self.interviewers = [people.recruiter() for _number in range(2)]
            self.skill = make.skill()
            self.courses = [training.course(f"course-{number}") for number in range(3)]
            self.competencies = [make.competency(code) for code in ("expertise", "teamwork")]
        self.applications: dict[int, Application] = {}
        dated(FIRST - timedelta(days=1), after=0)

    def play(
        self,
        script: list[Happened],
        *,
        stops: Iterable[datetime] = (),
        then: Callable[[datetime], None] = lambda moment: None,
    ) -> None:
        """Everything, in its order; at each stop `then` looks, by the clock of that moment."""
        waiting = list(stops)
        for one in script:
            while waiting and one.at >= waiting[0]:
                with time_machine.travel(waiting[0], tick=False):
                    then(waiting.pop(0))
            last = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            with time_machine.travel(one.at, tick=False):
                step: Callable[..., Any] = getattr(self, one.what)
                step(**({} if one.who is None else {"who": one.who}), **one.how)
            dated(one.at, after=last)
        unchanged_since()
        with connection.cursor() as cursor:
            # Nobody else looks at these tables before the transaction is over, and an empty one is read whole.
            cursor.execute("ANALYZE")

    def application(self, who: int) -> "QuerySet[Application]":
        """One row, to be written over: the database itself refuses a step that does not exist."""
        return QuerySet(Application).filter(pk=self.applications[who].pk)

    def interview(self, who: int) -> "QuerySet[Interview]":
        """The same of the interview."""
        return QuerySet(Interview).filter(application=self.applications[who]).exclude(kind="people")

    def tell(self, who: int, signal: DurableSignal, **facts: Any) -> None:
        """That it happened to the interview as it stands now, for the weeks that are counted from what happened."""
        row = self.interview(who).get()
        event(signal, row, timezone.now(), attempt=row.attempt, **facts)

    def moved(self, opening: int, department: int) -> None:
        Opening.objects.filter(pk=self.openings[opening].pk).update(department=self.departments[department])

    def handed_over(self, opening: int, specialist: int) -> None:
        Opening.objects.filter(pk=self.openings[opening].pk).update(specialist=self.specialists[specialist])

    def plan_changed(self, opening: int) -> None:
        make.with_stage(self.openings[opening].interview_plan)

    def needed(self, opening: int, headcount: int, month: date) -> None:
        row = Opening.objects.filter(pk=self.openings[opening].pk)
        row.update(headcount=headcount, target_month=month)

    def start_planned(self, who: int, start: date) -> None:
        OnboardingCase.objects.create(
            application=self.applications[who],
            employee=people.employee(),
            planned_start=start,
            forecast_start=start,
        )

    def held_up(self, who: int, days: int, by: date) -> None:
        """By its exit; a start that is held up already by so many days. `by` the result was first expected."""
        case = QuerySet(OnboardingCase).get(application=self.applications[who])
        if not case.delays.filter(lifted_at=None).update(days=days):
            case.delays.create(
                interview=self.interview(who).get(),
                days=days,
                cause="network",
                expected_result=by,
            )
            self.interview(who).update(expected_result=by)
        QuerySet(OnboardingCase).filter(pk=case.pk).update(
            forecast_start=case.planned_start + timedelta(days=days)
        )

    def freed(self, who: int) -> None:
        case = QuerySet(OnboardingCase).get(application=self.applications[who])
        case.delays.filter(lifted_at=None).update(lifted_at=timezone.now())
        QuerySet(OnboardingCase).filter(pk=case.pk).update(forecast_start=case.planned_start)

    def training_planned(self, who: int, unknown: int) -> None:
        plan = TrainingPlan.objects.create(application=self.applications[who])
        for number in range(unknown + 1):
            plan.items.create(
                course=self.courses[number], skill=self.skill, reason="unknown" if number else "gap", required_level=4,
                shown_level=None if number else 2, offset_working_days=5, added_in_version=1,
            )  # fmt: skip

    def item_known(self, who: int) -> None:
        items = PlanItem.objects.filter(plan__application=self.applications[who], reason="unknown")
        newest = items.latest("pk")
        PlanItem.objects.filter(pk=newest.pk).update(reason="gap", shown_level=1)

    def practised(self, who: int, kind: str) -> None:
        ResumeFact.objects.create(application=self.applications[who], kind=kind, title="销售看板", level=3)

    def promised(self, who: int, by: date) -> None:
        self.application(who).update(promised_by=by)

    def decided(self, who: int, outcome: str) -> None:
        report = self.reports(who).get()
        Decision.objects.create(
            application=self.applications[who], assessment=report, outcome=outcome, threshold=80
        )
        self.tell(who, signals.application_moved)

    def decided_on(self, who: int, outcome: str) -> None:
        Decision.objects.filter(application=self.applications[who]).update(outcome=outcome)
        self.tell(who, signals.application_moved)

    def applied(self, who: int, opening: int, source: str) -> None:
        row = Opening.objects.get(pk=self.openings[opening].pk)
        self.applications[who] = make.application(row, source=source)

    def source_mended(self, who: int, source: str) -> None:
        self.application(who).update(source=source)

    def scheduled(self, who: int, kind: str) -> None:
        row = self.application(who).select_related("opening__interview_plan").get()
        make.interview(row, kind=kind)
        self.stage(who, "interviewing")
        self.tell(who, signals.interview_scheduled)

    def cancelled(self, who: int) -> None:
        self.interview(who).update(state="cancelled")
        self.tell(who, signals.interview_cancelled)

    def begun(self, who: int) -> None:
        """Where no page of ours is opened."""
        self.interview(who).update(state="in_progress", started_at=timezone.now())
        self.tell(who, signals.interview_started)

    def entered(self, who: int, device: str) -> None:
        self.begun(who)
        self.came(who, device)

    def came(self, who: int, device: str) -> None:
        """A page is there, on some device; of a vendor's interview none."""
        row = self.interview(who).get()
        if row.kind != "room":
            return
        RoomEntry.objects.create(
            interview=row, attempt=row.attempt, epoch=row.entries.count() + 1, device={"platform": device}
        )

    def left(self, who: int, cause: str, *, announced: bool) -> None:
        now = timezone.now()
        until = now + timedelta(hours=72)
        self.interview(who).update(state="interrupted", interrupted_at=now, resume_until=until)
        row = self.interview(who).get()
        exit_ = make.exit_(row, cause=cause, is_announced=announced)
        make.follow_up(row, exit=exit_)
        self.tell(who, signals.interview_interrupted, exit=exit_.pk)

    def saved(self, who: int, stage: int) -> None:
        make.saved_stage(self.interview(who).get(), stage, text="好")

    def corrected(self, who: int, cause: str) -> None:
        newest = InterviewExit.objects.filter(interview__in=self.interview(who)).order_by("-pk")[:1]
        InterviewExit.objects.filter(pk__in=newest.values("pk")).update(corrected_cause=cause)
        self.tell(who, signals.exit_cause_corrected)

    def returned(self, who: int, device: str) -> None:
        now = timezone.now()
        self.interview(who).update(state="in_progress", resume_until=None)
        self.exits(who).update(returned_at=now)
        self.came(who, device)
        self.close(who, "returned")
        self.tell(who, signals.interview_resumed)

    def exits(self, who: int) -> "QuerySet[InterviewExit]":
        """The open ones of the present attempt."""
        row = self.interview(who).get()
        return InterviewExit.objects.filter(interview=row, attempt=row.attempt, returned_at=None)

    def close(self, who: int, outcome: str) -> None:
        """The follow-ups of an exit that are not settled."""
        waiting = QuerySet(FollowUp).filter(interview__in=self.interview(who), kind="exit", closed_at=None)
        waiting.update(state="closed", outcome=outcome, closed_at=timezone.now())

    def claimed(self, who: int) -> None:
        row = FollowUp.objects.filter(interview__in=self.interview(who), kind="exit").latest("opened_at")
        QuerySet(FollowUp).filter(pk=row.pk).update(state="claimed", claimed_at=timezone.now())

    def educated(self, who: int, title: str) -> None:
        ResumeFact.objects.create(
            application=self.applications[who],
            kind="education",
            title=title,
            level=3,
            degree=degrees.named(title),
        )

    def education_mended(self, who: int, title: str) -> None:
        newest = ResumeFact.objects.filter(application=self.applications[who]).latest("pk")
        ResumeFact.objects.filter(pk=newest.pk).update(title=title, degree=degrees.named(title))

    def tested(self, who: int, score: int) -> None:
        make.written_test(self.applications[who], SKILL, score)

    def rated(self, who: int, rating: int) -> None:
        row = self.interview(who).get()
        InterviewSurvey.objects.create(interview=row, attempt=row.attempt, rating=rating)

    def tried(self, who: int, *, reached: bool) -> None:
        row = FollowUp.objects.filter(interview__in=self.interview(who), kind="exit").latest("opened_at")
        ContactAttempt.objects.create(
            follow_up=row, attempt=row.attempt, by=self.caller, channel="phone", reached=reached
        )

    def told_the_lead(self, who: int) -> None:
        row = FollowUp.objects.filter(interview__in=self.interview(who), kind="exit").latest("opened_at")
        FollowUp.objects.filter(pk=row.pk).update(lead_told_at=timezone.now())

    def abandoned(self, who: int) -> None:
        self.interview(who).update(state="abandoned", resume_until=None)
        self.tell(who, signals.interview_abandoned)

    def missed(self, who: int) -> None:
        self.interview(who).update(state="missed")
        self.tell(who, signals.interview_missed)

    def rescheduled(self, who: int) -> None:
        row = self.interview(who).get()
        self.close(who, "rescheduled")
        self.interview(who).update(
            state="scheduled",
            attempt=row.attempt + 1,
            started_at=None,
            interrupted_at=None,
            resume_until=None,
        )
        self.tell(who, signals.interview_rescheduled, new_attempt=True)

    def completed(self, who: int) -> None:
        self.interview(who).update(state="completed", completed_at=timezone.now(), resume_until=None)
        self.stage(who, "evaluating")
        self.tell(who, signals.interview_completed)

    def enquired(self, who: int, way: str) -> None:
        enquiries.keep(application_id=self.applications[who].pk, way=way)

    def noticed(self, who: int, kind: str) -> None:
        """A channel takes it now."""
        topic, whom = ref(self.applications[who]), ref(self.applications[who].candidate)
        Message.objects.create(
            kind=kind, audience="candidate", topic_type=topic.type, topic_id=topic.id, addressee_type=whom.type,
            addressee_id=whom.id, language="zh-hans", state="accepted", idem_key=f"{who}", body="x",
            due_at=timezone.now(), accepted_at=timezone.now(),
        )  # fmt: skip

    def asked(self, who: int) -> None:
        make.follow_up(self.interview(who).get(), kind="asked", exit=None)

    def estimated(self, who: int, basis: str, value: int | None) -> None:
        self.reports(who).update(status="superseded")
        self.report(who, basis, value)

    def reported(self, who: int, value: int | None) -> None:
        self.reports(who).update(status="superseded")
        self.report(who, "full", value)

    def reviewed(self, who: int, value: int) -> None:
        self.reports(who).update(value=Decimal(value))
        self.tell(who, signals.review_finished)

    def reports(self, who: int) -> "QuerySet[Assessment]":
        """Those that stand."""
        return Assessment.objects.filter(interview__in=self.interview(who), status="current")

    def report(self, who: int, basis: str, value: int | None) -> None:
        """A report issued now."""
        row = self.interview(who).get()
        Assessment.objects.create(
            interview=row, attempt=row.attempt, basis=basis, value=None if value is None else Decimal(value),
            method="test",
        )  # fmt: skip
        self.tell(who, signals.assessment_issued)

    def stage(self, who: int, stage: str) -> None:
        self.application(who).update(stage=stage, stage_since=timezone.now(), promised_by=None)

    def ended(self, who: int, stage: str, was: str) -> None:
        self.application(who).update(stage=stage, stage_since=timezone.now(), stood_at=was, promised_by=None)

    def reopened(self, who: int, stage: str) -> None:
        self.application(who).update(stage=stage, stage_since=timezone.now(), stood_at="", promised_by=None)

    def met(self, who: int) -> None:
        """A round that ends now."""
        now = timezone.now()
        row = make.interview(self.application(who).get(), kind="people", round=2)
        slot = (now - timedelta(hours=1), now)
        round_ = Round.objects.create(interview=row, slot=slot)
        for one in self.interviewers:
            Scorecard.objects.create(round=round_, interviewer=one, slot=slot, is_booked=False)
        QuerySet(Interview).filter(pk=row.pk).update(
            window_opens_at=slot[0], window_closes_at=slot[1], state="in_progress"
        )
        QuerySet(Interview).filter(pk=row.pk).update(state="completed", completed_at=now)

    def carded(self, who: int, interviewer: int, scores: tuple[int, ...]) -> None:
        card = Scorecard.objects.get(
            round__interview__application=self.applications[who], interviewer=self.interviewers[interviewer]
        )
        for competency, value in zip(self.competencies, scores, strict=True):
            card.scores.create(competency=competency, value=value)
        Scorecard.objects.filter(pk=card.pk).update(handed_in_at=timezone.now())

    def offered(self, who: int) -> None:
        now = timezone.now()
        Offer.objects.create(
            application=self.application(who).get(), state="sent", salary=1, start_on=now.date(), place="上海",
            answer_by=now + timedelta(days=9), made_by=self.caller, sent_at=now,
        )  # fmt: skip

    def answered(self, who: int, state: str, reason: str) -> None:
        waiting = QuerySet(Offer).filter(application__in=self.application(who), state="sent")
        waiting.update(state=state, decline_reason=reason, ended_at=timezone.now())


def dated(moment: datetime, *, after: int) -> None:
    """Give the history's new lines the moment of the story: the database has a clock of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL hrsuite.history_open = 'on'")
        cursor.execute("UPDATE history_change SET at = %s WHERE id > %s", [moment, after])
        cursor.execute("SET LOCAL hrsuite.history_open = 'off'")


def unchanged_since() -> None:
    """Say of each dated row when the story changed it last: what has not changed since a day is not looked up."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in (one for one in apps.get_models() if issubclass(one, Dated)):
            table, pk = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                f"UPDATE {table} one SET {CHANGED} = last.at FROM (SELECT object_id, max(at) AS at FROM history_change"
                f" WHERE model = %s GROUP BY object_id) last WHERE last.object_id = one.{pk}::text",
                [model._meta.label_lower],
            )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
