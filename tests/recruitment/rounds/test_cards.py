"""Scorecards: only the own is written, no page overwrites another, the others stay hidden until the own is in."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.errors import DomainError, Invalid, NotFound, Refused
from core.events.models import Event
from people.actors import Party
from people.models import User
from recruitment.models import Application, Interview, Resume, Round, Scorecard
from recruitment.rounds import rules
from recruitment.rounds.services import cards, outcomes, planning
from recruitment.services import endings, meetings
from tests.factories import people
from tests.factories import recruitment as make
from tests.factories.rounds import HOUR, noon, planned

pytestmark = pytest.mark.django_db


def held(*interviewers: User, **more: Any) -> Round:
    """A round that began a moment ago."""
    row = planned(*interviewers, **more)
    now = timezone.now() - timedelta(minutes=5)
    Interview.objects.filter(pk=row.interview_id).update(window_opens_at=now, window_closes_at=now + HOUR)
    row.refresh_from_db()
    return row


def content(card: Scorecard, value: int | None = 4, notes: str = "讲得清楚", **more: Any) -> dict[str, Any]:
    """What the page of this card would send."""
    scores = dict.fromkeys(card.scores.values_list("competency", flat=True), value)
    return {"card_id": card.pk, "base": card.revision, "notes": notes, "scores": scores, **more}


def card_of(row: Round, person: User) -> Scorecard:
    return row.cards.get(interviewer=person)


def refused(call: Any, error: type[DomainError], code: str) -> DomainError:
    with pytest.raises(error) as raised:
        call()
    assert raised.value.code == code
    return raised.value


def test_two_pages_of_one_card_never_overwrite_each_other() -> None:
    boss = people.manager()
    card = card_of(held(boss), boss)
    first = cards.save(**content(card, 4, "第一页"), by=boss)
    assert (first.revision, first.notes) == (1, "第一页")

    error = refused(lambda: cards.save(**content(card, 2, "第二页"), by=boss), Refused, "revision_conflict")
    assert (error.extra["revision"], error.extra["notes"]) == (1, "第一页")
    assert set(error.extra["scores"].values()) == {4}
    # The same once more is no conflict and no new revision: the answer was lost on its way.
    assert cards.save(**content(card, 4, "第一页"), by=boss).revision == 1
    assert not Event.objects.filter(kind="scorecard_handed_in").exists()


@pytest.mark.parametrize(
    ("asked", "error", "code"),
    [
        ({"value": 6}, Invalid, "score_unknown"),
        ({"scores": {}}, Invalid, "score_unknown"),
        ({"value": None}, Invalid, "scores_missing"),
        ({"base": 7}, Refused, "revision_conflict"),
    ],
)
def test_what_cannot_be_handed_in_leaves_the_card_as_it_was(
    asked: dict[str, Any], error: type[DomainError], code: str
) -> None:
    boss = people.manager()
    card = card_of(held(boss), boss)
    refused(lambda: cards.hand_in(**content(card, **asked), by=boss), error, code)
    card.refresh_from_db()
    assert (card.revision, card.notes, card.handed_in_at) == (0, "", None)
    assert Interview.objects.get().state == "scheduled"


def test_nobody_hands_in_before_the_round_or_when_it_is_off() -> None:
    boss = people.manager()
    row = planned(boss)
    refused(lambda: cards.hand_in(**content(card_of(row, boss)), by=boss), Refused, "round_ahead")
    endings.cancel(interview_id=row.interview_id, by=Party.SYSTEM)
    refused(lambda: cards.hand_in(**content(card_of(row, boss)), by=boss), Refused, "round_off")


def test_nobody_writes_another_persons_card_whatever_the_rights() -> None:
    boss = people.manager()
    card = card_of(held(boss), boss)
    for person in (people.lead(), people.recruiter(), people.manager(), people.user(is_superuser=True)):
        for step in (cards.save, cards.hand_in):
            refused(
                lambda step=step, person=person: step(**content(card), by=person), NotFound, "card_unknown"
            )
    planning.arrange(
        interview_id=card.round.interview_id, by=Party.SYSTEM, room="301",
        opens_at=noon(), closes_at=noon() + HOUR, interviewers=[people.manager().pk],
    )  # fmt: skip
    refused(lambda: cards.save(**content(card), by=boss), NotFound, "card_unknown")


def test_the_first_card_says_that_it_took_place_and_handed_in_is_final() -> None:
    boss, other = people.manager(), people.manager()
    row = held(boss, other)
    cards.hand_in(**content(card_of(row, boss)), by=boss)
    assert Interview.objects.get().state == "completed"
    assert Application.objects.get().stage == "second_round"

    card = card_of(row, boss)
    refused(lambda: cards.save(**content(card, 1), by=boss), Refused, "handed_in")
    refused(lambda: cards.hand_in(**content(card, 1), by=boss), Refused, "handed_in")
    cards.hand_in(**content(card), by=boss)
    cards.hand_in(**content(card_of(row, other), 2), by=other)
    assert Event.objects.filter(kind="scorecard_handed_in").count() == 2
    assert Event.objects.filter(kind="interview_completed").count() == 1


def test_changing_it_takes_a_reason_that_is_kept() -> None:
    boss = people.manager()
    row = held(boss)
    early = content(card_of(row, boss), reason="看错了")
    refused(lambda: cards.correct(**early, by=boss), Refused, "not_handed_in")
    cards.hand_in(**content(card_of(row, boss)), by=boss)
    refused(
        lambda: cards.correct(**content(card_of(row, boss), 5, reason=" "), by=boss),
        Invalid,
        "reason_missing",
    )

    changed = content(card_of(row, boss), reason="看错了")
    first = next(iter(changed["scores"]))
    changed["scores"][first] = 5
    cards.correct(**changed, by=boss)
    cards.correct(**{**changed, "base": 2}, by=boss)
    last = Event.objects.filter(kind="scorecard_handed_in").latest("pk")
    assert (last.facts["reason"], last.facts["changed"]) == ("看错了", [[first, 4, 5]])
    assert Event.objects.filter(kind="scorecard_handed_in").count() == 2


def test_the_others_scores_are_hidden_until_ones_own_is_in() -> None:
    boss, recruiter, lead = people.manager(), people.recruiter(), people.lead()
    row = held(boss, recruiter)

    def reads(person: User) -> list[str]:
        return [str(card.interviewer) for card in rules.readable(row, person)]

    cards.hand_in(**content(card_of(row, boss)), by=boss)
    # Who owes a card reads the own one alone, though they take care of the application.
    assert (reads(recruiter), reads(boss), reads(lead)) == (["李招聘"], ["孙经理"], ["孙经理"])
    assert [reads(one) for one in (people.trainer(), people.manager(), people.user())] == [[], [], []]
    cards.save(**content(card_of(row, recruiter), 1, "草稿"), by=recruiter)
    assert reads(lead) == ["孙经理"]  # nobody reads a draft
    cards.hand_in(**{**content(card_of(row, recruiter), 1, "草稿"), "base": 1}, by=recruiter)
    assert reads(boss) == reads(recruiter) == reads(lead) == ["孙经理", "李招聘"]


def test_the_outcome_is_a_persons_and_moves_nothing_by_itself() -> None:
    boss, recruiter = people.manager(), people.recruiter()
    row = held(boss)
    where = {"interview_id": row.interview_id}
    refused(lambda: outcomes.settle(**where, outcome="passed", by=recruiter), Refused, "not_held_yet")
    meetings.took_place(**where, by=recruiter)
    refused(lambda: outcomes.settle(**where, outcome="not_passed", by=recruiter), Invalid, "reason_missing")
    refused(lambda: outcomes.settle(**where, outcome="great", by=recruiter), Invalid, "outcome_unknown")
    refused(lambda: outcomes.settle(**where, outcome="passed", by=boss), DomainError, "not_permitted")

    for _twice in range(2):
        outcomes.settle(**where, outcome="not_passed", reason="缺少项目经验", by=recruiter)
    row.refresh_from_db()
    assert (row.outcome, row.outcome_reason, row.settled_by) == ("not_passed", "缺少项目经验", recruiter)
    assert Event.objects.filter(kind="round_settled").count() == 1
    assert Application.objects.get().stage == "second_round"
    outcomes.settle(**where, outcome="open", by=recruiter)
    row.refresh_from_db()
    assert (row.outcome, row.settled_by, row.settled_at) == ("open", None, None)


def page(person: User, address: str = "/admin/rounds/") -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_the_interviewers_page_says_what_the_round_needs_and_no_contact() -> None:
    boss, other = people.manager(name="孙经理"), people.manager(name="钱经理")
    of = make.application(stage="second_round")
    make.interview(of, state="completed")
    make.written_test(of)
    row = held(boss, other, of=of)
    address = f"/admin/rounds/{card_of(row, boss).pk}/"
    said = page(boss, address)
    assert "张三" in said and "301" in said and "钱经理" in said and "沟通能力" in said and "笔试" in said
    assert of.candidate.email not in said and of.candidate.phone not in said
    assert address in page(boss)

    stranger = Client()
    assert stranger.get(address).headers["Location"].startswith("/admin/login/?next=")
    for person in (people.manager(), people.lead(), other):
        stranger.force_login(person)
        assert stranger.get(address).status_code == 404
        assert stranger.post(f"{address}hand-in/", {"base": "0"}).status_code in (404, 422)
        assert stranger.post(f"{address}save/", {"base": "0"}).status_code in (404, 422)


def test_saved_as_typed_handed_in_and_refused_on_the_page() -> None:
    boss, other = people.manager(), people.manager(name="钱经理")
    row = held(boss, other)
    cards.hand_in(**content(card_of(row, other), 1, "钱经理的评语"), by=other)
    card = card_of(row, boss)
    address = f"/admin/rounds/{card.pk}/"
    client = Client()
    client.force_login(boss)
    fields = {f"score-{one}": "" for one in card.scores.values_list("competency", flat=True)}
    assert "钱经理的评语" not in client.get(address).content.decode()

    saved = client.post(f"{address}save/", {**fields, "base": "0", "notes": "写到一半"})
    assert (saved.status_code, saved.json()["revision"]) == (200, 1)
    stale = client.post(f"{address}save/", {**fields, "base": "0", "notes": "另一页"})
    assert (stale.status_code, stale.json()["code"], stale.json()["notes"]) == (
        409,
        "revision_conflict",
        "写到一半",
    )
    for wrong in ({"base": "x"}, {"base": "1", next(iter(fields)): "很好"}):
        assert client.post(f"{address}save/", {**fields, **wrong}).status_code == 422
    missing = client.post(f"{address}hand-in/", {**fields, "base": "1", "notes": "还没打分"})
    assert missing.status_code == 422 and "还没打分" in missing.content.decode()

    whole = {**dict.fromkeys(fields, "5"), "base": "1", "notes": "写完了"}
    assert client.post(f"{address}hand-in/", whole).status_code == 302
    assert "钱经理的评语" in client.get(address).content.decode()
    changed = client.post(f"{address}correct/", {**whole, "base": "2", "notes": "改了", "reason": "补充"})
    assert changed.status_code == 302
    card.refresh_from_db()
    assert (card.revision, card.notes) == (3, "改了")


def test_handed_in_leads_to_the_next_card_that_can_be_and_at_last_to_the_others() -> None:
    boss, other = people.manager(), people.manager(name="钱经理")

    def begun(hours: int, name: str, *who: User) -> Round:
        row = planned(*who, of=make.application(candidate=make.candidate(name), stage="second_round"))
        opens = timezone.now() - hours * HOUR
        Interview.objects.filter(pk=row.interview_id).update(
            window_opens_at=opens, window_closes_at=opens + HOUR
        )
        return row

    second, called_off, first = begun(3, "李四", boss), begun(5, "王五", boss), begun(1, "张三", boss, other)
    endings.cancel(interview_id=called_off.interview_id, by=Party.SYSTEM)
    planned(boss, of=make.application(candidate=make.candidate("赵六"), stage="second_round"), at=noon(3))
    client = Client()
    client.force_login(boss)

    def hand_in(row: Round) -> str:
        card = card_of(row, boss)
        fields = {f"score-{one}": "4" for one in card.scores.values_list("competency", flat=True)}
        answer = client.post(f"/admin/rounds/{card.pk}/hand-in/", {**fields, "base": "0", "notes": "好"})
        return str(answer.headers["Location"])

    address = f"/admin/rounds/{card_of(first, boss).pk}/"
    on = hand_in(second)
    assert on == f"{address}?handed-in={card_of(second, boss).pk}"
    assert "李四的评分表已提交" in page(boss, on)
    # Whose card is not in, is somebody else's, or is no number, is no card that was handed in.
    for wrong in (card_of(first, boss).pk, card_of(first, other).pk, "²", "9" * 30, "x"):
        assert "评分表已提交" not in page(boss, f"{address}?handed-in={wrong}")
    # Neither what was called off nor what is still ahead comes next.
    assert hand_in(first) == address


def test_lists_and_pages_read_as_much_for_many_as_for_one(django_assert_num_queries: Any) -> None:
    from django.db import connection  # only here
    from django.test.utils import CaptureQueriesContext

    boss = people.manager()
    client = Client()
    client.force_login(boss)
    planned(boss)
    client.get("/admin/rounds/")

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            client.get("/admin/rounds/")
        return len(made)

    few = cost()
    for days in (3, 4, 5):
        planned(boss, at=noon(days))
    assert cost() == few


def test_an_interviewer_reads_the_resumes_of_the_round_and_no_others() -> None:
    boss, other = people.manager(), people.manager()
    of = make.application(stage="second_round")
    again = make.application(candidate=of.candidate)
    sent = {
        "kind": "pdf",
        "name": "简历.pdf",
        "stored_name": "x",
        "sha256": "0" * 64,
        "bytes": 1,
        "state": "read",
    }
    mine = Resume.objects.create(candidate=of.candidate, application=of, **sent)
    general = Resume.objects.create(candidate=of.candidate, **sent)
    Resume.objects.create(candidate=of.candidate, application=again, **sent)
    Resume.objects.create(candidate=make.candidate("李四"), **sent)
    assert not Resume.objects.visible_to(boss).exists()
    planned(boss, of=of)
    assert set(Resume.objects.visible_to(boss)) == {mine, general}
    assert (
        not Resume.objects.visible_to(other).exists()
        and Resume.objects.visible_to(people.trainer()).count() == 4
    )


def test_a_department_manager_signs_in_for_the_own_rounds_and_for_nothing_else() -> None:
    boss = people.manager()
    card = card_of(planned(boss), boss)
    address = f"/admin/rounds/{card.pk}/"
    client = Client()
    asked = {"username": boss.username, "password": people.PASSWORD}
    assert client.post("/admin/login/", asked).headers["Location"] == "/admin/managers/"
    assert client.get(address).status_code == 200
    for closed in (
        "/admin/",
        "/admin/recruitment/application/",
        f"/admin/recruitment/round/{card.round_id}/",
    ):
        assert client.get(closed).status_code in (302, 404), closed

    client = Client()
    assert client.post(f"/admin/login/?next={address}", asked).headers["Location"] == address
    nobody = people.user()
    answer = Client().post("/admin/login/", {"username": nobody.username, "password": people.PASSWORD})
    assert answer.status_code == 200 and "sessionid" not in answer.cookies
