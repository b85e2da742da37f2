"""问题反馈: raised by anybody from their page, seen by right, taken on by one, answered once, and told."""

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import DomainError
from messaging.models import Message
from people.actors import Party
from people.models import Role
from recruitment.models import Problem
from recruitment.services import links, problems
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def told() -> set[tuple[str, str]]:
    return set(Message.objects.values_list("kind", "audience"))


def test_a_colleagues_report_goes_to_the_lead_and_the_answer_back(client: Client):
    lead, manager = people.lead(), people.manager()
    client.force_login(manager)
    address = reverse("problem_report")
    shown = client.get(address, headers={"referer": "http://testserver/admin/rounds/?q=secret"})
    assert shown.context["page"] == "/admin/rounds/"
    form = {"words": "评分表保存不了", "page": shown.context["page"]}
    for _twice in range(2):
        assert client.post(address, form).status_code == 302
    row = Problem.objects.get()
    assert (row.raised_by, row.application, row.page, row.state) == (manager, None, "/admin/rounds/", "open")
    assert told() == {("problem", "lead")}
    assert "评分表" not in Message.objects.get().body
    problems.take(problem_id=row.pk, by=lead)
    problems.answer(problem_id=row.pk, words="已修好，请刷新页面", by=lead)
    assert told() == {("problem", "lead"), ("problem_answered", "colleague")}
    assert Message.objects.get(audience="colleague").user == manager
    page = client.get(address).content.decode()
    assert str(row) in page and "已修好，请刷新页面" in page and "周负责" in page


def test_a_candidate_reports_from_the_own_page_and_reads_the_answer_there(client: Client):
    interview = make.interview()
    specialist = interview.application.opening.specialist
    token = links.mint(interview_id=interview.pk, by=Party.SYSTEM)
    address = reverse("room:problem")
    assert client.get(address).status_code == 401
    client.post(reverse("room:confirm", args=[token]))
    assert client.post(address, {"words": " "}).status_code == 422
    assert client.post(address, {"words": "摄像头打不开"}).status_code == 302
    row = Problem.objects.get()
    assert (row.application, row.raised_by) == (interview.application, None)
    assert (told(), Message.objects.get().user) == ({("problem", "specialist")}, specialist)
    problems.answer(problem_id=row.pk, words="请改用文字作答，不影响结果", by=specialist)
    message = Message.objects.get(audience="candidate")
    assert "请改用文字作答" in message.body and "«" not in message.body + message.subject
    assert "请改用文字作答" in client.get(address).content.decode()
    other = Client()
    token = links.mint(interview_id=make.interview().pk, by=Party.SYSTEM)
    other.post(reverse("room:confirm", args=[token]))
    assert "摄像头" not in other.get(address).content.decode()


@pytest.mark.parametrize(("words", "code"), [
    ("", "problem_empty"), ("\x00\n", "problem_empty"), ("x" * 2001, "problem_too_long"),
])  # fmt: skip
def test_what_is_refused_leaves_nothing(words: str, code: str):
    with pytest.raises(DomainError) as refused:
        problems.report(words=words, by=people.recruiter())
    assert (refused.value.code, Problem.objects.exists(), told()) == (code, False, set())


def test_nobody_raises_without_end_nor_without_being_anybody():
    by = people.user()
    for number in range(problems.MOST_IN_A_DAY):
        problems.report(words=f"{number}", by=by)
    for who, code in (
        (by, "too_many_problems"),
        (Party.CANDIDATE, "not_permitted"),
        (Party.SYSTEM, "not_permitted"),
    ):
        with pytest.raises(DomainError) as refused:
            problems.report(words="还有", by=who)
        assert refused.value.code == code


def test_one_takes_it_on_and_one_answers():
    row = problems.report(words="x", by=people.trainer())
    first, second = people.lead(), people.recruiter()
    problems.take(problem_id=row.pk, by=first)
    for step, code in ((lambda: problems.take(problem_id=row.pk, by=second), "problem_taken"),):
        with pytest.raises(DomainError) as refused:
            step()
        assert refused.value.code == code
    problems.answer(problem_id=row.pk, words="好了", by=second)
    for again in (
        lambda: problems.answer(problem_id=row.pk, words="又好了", by=first),
        lambda: problems.take(problem_id=row.pk, by=first),
    ):
        with pytest.raises(DomainError) as refused:
            again()
        assert refused.value.code == "problem_answered"
    row.refresh_from_db()
    assert (row.answer, row.owner, row.state) == ("好了", second, "answered")


def test_who_sees_and_who_answers(client: Client):
    of_candidate = problems.report(
        words="候选人的问题", application_id=make.application().pk, by=Party.CANDIDATE
    )
    of_colleague = problems.report(words="同事的问题", by=people.manager())
    seen, let_in = {}, {}
    for who, by in {
        "recruiter": people.recruiter(),
        "trainer": people.trainer(),
        "administrator": people.user(Role.ADMINISTRATOR),
        "interviewer": people.user(Role.INTERVIEWER),
    }.items():
        seen[who] = set(Problem.objects.visible_to(by))
        let_in[who] = []
        for row in (of_candidate, of_colleague):
            try:
                problems.take(problem_id=row.pk, by=by)
            except DomainError as error:
                let_in[who].append(error.code)
            else:
                let_in[who].append("")
        Problem.objects.update(state="open", owner=None)
    both = {of_candidate, of_colleague}
    assert seen == {
        "recruiter": both, "trainer": both, "administrator": {of_colleague}, "interviewer": set(),
    }  # fmt: skip
    assert let_in == {
        "recruiter": ["", ""],
        "trainer": ["not_permitted", "not_permitted"],
        "administrator": ["problem_unknown", ""],
        "interviewer": ["not_permitted", "not_permitted"],
    }
    client.force_login(people.user(Role.ADMINISTRATOR))
    shown = client.get(reverse("admin:recruitment_problem_changelist"))
    assert list(shown.context["cl"].result_list) == [of_colleague]
    address = reverse("admin:recruitment_problem_step", args=[of_candidate.pk, "take"])
    assert client.post(address).status_code in (302, 404)
    of_candidate.refresh_from_db()
    assert of_candidate.state == "open"


def test_strangers_are_asked_to_sign_in(client: Client):
    assert client.get(reverse("problem_report")).status_code == 302
    assert client.post(reverse("problem_report"), {"words": "x"}).status_code == 302
    assert not Problem.objects.exists()
