"""Steps for a selection: nothing before the yes, each row for itself, once, told apart, and taken back as a whole."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events.models import Event
from core.jobs import works
from core.jobs.models import LongWork
from core.many import runs
from core.many.declaring import steps_of
from core.many.models import ManyRow, ManyRun
from messaging.models import Message
from people.actors import Party
from recruitment.models import Application, Assessment, Decision, FollowUp, Interview
from recruitment.services import applications, follow_ups, scheduling
from tests.factories import api, people, recruitment, rounds
from tests.recruitment.admin.stepping import said, window

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
LIST = "/admin/recruitment/application/"


@pytest.fixture
def lead(client: Client) -> Client:
    api.calendar()
    client.force_login(people.lead(name="刘主管"))
    return client


def several(number: int, **fields: Any) -> list[Application]:
    opening = recruitment.opening()
    return [
        recruitment.application(opening, candidate=recruitment.candidate(f"候选{n}"), **fields)
        for n in range(number)
    ]


def choose(
    client: Client, step: str, rows: Any, *, query: str = "", across: bool = False, of: str = LIST
) -> Any:
    chosen = {"action": f"many_{step}", "_selected_action": [row.pk for row in rows]}
    return client.post(of + query, {**chosen, "select_across": "1" if across else "0"})


def page_of(client: Client, step: str, rows: Any, **how: Any) -> str:
    answer = choose(client, step, rows, **how)
    assert answer.status_code == 302, said(answer)
    return str(answer["Location"])


def stages() -> list[str]:
    return list(Application.objects.order_by("pk").values_list("stage", flat=True))


def test_a_choice_changes_nothing_and_its_page_says_what_will_happen_to_whom(lead: Client) -> None:
    rows = several(2)
    ended = several(1, stage="hired")
    scheduling.schedule(
        application_id=rows[0].pk, opens_at=timezone.now(), closes_at=timezone.now() + timedelta(days=2),
        by=Party.SYSTEM,
    )  # fmt: skip
    events = Event.objects.count()
    page = lead.get(page_of(lead, "reject", rows + ended))
    assert (page.context["taken_count"], page.context["left_out_count"]) == (2, 1)
    assert {str(row) for row in page.context["taken"]} == {str(row) for row in rows}
    (group,) = page.context["left_out"]
    assert (group.why, group.rows) == ("目前处于「已录用」阶段。", ended)
    assert "将取消 1 场面试。" in page.content.decode()
    assert "收到通知。" in page.content.decode()
    assert (stages(), Event.objects.count()) == (["applied", "applied", "hired"], events)


def test_yes_rejects_each_with_the_words_and_lists_who_was_left_out(lead: Client) -> None:
    rows = several(3)
    address = page_of(lead, "reject", rows + several(1, stage="withdrawn"))
    answer = lead.post(address, {"reason": "岗位已招满"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert stages() == ["rejected"] * 3 + ["withdrawn"]
    assert set(Application.objects.filter(stage="rejected").values_list("end_reason", flat=True)) == {
        "岗位已招满"
    }
    assert Event.objects.filter(kind="application_ended").count() == 3
    page = lead.get(address).content.decode()
    for row in rows:
        assert f'<a href="/admin/recruitment/application/{row.pk}/change/">' in page
    assert "目前处于「已撤回」阶段。" in page


def test_whoever_rejects_many_is_told_of_none_and_everybody_else_of_what_concerns_them(
    client: Client,
) -> None:
    """Ninety rejections wrote as many messages to the specialist who had just said yes."""
    api.calendar()
    mine, other, boss = (
        people.recruiter(name="王HR"),
        people.recruiter(name="李HR"),
        people.manager(name="孙经理"),
    )
    openings = [recruitment.opening(specialist=one) for one in (mine, mine, mine, other)]
    rows = [
        recruitment.application(one, candidate=recruitment.candidate(f"候选{n}"), stage="second_round")
        for n, one in enumerate(openings)
    ]
    for number, row in enumerate(rows):
        rounds.planned(boss, of=row, at=rounds.noon(number + 2))
    Message.objects.all().delete()
    client.force_login(mine)
    client.post(page_of(client, "reject", rows), {"reason": "岗位已招满"})
    assert stages() == ["rejected"] * 4
    told = [
        (row.kind, row.audience, row.user and row.user.name) for row in Message.objects.select_related("user")
    ]
    assert sorted(told, key=str) == sorted(
        [("rejected", "candidate", None)] * 4
        + [("round_off", "interviewer", "孙经理")] * 4
        # Of the one that is theirs they read in one message, whatever came of it.
        + [("cancelled", "specialist", "李HR"), ("many", "specialist", "李HR")],
        key=str,
    )


def test_without_a_reason_nobody_is_rejected(lead: Client) -> None:
    address = page_of(lead, "reject", several(2))
    assert lead.post(address, {"reason": " "}).status_code == 422
    assert stages() == ["applied", "applied"]
    assert ManyRun.objects.get().asked_at is None


def test_one_that_was_changed_meanwhile_does_not_stop_the_others(lead: Client) -> None:
    rows = several(3)
    address = page_of(lead, "reject", rows)
    applications.take_step(application_id=rows[1].pk, step="screen", by=Party.SYSTEM)
    page = lead.get(address)
    assert [group.why for group in page.context["left_out"]] == ["选择之后又有了变化。"]
    lead.post(address, {"reason": "不合适"})
    assert stages() == ["rejected", "screening", "rejected"]


def test_what_moves_on_after_the_yes_is_refused_with_its_reason(lead: Client) -> None:
    rows = several(22)
    lead.post(page_of(lead, "reject", rows), {"reason": "不合适"})
    assert set(stages()) == {"applied"}
    applications.take_step(application_id=rows[7].pk, step="screen", by=Party.SYSTEM)
    while works.run_due():
        pass
    run = ManyRun.objects.get()
    assert runs.counts(run) == {"waiting": 0, "done": 21, "left_out": 0, "refused": 1}
    refused = ManyRow.objects.get(state="refused")
    assert (refused.row_id, refused.code) == (rows[7].pk, "changed_meanwhile")
    assert refused.said in lead.get(f"/admin/recruitment/application/many/{run.pk}/").content.decode()


def test_many_go_on_in_the_background_and_a_run_that_was_cut_off_goes_on_where_it_was(lead: Client) -> None:
    rows = several(22)
    address = page_of(lead, "screen", rows)
    lead.post(address)
    for _turn in range(6):
        works.run_due()
    run = ManyRun.objects.get()
    assert runs.counts(run) == {"waiting": 17, "done": 5, "left_out": 0, "refused": 0}
    assert 'http-equiv="refresh"' in lead.get(address).content.decode()
    # Whoever worked on it is gone, and its bookmark was not written: the rows say what is done.
    LongWork.objects.update(bookmark=0)
    while works.run_due():
        pass
    assert runs.counts(run) == {"waiting": 0, "done": 22, "left_out": 0, "refused": 0}
    assert Event.objects.filter(kind="application_moved").count() == 22
    assert LongWork.objects.get().state == "done"
    assert 'http-equiv="refresh"' not in lead.get(address).content.decode()


def test_a_second_click_is_the_same_run(lead: Client) -> None:
    address = page_of(lead, "reject", several(2))
    answers = [lead.post(address, {"reason": "不合适"})["Location"] for _click in range(2)]
    assert answers == [address, address]
    assert Event.objects.filter(kind="application_ended").count() == 2
    assert LongWork.objects.count() == 1


def test_a_whole_run_is_taken_back_as_far_as_nobody_has_moved_on(lead: Client) -> None:
    rows = several(3)
    address = page_of(lead, "reject", rows)
    lead.post(address, {"reason": "不合适"})
    applications.take_step(application_id=rows[0].pk, step="reopen", by=Party.SYSTEM, reason="误操作")
    back = lead.post(f"{address}take-back/")["Location"]
    assert lead.post(f"{address}take-back/")["Location"] == back
    assert stages() == ["applied", "rejected", "rejected"]
    assert lead.get(back).context["taken_count"] == 2
    lead.post(back, {"reason": "整批撤回"})
    assert stages() == ["applied"] * 3
    assert "刘主管" in lead.get(address).content.decode()
    # Taken back once, it cannot be a second time.
    assert lead.post(f"{address}take-back/")["Location"] == back
    assert ManyRun.objects.count() == 2


def test_all_that_match_and_no_other(lead: Client) -> None:
    wanted = several(3)
    several(2, stage="screening")
    address = page_of(
        lead, "screen", wanted[:1], query=f"?opening__id__exact={wanted[0].opening_id}", across=True
    )
    lead.post(address)
    assert sorted(stages()) == ["screening"] * 5
    assert ManyRow.objects.count() == 3


def test_more_than_anybody_looks_through_is_refused(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST", 2)
    answer = choose(lead, "screen", several(3))
    assert said(answer) == ["一次最多处理 2 条：请先缩小列表范围。"]
    assert ManyRun.objects.count() == 0


def test_who_may_not_recruit_is_offered_nothing_and_starts_nothing(client: Client) -> None:
    api.calendar()
    rows = several(1)
    client.force_login(people.trainer())
    choose(client, "reject", rows)
    assert ManyRun.objects.count() == 0
    assert "many_reject" not in client.get(LIST).content.decode()


def test_of_another_department_each_is_left_out_and_nobody_says_yes_for_somebody_else(client: Client) -> None:
    api.calendar()
    rows = several(2)
    lead, elsewhere = people.lead(), people.recruiter(department=people.department())
    client.force_login(elsewhere)
    address = page_of(client, "reject", rows)
    page = client.get(address)
    assert (page.context["taken_count"], page.context["left_out_count"]) == (0, 2)
    assert client.post(address, {"reason": "不合适"}).status_code == 422
    client.force_login(lead)
    assert client.get(address).status_code == 404
    assert stages() == ["applied", "applied"]


def test_one_window_for_all_or_one_after_the_other(lead: Client) -> None:
    rows = several(3)
    address = page_of(lead, "schedule", rows)
    lead.post(address, {**window(), "kind": "room", "every": "60", "together": "2"})
    # In the order of the list, the newest first.
    opened = list(Interview.objects.order_by("-application_id").values_list("window_opens_at", flat=True))
    assert [each - opened[0] for each in opened] == [timedelta(0), timedelta(0), timedelta(hours=1)]
    assert set(Interview.objects.values_list("round", flat=True)) == {1}
    page = lead.get(page_of(lead, "schedule", rows))
    assert [group.why for group in page.context["left_out"]] == ["第 1 轮还没有结束。"]


def test_an_unusual_window_is_asked_about_as_for_one(lead: Client) -> None:
    address = page_of(lead, "schedule", several(2))
    opens = timezone.localtime() + timedelta(days=90)
    odd = {
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}", "kind": "room",
        "closes_at": f"{opens + timedelta(days=12):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    page = lead.post(address, odd)
    assert (page.status_code, Interview.objects.count()) == (422, 0)
    assert len(page.context["form"].warned) == 1
    lead.post(address, {**odd, "sure": page.context["form"].sure})
    assert Interview.objects.count() == 2


def test_interviews_are_moved_reminded_and_called_off_together(lead: Client) -> None:
    interviews = [recruitment.interview(row) for row in several(2)]
    of = "/admin/recruitment/interview/"
    lead.post(page_of(lead, "reschedule", interviews, of=of), window(2))
    assert Event.objects.filter(kind="interview_rescheduled").count() == 2
    lead.post(page_of(lead, "remind", interviews, of=of))
    run = ManyRun.objects.latest("pk")
    assert runs.counts(run)["done"] == 2
    lead.post(page_of(lead, "cancel", interviews, of=of))
    assert set(Interview.objects.values_list("state", flat=True)) == {"cancelled"}
    page = lead.get(page_of(lead, "remind", interviews, of=of))
    assert [group.why for group in page.context["left_out"]] == ["面试已经不是待进行状态。"]


def test_follow_ups_are_claimed_and_closed_together(lead: Client) -> None:
    calls = [recruitment.follow_up(recruitment.interview(row, state="interrupted")) for row in several(2)]
    follow_ups.claim(follow_up_id=calls[1].pk, by=people.recruiter())
    of = "/admin/recruitment/followup/"
    page = page_of(lead, "claim", calls, of=of)
    assert lead.get(page).context["taken_count"] == 1
    lead.post(page)
    lead.post(page_of(lead, "close", calls, of=of), {"outcome": "unreachable", "note": "三次无人接听"})
    assert set(FollowUp.objects.values_list("state", "outcome", "note")) == {
        ("closed", "unreachable", "三次无人接听")
    }


def test_candidates_apply_together_and_who_has_one_there_keeps_it(lead: Client) -> None:
    rows, opening = several(2), recruitment.opening()
    people_ = [row.candidate for row in rows]
    applications.apply(candidate_id=people_[0].pk, opening_id=opening.pk, by=Party.SYSTEM)
    lead.post(page_of(lead, "apply", people_, of="/admin/recruitment/candidate/"), {"opening": opening.pk})
    assert Application.objects.filter(opening=opening).count() == 2
    assert ManyRow.objects.get(state="refused").code == "already_applied"


def test_invitations_rest_on_the_strongest_report_and_are_taken_back(lead: Client) -> None:
    rows = several(2, stage="evaluating")
    for row in rows[:1]:
        report = Assessment.objects.create(
            interview=recruitment.interview(row, state="completed"), attempt=1, basis="fallback", status="current",
            value=Decimal(70), low=Decimal(60), high=Decimal(80), method="test",
        )  # fmt: skip
        Decision.objects.create(application=row, assessment=report, outcome="asked")
    address = page_of(lead, "advance", rows)
    assert lead.get(address).context["left_out_count"] == 1
    lead.post(address)
    assert stages() == ["second_round", "evaluating"]
    lead.post(lead.post(f"{address}take-back/")["Location"])
    assert stages() == ["evaluating", "evaluating"]


def test_a_fault_of_ours_on_one_row_is_written_down_and_the_others_go_on(
    lead: Client,
) -> None:
    rows = several(3)
    with connection.cursor() as cursor:
        only = f"CHECK (id <> {rows[1].pk} OR stage = 'applied')"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE recruitment_application ADD CONSTRAINT odd {only}")
    lead.post(page_of(lead, "screen", rows))
    assert stages() == ["screening", "applied", "screening"]
    assert ManyRow.objects.get(state="refused").code == "IntegrityError"


@pytest.mark.parametrize("step", ["reject", "schedule", "advance", "reopen"])
def test_the_page_asks_the_database_as_often_for_many_as_for_one(lead: Client, step: str) -> None:
    counts = set()
    for number in (1, 6):
        address = page_of(lead, step, several(number))
        with CaptureQueriesContext(connection) as queries:
            assert lead.get(address).status_code == 200
        counts.add(len(queries))
    assert len(counts) == 1


def test_the_latest_runs_stand_in_a_list(lead: Client) -> None:
    page_of(lead, "screen", several(1))
    lead.post(page_of(lead, "screen", several(2)))
    page = lead.get("/admin/recruitment/application/many/")
    assert [(line["run"].by_name, line["counts"]["done"]) for line in page.context["lines"]] == [
        ("刘主管", 2)
    ]
    assert "/admin/recruitment/application/many/" in lead.get(LIST).content.decode()


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_steps_of_a_list_are_pressed_at_once_and_come_before_what_is_chosen_besides(lead: Client) -> None:
    rows = several(2)
    text = text_of(lead, LIST)
    buttons = set(re.findall(r'name="action" value="many_(\w+)" class="hs-direct"', text))
    assert buttons == {step.name for step in steps_of("recruitment.application") if step.look}
    assert {"schedule", "plan_rounds", "draft_offers", "reject"} <= buttons and "tag" not in buttons
    # As a browser sends it: the button that was pressed, and the choice beside it that nobody made.
    chosen = {"action": ["many_reject", ""], "index": "0", "select_across": "0"}
    answer = lead.post(LIST, {**chosen, "_selected_action": [row.pk for row in rows]})
    assert text_of(lead, answer["Location"]).count("候选") >= len(rows)
    # Where there are few steps each has its button.
    queue = text_of(lead, "/admin/recruitment/followup/")
    assert set(re.findall(r'name="action" value="many_(\w+)" class="hs-direct"', queue)) == {"claim", "close"}
    lead.force_login(people.trainer())
    assert "hs-direct" not in text_of(lead, LIST)


def test_one_of_many_is_taken_back_from_the_page_of_the_run(lead: Client) -> None:
    rows = several(3)
    address = page_of(lead, "reject", rows)
    lead.post(address, {"reason": "本批岗位已招满"})
    first, others = rows[0], rows[1:]
    back = f"{LIST}{first.pk}/steps/reopen/"
    assert text_of(lead, address).count("/steps/reopen/") == len(rows)
    answer = lead.post(back, {"reason": "误选", "next": address})
    assert answer["Location"] == address
    text = text_of(lead, address)
    assert back not in text and all(f"{LIST}{row.pk}/steps/reopen/" in text for row in others)
    assert sorted(stages()) == ["applied", "rejected", "rejected"]
    # Whoever may take no steps reads the page, and is offered none.
    lead.force_login(people.trainer())
    assert "/steps/" not in text_of(lead, address)
