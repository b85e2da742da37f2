"""How each step of the house is taken once, and what everybody is then told."""

import inspect
import pkgutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from core.events.models import Event
from core.exchange.models import Import
from core.exchange.services import exports, imports
from messaging.models import Message
from messaging.services import messages, telling
from notifications.services import guides
from onboarding.models import OnboardingCase, OnboardingStep, OnboardingTemplate
from onboarding.services import cases, identities, steps, templates
from people.actors import Actor, Party
from people.models import CalendarDay, User
from people.services import calendar, password_links
from recruitment.evaluation.services import desk, scoring
from recruitment.library.posts import POSTS
from recruitment.models import (
    Checkpoint,
    Decision,
    FollowUp,
    Interview,
    InterviewExit,
    Judgement,
    PlanVersion,
    Problem,
    RubricScore,
    Vendor,
)
from recruitment.recordings.services import faces
from recruitment.services import (
    applications,
    decisions,
    endings,
    follow_ups,
    interviews,
    meetings,
    merging,
    notes,
    plan_writing,
    problems,
    ready_plans,
    rule_trials,
    scheduling,
    tags,
    window_calls,
)
from recruitment.services import plans as interview_plans
from recruitment.services import steps as moves
from recruitment.vendors.services import connections
from tests.factories import notifications as house
from tests.factories import onboarding, people
from tests.factories import recruitment as make
from tests.factories import training as courses
from tests.factories.imports import imported, sent
from training.models import PlanItem
from training.services import items, plans

Call = Callable[[], Any]


def said() -> tuple[list[tuple[int, str]], list[tuple[int, str, str]]]:
    """All that was announced, and all that anybody is told."""
    return (
        list(Event.objects.order_by("pk").values_list("pk", "kind")),
        list(Message.objects.order_by("pk").values_list("pk", "kind", "audience")),
    )


def a_problem() -> Problem:
    return problems.report(words="打不开", by=people.trainer())


