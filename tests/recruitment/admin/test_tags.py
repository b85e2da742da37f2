"""Tags: put on and taken off by the selection, in the lists and their filters, for HR alone; kept through a merge."""

from typing import Any

import pytest
from django.test import Client

from core.errors import DomainError
from core.exchange import reading
from recruitment.models import Candidate, CandidateTag, Tag
from recruitment.services import merging, tags
from tests.factories import api, people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
CANDIDATES, APPLICATIONS = "/admin/recruitment/candidate/", "/admin/recruitment/application/"


@pytest.fixture
def lead(client: Client) -> Client:
    api.calendar()
    client.force_login(people.lead(name="刘主管"))
    return client


def several(number: int) -> list[Any]:
    opening = make.opening()
    return [make.application(opening, candidate=make.candidate(f"候选{n}")) for n in range(number)]


def chosen(client: Client, action: str, rows: list[Any], *, of: str = CANDIDATES, across: str = "0") -> Any:
    values = {"action": action, "_selected_action": [row.pk for row in rows], "select_across": across}
    return client.post(of, values)


def of(candidate: Candidate) -> list[str]:
    return list(candidate.tags.values_list("tag", flat=True))


@pytest.mark.parametrize("address", [CANDIDATES, APPLICATIONS])
def test_a_selection_gets_tags_and_loses_them_again(lead: Client, address: str) -> None:
    rows = several(3)
    people_of = [row.candidate for row in rows]
    chosen_rows = people_of if address == CANDIDATES else rows
    page = chosen(lead, "many_tag", chosen_rows[:2], of=address)["Location"]
    assert not CandidateTag.objects.exists()
    lead.post(page, {"tags": "英语好，可出差\n英语好"})
    assert [of(one) for one in people_of] == [["英语好", "可出差"]] * 2 + [[]]
    page = chosen(lead, "many_untag", chosen_rows, of=address)["Location"]
    assert "在用：" in lead.get(page).content.decode()
    lead.post(page, {"tags": "英语好"})
    assert [of(one) for one in people_of] == [["可出差"]] * 2 + [[]]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("，；", "请至少填写一个标签。"),
        ("长" * 31, "标签最多 30 个字。"),
        ("1、2、3、4、5、6", "一次最多添加五个标签。"),
    ],
)
def test_what_cannot_be_a_tag_is_said_on_the_form(lead: Client, typed: str, says: str) -> None:
    page = chosen(lead, "many_tag", [several(1)[0].candidate])["Location"]
    answer = lead.post(page, {"tags": typed})
    assert (answer.status_code, CandidateTag.objects.count()) == (422, 0)
    assert says in answer.content.decode()


def test_a_word_written_otherwise_is_the_same_tag_and_twice_is_once() -> None:
    one, other = make.candidate("甲某"), make.candidate("乙某")
    recruiter = people.recruiter()
    assert tags.put(candidate_id=one.pk, names=["Java"], by=recruiter) == ["Java"]
    assert tags.put(candidate_id=other.pk, names=["ＪＡＶＡ"], by=recruiter) == ["Java"]
    assert tags.put(candidate_id=one.pk, names=["java"], by=recruiter) == []
    assert list(Tag.objects.values_list("name", flat=True)) == ["Java"]
    assert tags.take_off(candidate_id=one.pk, names=["JAVA"], by=recruiter) == ["Java"]
    assert tags.take_off(candidate_id=one.pk, names=["Java"], by=recruiter) == []
    assert (of(one), of(other), tags.offered()) == ([], ["Java"], ["Java"])


def test_twenty_are_the_most_and_who_is_erased_takes_none() -> None:
    candidate, recruiter = make.candidate(), people.recruiter()
    for n in range(4):
        tags.put(candidate_id=candidate.pk, names=[f"标签{n}-{m}" for m in range(5)], by=recruiter)
    with pytest.raises(DomainError) as refused:
        tags.put(candidate_id=candidate.pk, names=["再来一个"], by=recruiter)
    assert (refused.value.code, CandidateTag.objects.count()) == ("too_many_tags", 20)
    Candidate.objects.update(erased_at="2026-11-01T00:00:00Z")
    with pytest.raises(DomainError) as refused:
        tags.put(candidate_id=candidate.pk, names=["标签0-0"], by=recruiter)
    assert refused.value.code == "erased_already"


@pytest.mark.parametrize("many", [False, True])
def test_lists_are_narrowed_by_a_tag(lead: Client, many: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if many:
        monkeypatch.setattr("recruitment.admin.tags.REACH", 0)
    rows = several(3)
    tags.put(candidate_id=rows[1].candidate_id, names=["英语好"], by=people.recruiter())
    found = lead.get(CANDIDATES, {"tag": "英语好"}).context["cl"].result_list
    assert [(row.pk, row.tag_names) for row in found] == [(rows[1].candidate_id, "英语好")]
    assert [row.pk for row in lead.get(APPLICATIONS, {"tag": "英语好"}).context["cl"].result_list] == [
        rows[1].pk
    ]


def test_a_manager_reads_no_tag(client: Client) -> None:
    row = several(1)[0]
    tags.put(candidate_id=row.candidate_id, names=["谈薪困难"], by=people.recruiter())
    client.force_login(people.manager(row.opening.department))
    for address in (CANDIDATES, APPLICATIONS, f"{CANDIDATES}{row.candidate_id}/change/"):
        assert "谈薪困难" not in client.get(address, follow=True).content.decode()


def test_a_merge_keeps_the_tags_of_both_each_once() -> None:
    recruiter = people.recruiter()
    keep, gone = make.candidate("张三"), make.candidate("张三丰")
    tags.put(candidate_id=keep.pk, names=["英语好"], by=recruiter)
    tags.put(candidate_id=gone.pk, names=["英语好", "可出差"], by=recruiter)
    merging.merge(keep_id=keep.pk, gone_id=gone.pk, by=people.lead())
    assert of(keep) == ["英语好", "可出差"]
    assert CandidateTag.objects.count() == 2


@pytest.mark.parametrize(("across", "names"), [("0", ["候选0", "候选2"]), ("1", ["候选0", "候选1", "候选2"])])
def test_the_chosen_rows_are_taken_away_as_a_file(lead: Client, across: str, names: list[str]) -> None:
    rows = [row.candidate for row in several(3)]
    tags.put(candidate_id=rows[0].pk, names=["英语好", "可出差"], by=people.recruiter())
    answer = chosen(lead, "export_chosen", [rows[0], rows[2]], across=across)
    head, *lines = [list(line.cells) for line in reading.lines(answer.content)]
    assert sorted(line[0] for line in lines) == names
    at = head.index("标签")
    assert {line[at] for line in lines if line[0] == "候选0"} == {"英语好、可出差"}
