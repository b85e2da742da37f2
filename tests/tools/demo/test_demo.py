"""The demo is the story: believable, whole, and usable again at every start."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.checks import checking
from core.checks.models import Check
from core.events.models import Event, Reaction
from hrsuite.diagnostics import collecting
from messaging import connected
from messaging.models import Delivery, Message, SmsConnection, WeComConnection
from notifications.services import guides
from notifications.services.interviews import GUIDE_BEFORE
from onboarding.models import OnboardingCase, OnboardingStep
from people.actors import Party
from people.calendar import is_working_day
from people.enums import Role
from people.models import Employee, User
from people.services import tokens
from recruitment.enums import FollowUpState, InterviewKind, InterviewState
from recruitment.evaluation import rubric
from recruitment.evaluation.learning.backtest import backtest
from recruitment.evaluation.services import assessments, desk, learning
from recruitment.models import (
    Application,
    Assessment,
    Candidate,
    FollowUp,
    Interview,
    Offer,
    Opening,
    Question,
    RoomLink,
    SlotOffer,
    WrittenTest,
)
from recruitment.services import endings, interviews, links, scheduling
from reports import fairness
from reports.asking import REPORTS, asked_for
from reports.lines import table_of
from tests.factories import people
from tools.demo import content, guests, judged, start, visiting
from tools.phone import connecting, place
from training.models import Course

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def demo(tmp_path: Path) -> dict[str, Any]:
    call_command("load_demo", verbosity=0)
    return start.prepare(tmp_path / "demo.json")


def test_demo_json_is_what_scripts_rely_on(demo: dict[str, Any], tmp_path: Path) -> None:
    written = tmp_path / "demo.json"

    assert json.loads(written.read_text()) == demo
    assert written.stat().st_mode & 0o077 == 0
    assert set(demo) == {"base_url", "hr", "managers", "candidates", "answers", "roles"}
    assert len(demo["candidates"]) >= 12
    assert {row.pk for row in Question.objects.all()} == {int(key) for key in demo["answers"]}
    assert User.objects.get(username=demo["hr"]["username"]).check_password(demo["hr"]["password"])
    for candidate in demo["candidates"]:
        assert links.find(candidate["link"].rsplit("/", 1)[1]).interview_id == candidate["interview"]


def test_there_is_an_account_for_each_role_and_its_first_page_is_alive(demo: dict[str, Any]) -> None:
    assert set(demo["roles"]) == set(Role)
    waiting, behind = {}, {}
    for role, login in demo["roles"].items():
        person = User.objects.get(username=login["username"])
        assert person.check_password(login["password"])
        assert role in person.daily_work
        client = Client()
        client.force_login(person)
        page = client.get("/admin/", follow=True)
        assert page.status_code == 200, role
        if page.redirect_chain:
            continue
        counted = [tile for tile in page.context["figures"] if isinstance(tile.value, int)]
        waiting[role] = {tile.title: tile.value for tile in counted if tile.value}
        for tile in counted:
            behind[role, tile.title] = (tile.value, client.get(tile.link).context["cl"].result_count)
    # What is owed to nobody may grow with the hour; what a newcomer is to find is there at any.
    left, steps, courses = (
        _("Interrupted interviews"),
        _("Steps of starts to be done"),
        _("Courses of the next week"),
    )
    recruiting = {_("Unfinished follow-ups"): 2, left: 2, _("Decisions to make"): 2}
    assert waiting[Role.RECRUITING] == recruiting
    assert waiting[Role.LEAD] == recruiting | {steps: waiting[Role.ONBOARDING][steps], courses: 2}
    assert set(waiting[Role.ONBOARDING]) == {steps} and waiting[Role.TRAINING] == {courses: 2}
    assert {key: pair for key, pair in behind.items() if pair[0] != pair[1]} == {}


def test_last_weeks_answers_were_judged_and_some_twice(demo: dict[str, Any]) -> None:
    """Enough for the desk to say how far reviewers agree, and for the back-test to learn; each report is what its stage
    scores make of it."""
    first, second = (User.objects.get(username=username) for username in (judged.FIRST, judged.SECOND))
    (found,) = [each for each in desk.questions(second) if each.agreed.kappa is not None]
    assert found.agreed.pairs >= 10 and found.agreed.low < found.agreed.kappa < found.agreed.high
    assert (found.first, found.second) == (judged.WAIT_FIRST, judged.WAIT_SECOND)
    assert {each.second for each in desk.questions(first)} == {0}
    cohort = learning.cohort_of_house()
    assert (len(cohort.finished), len(cohort.people)) == (90, 100)
    learned = backtest(cohort)
    # As wide as half an interview leaves it open: an estimate that is surer than that would be made up.
    assert learned["use"] == "learned" and 8 < learned["width"] < 30
    some = [int(cohort.people[place].name) for place in cohort.finished[::10]]
    before = set(Assessment.objects.values_list("pk", flat=True))
    for interview in Interview.objects.filter(pk__in=some):
        assessments.bring(interview)
    assert set(Assessment.objects.values_list("pk", flat=True)) == before


def test_two_left_the_room_and_others_come_by_themselves(demo: dict[str, Any], tmp_path: Path) -> None:
    """One said why, one was called in vain; who comes is not among those whose links the demo gives away."""
    follow_ups = FollowUp.objects.filter(state__in=FollowUpState.unfinished).order_by("pk")
    assert [
        (row.state, row.exit.is_announced, row.exit.cause, row.contact_attempts.filter(reached=False).count())
        for row in follow_ups.select_related("exit")
    ] == [("open", True, "interrupted_by_somebody", 0), ("claimed", False, "network", 1)]
    assert {row.interview.state for row in follow_ups} == {"interrupted"}
    assert {row.interview.answers.count() for row in follow_ups} == {2}

    path = tmp_path / visiting.NAME
    coming = guests.prepare(path)
    written = json.loads(path.read_text())["guests"]
    assert coming == [name for name, *_rest in content.GUESTS]
    assert path.stat().st_mode & 0o077 == 0
    assert {one["interview"] for one in written}.isdisjoint({one["interview"] for one in demo["candidates"]})
    for one in written:
        assert links.find(one["token"]).interview_id == one["interview"]
        assert set(one["words"].values()) == set(content.samples().values())
    # The next start gives new links for those that nobody used, and nobody comes to what HR has called off.
    begun = Interview.objects.get(pk=written[0]["interview"])
    interviews.enter(interview_id=begun.pk, by=Party.CANDIDATE)
    endings.cancel(interview_id=written[1]["interview"], by=Party.SYSTEM)
    again = guests.prepare(path)
    assert again == [coming[0], *coming[2:]]
    assert RoomLink.objects.filter(interview=written[2]["interview"]).count() == 1


def test_what_the_story_tells_waits_for_the_phones_and_no_file_is_written(
    tmp_path: Path, settings: Any
) -> None:
    """Whoever looks at a phone after the first start finds what was told before it; `connect` alone makes the page."""
    settings.HOME = tmp_path
    call_command("load_demo", verbosity=0)
    assert list(tmp_path.iterdir()) == []
    told = Delivery.objects.values_list("message__audience", "channel", "state").annotate(number=Count("pk"))
    found = {(audience, channel, state): number for audience, channel, state, number in told}
    waiting = {key for key in found if key[1] in ("wecom", "sms")}
    assert {key[0] for key in waiting} >= {"candidate", "specialist", "manager"}, found
    # Some of it was overtaken by what came after; nothing was tried.
    assert {state for _audience, _channel, state in waiting} == {"pending", "cancelled"}
    assert {channel for _audience, channel, _state in found} == {"wecom", "sms"}, found
    assert connected.wecom()["corp_id"] == place.CORP_ID and connected.kf() is not None
    # Nobody is asked before a start says where the emulators listen.
    assert connected.wecom()["base_url"] == connected.sms().account.base_url == connecting.NOBODY
    call_command("prepare_demo", verbosity=0)
    found_place = place.read(tmp_path)
    assert connected.wecom()["base_url"] == f"{found_place.url}/cgi-bin/"
    assert connected.sms().account.base_url == f"http://127.0.0.1:{found_place.sms_port}/"


def test_beside_a_wecom_of_ones_own_the_story_is_told_there(settings: Any) -> None:
    settings.WECOM = {**settings.WECOM, "corp_id": "ww-real"}
    call_command("load_demo", verbosity=0)
    assert not WeComConnection.objects.exists() and not SmsConnection.objects.exists()


def test_every_sample_answer_earns_full_marks(demo: dict[str, Any]) -> None:
    for question in Question.objects.prefetch_related("mention_points"):
        points = tuple(
            rubric.Point(point.pk, point.competency_id, point.label, tuple(point.wordings), point.weight)
            for point in question.mention_points.all()
        )
        text = demo["answers"][str(question.pk)]
        scores = rubric.score_stage([rubric.AnswerText(question.pk, text, points)])
        assert {score.value for score in scores} == {Decimal(100)}, question.text


def test_every_interview_of_the_story_has_a_case_that_waits_on_it(demo: dict[str, Any]) -> None:
    waiting = set(OnboardingCase.objects.values_list("waits_on", flat=True))
    others = Interview.objects.filter(application__opening__title="客服运营专员").values_list("pk", flat=True)
    assert waiting == {candidate["interview"] for candidate in demo["candidates"]} | set(others)
    assert len(others) == len(content.LEFT_HALF_WAY + content.GUESTS)
    assert sorted(WrittenTest.objects.filter(skill__code="excel").values_list("score", flat=True)) == sorted(
        Decimal(excel) for _name, excel, *_rest in content.CANDIDATES + content.LEFT_HALF_WAY + content.GUESTS
    )
    # The story is alive, not late: no step of a start had its day before the demo begins.
    late = OnboardingStep.objects.unfinished().filter(due_on__lt=timezone.localdate())
    assert list(late.values_list("title", "due_on")) == []
    assert Course.objects.get(code="office-advanced").title == "办公软件进阶课程"
    assert Opening.objects.get(title="数据分析师").headcount == 2
    assert not Reaction.objects.exclude(state="done").exists()
    # A whole company, and nothing that the house promises about its data is broken.
    assert checking.check_all() == 0, list(Check.objects.red().values("code", "count", "error"))


def test_last_week_stands_in_the_database_as_it_was(demo: dict[str, Any]) -> None:
    opening = Interview.objects.filter(application__opening__title__startswith="客户服务代表")
    history, rounds = opening.filter(kind="room"), opening.filter(kind="people")
    # Of its people's rounds one is ahead, one waits for a card, one is decided.
    assert sorted(rounds.values_list("state", "held__outcome")) == [
        ("completed", "open"), ("completed", "passed"), ("scheduled", "open"),
    ]  # fmt: skip
    assert rounds.filter(held__cards__handed_in_at=None, state="completed").count() == 1
    # Of one more the candidate chooses the time.
    assert list(SlotOffer.objects.live().annotate(times=Count("slots")).values_list("times", flat=True)) == [
        3
    ]
    states = dict(history.values_list("state").annotate(number=Count("pk")))
    assert states == {"completed": 90, "abandoned": 10}
    assert Assessment.objects.filter(interview__in=history, basis="full", value__gte=80).count() == 63
    saved = history.annotate(saved=Count("checkpoints")).values_list("state", "saved").distinct()
    assert set(saved) == {("completed", 3), ("abandoned", 1)}
    calls = FollowUp.objects.filter(interview__in=history)
    assert {(row.outcome, row.contact_attempts.get().reached) for row in calls} == {
        ("reached", True), ("withdrawn", True),
    }  # fmt: skip
    days = asked_for(REPORTS["exit_rates"], {}, people.lead())
    line = next(
        row
        for row in table_of(REPORTS["exit_rates"], replace(days, by="opening")).rows
        if row.label.startswith("客户服务代表")
    )
    assert (line.values["begun"], line.values["left_half_way"]) == (100, 10)
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    assert not Event.objects.filter(
        subject_type="recruitment.interview", subject_id__in=history.values("pk"), at__date__gte=monday
    ).exists()


def test_groups_of_last_week_can_be_compared_and_the_few_are_withheld(demo: dict[str, Any]) -> None:
    """By gender all is shown; by age two bands are, and two that are too small are not."""
    found = {
        by: [
            (
                {one.name: [(line.yes, line.of) for line in one.lines] for one in release.figures},
                release.withheld,
            )
            for release in fairness.releases(by)
        ]
        for by in fairness.WAYS
    }
    both = {
        "gender": ([(45, 50), (35, 40)], [(31, 45), (25, 35)], [(26, 45), (14, 35)]),
        "age_band": ([(31, 36), (37, 42)], [(23, 31), (27, 37)], [(17, 31), (17, 37)]),
    }
    assert found == {
        by: [({"finished": begun, "undisturbed": begun, "advanced": further, "high": high}, withheld)]
        for (by, (begun, further, high)), withheld in zip(both.items(), (0, 2), strict=True)
    }
    client = Client()
    client.force_login(User.objects.get(username=demo["roles"]["lead"]["username"]))
    assert "14 / 35" in client.get(reverse("fairness")).text


def test_a_second_start_moves_unused_windows_keeps_logins_and_mints_new_links(
    demo: dict[str, Any], tmp_path: Path
) -> None:
    used, unused = (Interview.objects.get(pk=row["interview"]) for row in demo["candidates"][:2])
    past = timezone.now() - timedelta(days=60)
    Interview.objects.filter(pk__in=[used.pk, unused.pk]).update(
        window_opens_at=past, window_closes_at=past + timedelta(days=30)
    )
    Interview.objects.filter(pk=used.pk).update(started_at=past)

    again = start.prepare(tmp_path / "demo.json")

    assert (again["hr"], again["managers"]) == (demo["hr"], demo["managers"])
    assert used.pk not in {row["interview"] for row in again["candidates"]}
    assert {row["link"] for row in again["candidates"]}.isdisjoint(
        {row["link"] for row in demo["candidates"]}
    )
    unused.refresh_from_db()
    assert unused.window_opens_at <= timezone.now() < unused.window_closes_at
    assert RoomLink.objects.filter(interview=unused).count() == 1


def test_what_a_person_changed_is_never_set_back(demo: dict[str, Any], tmp_path: Path) -> None:
    """An own password, an ended key, a closed account, a moved window, a link in use: after another start as before."""
    chosen = User.objects.get(username=demo["managers"][0]["username"])
    chosen.set_password("chosen-by-myself-1")
    chosen.save()
    ended = User.objects.get(username=demo["managers"][1]["username"])
    ended.api_tokens.all().delete()
    moved = Interview.objects.get(pk=demo["candidates"][0]["interview"])
    opens, closes = moved.window_opens_at + timedelta(days=2), moved.window_opens_at + timedelta(days=4)
    scheduling.reschedule(interview_id=moved.pk, opens_at=opens, closes_at=closes, by=Party.SYSTEM)
    in_use = demo["candidates"][1]["link"].rsplit("/", 1)[1]
    links.exchange(token=in_use)

    again = start.prepare(tmp_path / "demo.json")

    chosen.refresh_from_db()
    assert chosen.check_password("chosen-by-myself-1")
    assert again["managers"][0] | {"department": 0} == {
        "username": chosen.username, "password": None, "token": None, "department": 0
    }  # fmt: skip
    assert (again["managers"][1]["password"], again["managers"][1]["token"]) == (demo["hr"]["password"], None)
    assert not ended.api_tokens.exists()
    moved.refresh_from_db()
    assert (moved.window_opens_at, moved.window_closes_at) == (opens, closes)
    assert links.find(in_use).interview_id == demo["candidates"][1]["interview"]
    assert again["hr"] == demo["hr"]


def test_without_its_file_the_demo_gets_a_new_password_and_one_key(
    demo: dict[str, Any], tmp_path: Path
) -> None:
    chosen = User.objects.get(username="wangkai")
    chosen.set_password("chosen-by-myself-1")
    chosen.save()
    (tmp_path / "demo.json").unlink()
    again = start.prepare(tmp_path / "demo.json")
    hr = User.objects.get(username="hr")
    assert hr.check_password(again["hr"]["password"])
    assert [key.digest for key in hr.api_tokens.all()] == [tokens.digest(again["hr"]["token"])]
    chosen.refresh_from_db()
    assert chosen.check_password("chosen-by-myself-1")


def test_the_demo_is_loaded_into_an_empty_database_only(demo: dict[str, Any]) -> None:
    before = Application.objects.count()
    call_command("load_demo", if_empty=True)
    with pytest.raises(CommandError):
        call_command("load_demo")
    assert Application.objects.count() == before


def test_a_real_companys_database_is_left_alone(tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    call_command("prepare_demo")
    assert not (tmp_path / "demo.json").exists()


def test_a_restart_sends_nobody_a_second_guide(demo: dict[str, Any], tmp_path: Path) -> None:
    sent = dict(Message.objects.filter(kind="guide").values_list("pk", "origin_id"))
    # A round with people on the next working day may lie within a day, too; that hangs on the hour.
    rounds = Interview.objects.filter(
        kind=InterviewKind.PEOPLE,
        state=InterviewState.SCHEDULED,
        window_opens_at__lte=timezone.now() + GUIDE_BEFORE,
    )
    told = {one["interview"] for one in demo["candidates"]} | set(rounds.values_list("pk", flat=True))
    told |= set(
        Interview.objects.filter(application__opening__title="客服运营专员").values_list("pk", flat=True)
    )
    assert len(sent) == len(told) and set(sent.values()) == told
    start.prepare(tmp_path / "demo.json")
    assert guides.send_due() == 0
    assert dict(Message.objects.filter(kind="guide").values_list("pk", "origin_id")) == sent


@pytest.mark.parametrize("day", ["2026-12-02", "2026-12-31", "2028-03-01"])
def test_the_demo_can_be_loaded_on_a_day_whose_windows_end_in_a_year_without_a_calendar(
    day: str, tmp_path: Path
) -> None:
    with time_machine.travel(f"{day}T10:00+08:00"):
        call_command("load_demo", verbosity=0)
        demo = start.prepare(tmp_path / "demo.json")

        assert len(demo["candidates"]) >= 12
        story = Opening.objects.order_by("pk").first()
        assert story is not None
        assert min(OnboardingCase.objects.values_list("planned_start", flat=True)).replace(day=1) == (
            story.target_month.replace(day=1)
        )


def test_the_diagnostics_of_the_demo_name_nobody(demo: dict[str, Any]) -> None:
    said = collecting.as_text(collecting.collect())
    people = [*User.objects.all(), *Candidate.objects.all(), *Employee.objects.all()]
    personal = {
        getattr(one, name, "") for one in people for name in ("name", "phone", "email", "wecom_userid")
    }
    secret = {one["token"] for one in [demo["hr"], *demo["managers"]]} | {
        one["link"] for one in demo["candidates"]
    }
    secret |= {one["password"] for one in [demo["hr"], *demo["managers"]]}
    assert len(personal) > 30 and len(secret) > 10
    assert sorted(one for one in personal | secret if one and one in said) == []


# After midnight in China, while it is Sunday in Europe; the first working day after a week off.
@pytest.mark.parametrize("moment", ["2026-11-29T16:40:00Z", "2026-10-08T01:00:00Z"])
def test_whenever_it_is_loaded_people_met_in_working_hours_and_nothing_planned_has_passed(
    moment: str,
) -> None:
    with time_machine.travel(moment):
        call_command("load_demo", verbosity=0)
        met = Interview.objects.filter(kind=InterviewKind.PEOPLE)
        begun = [timezone.localtime(at) for at in met.values_list("window_opens_at", flat=True)]
        assert len(begun) > len(content.CANDIDATES)
        assert [at for at in begun if not 9 <= at.hour < 18 or not is_working_day(at.date())] == []
        assert not Interview.objects.filter(state="scheduled", window_closes_at__lte=timezone.now()).exists()
        assert not Offer.objects.filter(
            state__in=("draft", "approved", "sent"), answer_by__lte=timezone.now()
        ).exists()
        waiting = OnboardingCase.objects.filter(state="preparing")
        assert not waiting.filter(forecast_start__lte=timezone.localdate()).exists()