def window(days: int = 3) -> dict[str, Any]:
    opens = (timezone.now() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
    return {"opens_at": opens, "closes_at": opens + timedelta(hours=8)}


def broken_off() -> Interview:
    """Left half way, two stages scored, with a written test beside it."""
    interview = house.house("in_progress")
    make.written_test(interview.application)
    for number in (1, 2):
        scoring.score_checkpoint(checkpoint_id=make.saved_stage(interview, number).pk)
    interviews.interrupt(interview_id=interview.pk, cause="network", evidence={}, by=people.lead())
    return Interview.objects.get(pk=interview.pk)


def _noted() -> Interview:
    interview = broken_off()
    interview.consents.create(attempt=1, kind="faces", version="test", given=True)
    return interview


def asked() -> Decision:
    broken_off()
    return Decision.objects.filter(outcome="asked").latest("pk")


def reviewed() -> Interview:
    """Completed with a full report, of which a reviewer has changed a part."""
    interview = house.house("in_progress")
    for number in (1, 2, 3):
        scoring.score_checkpoint(checkpoint_id=make.saved_stage(interview, number).pk)
    with transaction.atomic():
        interviews.complete_if_finished(Interview.objects.select_for_update().get(pk=interview.pk))
    score = RubricScore.objects.filter(checkpoint__interview=interview).earliest("pk")
    scoring.override(score_id=score.pk, value="40", reason="why", by=people.lead(username="reviewer"))
    return Interview.objects.get(pk=interview.pk)


def case() -> OnboardingCase:
    people.onboarder()
    return onboarding.ready_case()


def an_approval() -> OnboardingStep:
    return OnboardingStep.objects.get(case=onboarding.case(), kind="approval")


def an_open_step() -> OnboardingStep:
    return OnboardingStep.objects.filter(case=onboarding.case(), state="ready").order_by("number")[0]


def a_judgement() -> Judgement:
    broken_off()
    return desk.judge(score_id=RubricScore.objects.earliest("pk").pk, level=3, note="", by=people.lead())


def planned_item() -> PlanItem:
    courses.course()
    courses.diagnostic()
    broken_off()
    return PlanItem.objects.filter(state="planned")[0]


def by_people() -> Interview:
    begun = {
        "opens_at": timezone.now() - timedelta(hours=1),
        "closes_at": timezone.now() + timedelta(hours=1),
    }
    return house.house("scheduled", kind="people", **{f"window_{name}": at for name, at in begun.items()})


def _take_step(step: str, stage: str) -> Callable[[User], Call]:
    def setup(by: User) -> Call:
        row = make.application(stage=stage)
        make.interview(row, state="scheduled")
        return lambda: applications.take_step(application_id=row.pk, step=step, by=by, reason="why")

    return setup


def _on(find: Callable[[], Any], call: Callable[[Any, Actor], Any]) -> Callable[[User], Call]:
    def setup(by: User) -> Call:
        row = find()
        return lambda: call(row, by)

    return setup


def on_a_new_day_off() -> FollowUp:
    """A window whose last day was taken off after it was given."""
    interview = house.house("scheduled")
    day = timezone.localdate(interview.window_closes_at)
    for is_working in (True, False):
        calendar.set_day(day=day, is_working=is_working, by=Party.SYSTEM)
    with transaction.atomic():
        window_calls.name_windows(year=day.year, ids=[interview.pk])
    return FollowUp.objects.get()


def _checked() -> Import:
    make.opening(title="数据分析师")
    return sent(["张三", "13800138000", "", "数据分析师", "", ""])


def _imported() -> Import:
    make.opening(title="数据分析师")
    return imported(["张三", "13800138000", "", "数据分析师", "", ""])


def _reopen(by: User) -> Call:
    row = make.application(stage="screening")
    applications.take_step(application_id=row.pk, step="reject", by=by, reason="why")
    return lambda: applications.take_step(application_id=row.pk, step="reopen", by=by, reason="why not")


def _send_again(by: User) -> Call:
    message = house.message()
    Message.objects.filter(pk=message.pk).update(state="failed")
    message.deliveries.update(state="failed")
    return lambda: messages.send_again(message_id=message.pk, by=by)


def _untold() -> Message:
    message = house.message()
    Message.objects.filter(pk=message.pk).update(state="failed")
    return message


def _undone(by: User) -> Call:
    step = an_open_step()
    steps.complete_step(step_id=step.pk, by=by)
    return lambda: steps.reopen_step(step_id=step.pk, by=by)


def _not_done(by: User) -> Call:
    item = planned_item()
    items.mark_done(item_id=item.pk, by=by)
    return lambda: items.mark_not_done(item_id=item.pk, by=by)


def _leave(choice: str) -> Callable[[User], Call]:
    def setup(by: User) -> Call:
        interview = house.house("in_progress")
        epoch = interview.lease.epoch
        return lambda: interviews.leave(
            interview_id=interview.pk, epoch=epoch, choice=choice, cause="network", note="", by=by
        )

    return setup


def _calendar(call: Callable[[Any, User], Any]) -> Callable[[User], Call]:
    def setup(by: User) -> Call:
        calendar.load_year(year=2026, by=by)
        day = CalendarDay.objects.filter(is_working=False, date__year=2026)[0].date
        return lambda: call(day, by)

    return setup


def _draft() -> PlanVersion:
    return interview_plans.edit(plan_id=house.house("scheduled").version.plan_id, by=people.lead())


def _hand_over(by: User) -> Call:
    vendor = Vendor.objects.create(code="v", name="V")
    interview = house.house("scheduled")
    return lambda: connections.hand_over(interview_id=interview.pk, vendor_id=vendor.pk, reference="r", by=by)


# How each step is taken; what it does to rows is tested beside the step itself.
STEPS: dict[str, Callable[[User], Call]] = {
    "messages.send_again": _send_again,
    "telling.claim": _on(_untold, lambda row, by: telling.claim(message_id=row.pk, by=by)),
    "telling.close": _on(_untold, lambda row, by: telling.close(message_id=row.pk, how="called", by=by)),
    "guides.send_now": _on(
        lambda: house.house("scheduled"), lambda row, by: guides.send_now(interview_id=row.pk, by=by)
    ),
    "cases.open_case": _on(
        lambda: make.application(stage="offer"),
        lambda row, by: cases.open_case(
            application_id=row.pk, planned_start=onboarding.soon(), waits_on=[], by=by
        ),
    ),
    "cases.wait_on": _on(case, lambda row, by: cases.wait_on(case_id=row.pk, interview_ids=[], by=by)),
    "steps.complete_step": _on(an_open_step, lambda row, by: steps.complete_step(step_id=row.pk, by=by)),
    "steps.reopen_step": _undone,
    "steps.object_to_step": _on(
        an_approval,
        lambda row, by: steps.object_to_step(step_id=row.pk, reason="headcount", by=by),
    ),
    "identities.give": _on(
        case,
        lambda row, by: identities.give(
            case_id=row.pk, kind="resident", number="11010519491231002X", address="上海市浦东新区", by=by
        ),
    ),
    "steps.mark_started": _on(case, lambda row, by: steps.mark_started(case_id=row.pk, by=by)),
    "templates.make_default": _on(
        OnboardingTemplate.objects.first, lambda row, by: templates.make_default(template_id=row.pk, by=by)
    ),
    "problems.report": _on(make.application, lambda row, by: problems.report(words="打不开", by=by)),
    "problems.take": _on(a_problem, lambda row, by: problems.take(problem_id=row.pk, by=by)),
    "problems.answer": _on(a_problem, lambda row, by: problems.answer(problem_id=row.pk, words="好了", by=by)),
    "notes.write": _on(
        lambda: (people.recruiter(username="zhaolei"), make.candidate())[1],
        lambda row, by: notes.write(candidate_id=row.pk, text="@zhaolei 请看", by=by),
    ),
    "tags.put": _on(
        make.candidate, lambda row, by: tags.put(candidate_id=row.pk, names=["英语好"], by=by)
    ),
    "tags.take_off": _on(
        make.candidate, lambda row, by: tags.take_off(candidate_id=row.pk, names=["英语好"], by=by)
    ),
    # The link goes out anew, by mail alone: nobody else hears of it.
    "password_links.invite": _on(
        people.recruiter, lambda row, by: password_links.invite(user_id=row.pk, by=by)
    ),
    "calendar.set_day": _calendar(lambda day, by: calendar.set_day(day=day, is_working=True, note="n", by=by)),
    "calendar.clear_day": _calendar(lambda day, by: calendar.clear_day(day=day, by=by)),
    "calendar.load_year": _calendar(lambda day, by: calendar.load_year(year=day.year, by=by)),
    "scoring.override": _on(
        lambda: (broken_off(), RubricScore.objects.first())[1],
        lambda row, by: scoring.override(score_id=row.pk, value="70", reason="why", by=by),
    ),
    "scoring.confirm": _on(
        lambda: (broken_off(), RubricScore.objects.first())[1],
        lambda row, by: scoring.confirm(score_id=row.pk, by=by),
    ),
    "scoring.score_again": _on(
        lambda: (broken_off(), Checkpoint.objects.first())[1],
        lambda row, by: scoring.score_again(checkpoint_id=row.pk, by=by),
    ),
    "desk.judge": _on(
        lambda: (broken_off(), RubricScore.objects.first())[1],
        lambda row, by: desk.judge(score_id=row.pk, level=4, note="", by=by),
    ),
    "desk.change": _on(
        a_judgement,
        lambda row, by: desk.change(judgement_id=row.pk, level=5, note="再听了一遍", by=row.reviewer),
    ),
    "desk.set_anchor": _on(
        a_judgement, lambda row, by: desk.set_anchor(judgement_id=row.pk, text="先倾听", by=by)
    ),
    "ready_plans.take": _on(
        lambda: POSTS[0], lambda row, by: ready_plans.take(code=row.code, name=row.name, by=by)
    ),
    "ready_plans.copy_plan": _on(
        lambda: house.house("scheduled").version.plan,
        lambda row, by: ready_plans.copy_plan(plan_id=row.pk, name="副本", by=by),
    ),
    "merging.merge": _on(
        lambda: (make.candidate(), make.candidate()),
        lambda rows, by: merging.merge(keep_id=rows[0].pk, gone_id=rows[1].pk, by=by),
    ),
    "applications.take_step screen": _take_step("screen", "applied"),
    "applications.take_step make_offer": _take_step("make_offer", "second_round"),
    "applications.take_step hire": _take_step("hire", "offer"),
    "applications.take_step reject": _take_step("reject", "screening"),
    "applications.take_step withdraw": _take_step("withdraw", "screening"),
    "applications.take_step return_to_evaluation": _take_step("return_to_evaluation", "second_round"),
    "applications.take_step fall_through": _take_step("fall_through", "offer"),
    "applications.take_step reopen": _reopen,
    "applications.withdraw": _on(
        lambda: make.application(stage="screening"),
        lambda row, by: applications.withdraw(application_id=row.pk, by=by),
    ),
    "applications.plan_start": _on(
        lambda: make.application(stage="second_round"),
        lambda row, by: applications.plan_start(
            application_id=row.pk, planned_start=onboarding.soon(), by=by
        ),
    ),
    "applications.apply": _on(
        lambda: (make.candidate(), make.opening()),
        lambda rows, by: applications.apply(candidate_id=rows[0].pk, opening_id=rows[1].pk, by=by),
    ),
    "decisions.advance": _on(
        asked, lambda row, by: decisions.advance(application_id=row.application_id, by=by)
    ),
    "steps.take": _on(
        asked, lambda row, by: moves.take(application_id=row.application_id, step="advance", by=by)
    ),
    "decisions.invite": _on(asked, lambda row, by: decisions.invite(decision_id=row.pk, by=by)),
    "scoring.finish_review": _on(
        reviewed, lambda row, by: scoring.finish_review(interview_id=row.pk, by=by)
    ),
    "decisions.decline": _on(asked, lambda row, by: decisions.decline(decision_id=row.pk, by=by)),
    "endings.abandon_ended": _on(
        broken_off, lambda row, by: endings.abandon_ended(interview_id=row.pk, by=by)
    ),
    "endings.miss": _on(
        lambda: house.house("scheduled", window_closes_at=timezone.now() - timedelta(hours=1),
                            window_opens_at=timezone.now() - timedelta(hours=2)),
        lambda row, by: endings.miss(interview_id=row.pk, by=by),
    ),
    "endings.cancel": _on(broken_off, lambda row, by: endings.cancel(interview_id=row.pk, by=by)),
    "follow_ups.ask": _on(
        lambda: house.house("in_progress"), lambda row, by: follow_ups.ask(interview_id=row.pk, note="call me")
    ),
    "follow_ups.claim": _on(
        lambda: (broken_off(), FollowUp.objects.get())[1],
        lambda row, by: follow_ups.claim(follow_up_id=row.pk, by=by),
    ),
    "follow_ups.record_contact": _on(
        lambda: (broken_off(), FollowUp.objects.get())[1],
        lambda row, by: follow_ups.record_contact(follow_up_id=row.pk, by=by, channel="phone", reached=False),
    ),
    "follow_ups.close": _on(
        lambda: (broken_off(), FollowUp.objects.get())[1],
        lambda row, by: follow_ups.close(follow_up_id=row.pk, outcome="reached", cause="device", by=by),
    ),
    "window_calls.move": _on(
        on_a_new_day_off, lambda row, by: window_calls.move(follow_up_id=row.pk, by=by)
    ),
    "window_calls.leave": _on(
        on_a_new_day_off, lambda row, by: window_calls.leave(follow_up_id=row.pk, by=by)
    ),
    "exports.ask": lambda by: lambda: exports.ask(model="recruitment.candidate", query="", kind="xlsx", by=by),
    "imports.match": _on(
        _checked, lambda row, by: imports.match(import_id=row.pk, mapping={"name": "姓名*", "opening": "来源"}, by=by)
    ),
    "imports.confirm": _on(
        _checked, lambda row, by: imports.confirm(import_id=row.pk, digest=row.digest, by=by)
    ),
    "imports.undo": _on(_imported, lambda row, by: imports.undo(import_id=row.pk, by=by)),
    "interviews.interrupt": _on(
        lambda: house.house("in_progress"),
        lambda row, by: interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=by),
    ),
    "interviews.leave leave": _leave("leave"),
    "interviews.leave give_up": _leave("give_up"),
    "interviews.leave withdraw": _leave("withdraw"),
    "interviews.correct_cause": _on(
        lambda: (broken_off(), InterviewExit.objects.get())[1],
        lambda row, by: interviews.correct_cause(exit_id=row.pk, cause="device", by=by),
    ),
    "meetings.took_place": _on(by_people, lambda row, by: meetings.took_place(interview_id=row.pk, by=by)),
    "meetings.did_not_come": _on(by_people, lambda row, by: meetings.did_not_come(interview_id=row.pk, by=by)),
    "scheduling.schedule": _on(
        lambda: make.application(stage="screening"),
        lambda row, by: scheduling.schedule(application_id=row.pk, by=by, **window()),
    ),
    "scheduling.reschedule": _on(
        broken_off, lambda row, by: scheduling.reschedule(interview_id=row.pk, by=by, **window())
    ),
    "connections.hand_over": _hand_over,
    "items.mark_done": _on(planned_item, lambda row, by: items.mark_done(item_id=row.pk, by=by)),
    "items.mark_not_done": _not_done,
    "plans.edit": _on(make.plan, lambda row, by: interview_plans.edit(plan_id=row.pk, by=by)),
    "plan_writing.write": _on(
        _draft,
        lambda row, by: plan_writing.write(
            version_id=row.pk, written=replace(plan_writing.read(row), notes="新的说明"),
            seen=plan_writing.read(row).mark, by=by,
        ),
    ),
    "plans.publish": _on(_draft, lambda row, by: interview_plans.publish(version_id=row.pk, by=by)),
    "plans.discard": _on(_draft, lambda row, by: interview_plans.discard(version_id=row.pk, by=by)),
    "faces.withdraw": _on(_noted, lambda row, by: faces.withdraw(interview_id=row.pk, by=by)),
    "faces.switch": _on(_draft, lambda row, by: faces.switch(version_id=row.pk, faces="off", by=by)),
    "rule_trials.take": _on(
        make.opening,
        lambda row, by: rule_trials.take(opening_id=row.pk, threshold=Decimal(75), least={}, by=by),
    ),
    "plans.align": _on(broken_off, lambda row, by: plans.align(application_id=row.application_id, by=by)),
}  # fmt: skip
# They announce nothing and tell nobody: links, keys, secrets, files, and what other steps are made of.
SAY_NOTHING = {
    "delete_now", "delete_with_reason", "end", "log_access", "mint", "renew_secret", "revoke", "to_play",
    "withdraw_consent",
    # Of the words of a recording.
    "correct", "retry",
    # Of a plan's draft and version.
    "discard", "edit", "publish", "write",
    # Of a question's voice.
    "keep_reading", "remove_reading",
    # A file sent twice is two, of which the second changes nothing: tests/recruitment/test_imports.py.
    "send",
    # What WeCom told us is acted on anew; what we said there is taken back.
    "again", "take_back",
    # Of who may come in, and how.
    "change_grid", "change_rule", "end_all", "reset",
    # That a line on the first page has been seen.
    "see",
    # Somebody asked, and was answered on the phone.
    "log_enquiry",
    # Of two entries of one person: HR's own tidying.
    "merge",
    # A page enters as often as it is loaded; who continues is told of once, by the exit that ends.
    "enter",
}  # fmt: skip


def _is_step(made: Callable[..., Any]) -> bool:
    taken = inspect.signature(made).parameters
    return "by" in taken and all(one.kind is inspect.Parameter.KEYWORD_ONLY for one in taken.values())


def steps_of_the_house() -> set[str]:
    """Every public function of a services package that is told who takes it, and takes numbers: not a row in hand."""
    found = set()
    for config in apps.get_app_configs():
        for name in (
            config.name,
            *(f"{config.name}.{part}" for part in ("evaluation", "recordings", "vendors")),
        ):
            with suppress(ModuleNotFoundError):
                package = import_module(f"{name}.services")
                for one in pkgutil.iter_modules(package.__path__):
                    module = import_module(f"{package.__name__}.{one.name}")
                    found |= {
                        f"{one.name}.{function}"
                        for function, made in vars(module).items()
                        if inspect.isfunction(made)
                        and made.__module__ == module.__name__
                        and not function.startswith("_")
                        and _is_step(made)
                    }
    return found
