"""Two entries of one person become one: everything moves, what stood there is kept, and nothing is lost."""

import pytest

from core.errors import DomainError
from core.events.models import Event
from messaging.models import Message
from onboarding.models import OnboardingCase
from people.actors import Party
from people.services import employees
from recruitment.models import Application, Candidate, CandidateMerge, FollowUp
from recruitment.services import interviews, merging
from tests.core.admin.pages import address_of
from tests.factories import onboarding, people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def two() -> tuple[Candidate, Candidate]:
    return (
        make.candidate("张三", phone="13800138000", email=""),
        make.candidate("张 三", phone="13900139000", email="zhang@b.com"),
    )


def refusal(**given) -> str:
    with pytest.raises(DomainError) as refused:
        merging.merge(**given)
    return refused.value.code


def test_everything_of_both_is_one_persons():
    keep, gone = two()
    first = make.application(candidate=keep)
    row = make.interview(make.application(candidate=gone, stage="interviewing"), state="in_progress")
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.SYSTEM)
    case = onboarding.case(row.application)
    told = set(Message.objects.to(gone).values_list("pk", flat=True))
    assert told and FollowUp.objects.filter(interview=row).exists()
    lead = people.lead()

    entry = merging.merge(keep_id=keep.pk, gone_id=gone.pk, by=lead)

    assert set(Candidate.objects.values_list("pk", flat=True)) == {keep.pk}
    keep.refresh_from_db()
    assert (keep.name, keep.phone, keep.email, keep.other_contacts) == (
        "张三", "+8613800138000", "zhang@b.com", "139 0013 9000"
    )  # fmt: skip
    assert set(keep.applications.values_list("pk", flat=True)) == {first.pk, row.application_id}
    assert set(Message.objects.to(keep).values_list("pk", flat=True)) == told
    assert FollowUp.objects.get(interview=row).interview.application.candidate == keep
    assert (entry.kept, entry.gone, entry.name, entry.phone, entry.email, entry.applications) == (
        keep, gone.pk, "张三", "+8613900139000", "zhang@b.com", [row.application_id]
    )  # fmt: skip
    assert entry.merged_by == lead
    # The employee file follows who stays.
    case.employee.refresh_from_db()
    assert (case.employee.name, case.employee.phone) == ("张三", "+8613800138000")
    assert Event.objects.filter(kind="candidate_corrected").count() == 1
    # What was merged into the one that goes now, comes along.
    third = make.candidate("张三丰", phone="13700137000", email="")
    merging.merge(keep_id=third.pk, gone_id=keep.pk, by=lead)
    assert set(third.merges.values_list("gone", flat=True)) == {gone.pk, keep.pk}


def test_two_open_applications_at_one_opening_are_refused_and_nothing_moves():
    keep, gone = two()
    opening = make.opening()
    for person in (keep, gone):
        make.application(opening, candidate=person)
    before = list(Application.objects.order_by("pk").values_list("pk", "candidate"))
    assert refusal(keep_id=keep.pk, gone_id=gone.pk, by=people.lead()) == "both_applied"
    assert list(Application.objects.order_by("pk").values_list("pk", "candidate")) == before
    assert not CandidateMerge.objects.exists()
    # One that was called off is no open one.
    Application.objects.filter(candidate=gone).delete()
    make.application(opening, candidate=gone, stage="rejected")
    merging.merge(keep_id=keep.pk, gone_id=gone.pk, by=people.lead())
    assert keep.applications.count() == 2


def test_two_employee_files_in_use_are_refused_and_one_that_is_over_comes_along():
    keep, gone = two()
    mine, theirs = (onboarding.case(make.application(candidate=row, stage="hired")) for row in (keep, gone))
    lead = people.lead()
    assert mine.employee_id != theirs.employee_id
    with pytest.raises(DomainError) as refused:
        merging.merge(keep_id=keep.pk, gone_id=gone.pk, by=lead)
    assert refused.value.code == "both_have_files"
    assert refused.value.extra == {"files": sorted([mine.employee_id, theirs.employee_id])}
    assert mine.employee.number in str(refused.value.message)
    assert theirs.employee.number in str(refused.value.message)
    assert set(Candidate.objects.values_list("pk", flat=True)) == {keep.pk, gone.pk}

    employees.set_status(employee_id=theirs.employee_id, status="active")
    assert refusal(keep_id=keep.pk, gone_id=gone.pk, by=lead) == "both_have_files"
    employees.set_status(employee_id=theirs.employee_id, status="left")
    merging.merge(keep_id=keep.pk, gone_id=gone.pk, by=lead)
    # One file in use, and the other as the history that it is.
    of_person = OnboardingCase.objects.filter(application__candidate=keep)
    assert set(of_person.values_list("employee", "employee__status")) == {
        (mine.employee_id, "preparing"),
        (theirs.employee_id, "left"),
    }


def test_two_prospective_hires_of_one_name_are_told_apart_by_their_applications():
    keep, gone = (make.candidate("张三", phone=f"1380013800{n}", email="") for n in range(2))
    cases = [onboarding.case(make.application(candidate=row, stage="second_round")) for row in (keep, gone)]
    assert {str(case.employee) for case in cases} == {"张三"}
    with pytest.raises(DomainError) as refused:
        merging.merge(keep_id=keep.pk, gone_id=gone.pk, by=people.lead())
    assert refused.value.code == "both_have_files"
    one, other = (f"张三（应聘编号 {case.application_id}）" for case in cases)
    assert str(refused.value.message) == (
        f"两人都有正在使用的员工档案（{one}、{other}）：请先取消其中一个入职，或将其中一份标记为已离职。"
    )


def test_who_may_not_and_what_is_not_there():
    keep, gone = two()
    lead = people.lead()
    assert refusal(keep_id=keep.pk, gone_id=keep.pk, by=lead) == "merge_with_oneself"
    assert refusal(keep_id=keep.pk, gone_id=0, by=lead) == "candidate_unknown"
    for person in (people.onboarder(), people.trainer(), people.manager(), Party.CANDIDATE):
        assert refusal(keep_id=keep.pk, gone_id=gone.pk, by=person) == "not_permitted"
    # A recruiter of one department does not touch another's applications.
    make.application(make.opening(people.department("甲")), candidate=gone)
    other = people.recruiter(department=people.department("乙"))
    assert refusal(keep_id=keep.pk, gone_id=gone.pk, by=other) == "not_permitted"
    assert Candidate.objects.count() == 2


def test_the_page_shows_both_and_asks(client):
    keep, gone = two()
    make.application(make.opening(title="数据分析师甲"), candidate=gone)
    client.force_login(people.lead())
    page = client.get(address_of(keep)).content.decode()
    assert f"/steps/merge/?other={gone.pk}" in page
    step = address_of(keep).replace("/change/", "/steps/merge/")
    page = client.get(step, {"other": gone.pk}).content.decode()
    for word in ("138****8000", "139****9000", "z***@b.com", "数据分析师甲"):
        assert word in page
    assert client.get(step, {"other": "x"}).status_code == client.get(step, {"other": "²"}).status_code == 200
    answer = client.post(step, {"other": gone.pk})
    assert (answer.status_code, Candidate.objects.count()) == (422, 2)
    assert client.post(step, {"other": gone.pk, "same": "on"}).status_code == 302
    assert set(Candidate.objects.values_list("pk", flat=True)) == {keep.pk}
    page = client.get(address_of(keep)).content.decode()
    assert f"将编号 {gone.pk} 的档案" in page
