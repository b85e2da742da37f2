"""Identity document and address: sealed in the table and the history, by whom given, known twice, erased, resealed."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.errors import DomainError, Forbidden
from core.events.models import Event
from core.history.models import Change
from core.history.words import Words
from core.jobs import retention as periods
from core.sealed import resealing, ring
from core.searching import Asked, ids_matching
from onboarding import retention
from onboarding.models import EmployeeIdentity, OnboardingCase
from onboarding.services import identities, steps
from people.actors import Party
from people.enums import EmployeeStatus, Role
from people.models import Employee
from people.services import employees
from recruitment.enums import ApplicationStage
from recruitment.privacy import copying
from recruitment.privacy.services import erasing, holding
from recruitment.services import applications
from tests.factories import onboarding, people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
NUMBER, OTHER = "11010519491231002X", "440304198802290012"
HOME = "广东省深圳市南山区科苑路 1 号 402 室"
SECRETS = (NUMBER, "1949", "002X", "002x", OTHER, "科苑路", "402")


def hired(name: str = "张三", **fields: Any) -> OnboardingCase:
    candidate = make.candidate(name, **fields)
    return onboarding.case(make.application(stage=ApplicationStage.HIRED, candidate=candidate))


def give(case: OnboardingCase, by: Any = Party.CANDIDATE, **other: str) -> identities.Given:
    values = {"kind": "resident", "number": NUMBER, "address": HOME} | other
    return identities.give(case_id=case.pk, by=by, **values)


def refused(case: OnboardingCase, by: Any = Party.CANDIDATE, **other: str) -> str:
    with pytest.raises(DomainError) as error:
        give(case, by, **other)
    return error.value.code


def owing() -> list[str]:
    return [case.employee.name for case in OnboardingCase.objects.owing_identity().order_by("pk")]


def test_no_table_holds_a_part_of_it_that_can_be_read() -> None:
    row = give(hired()).identity
    give(OnboardingCase.objects.get(), number=OTHER)
    with connection.cursor() as cursor:
        stored = []
        for table, key in (
            ("onboarding_employeeidentity", row.pk),
            ("history_change", None),
            ("events_event", None),
        ):
            cursor.execute(
                f"SELECT to_jsonb(t)::text FROM {table} t WHERE %s IS NULL OR to_jsonb(t) ->> 'employee_id' = %s::text",
                [key, key],
            )
            stored += [line for (line,) in cursor.fetchall()]
    # Moments have digits of their own.
    whole = "\n".join(stored)
    assert len(stored) > 4 and [secret for secret in (NUMBER, OTHER, "科苑路", HOME) if secret in whole] == []
    found = EmployeeIdentity.objects.get()
    assert (found.number, found.address, found.given_by) == (OTHER, HOME, None)


def test_the_table_takes_nothing_plain() -> None:
    row = give(hired()).identity
    for column in ("number", "address"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE onboarding_employeeidentity SET {column} = 'plain' WHERE employee_id = %s", [row.pk]
            )


def test_the_history_says_that_it_changed_and_shows_it_masked() -> None:
    row = give(hired()).identity
    give(OnboardingCase.objects.get(), number=OTHER, address="上海市浦东新区世纪大道 1 号")
    changes = Change.objects.filter(model="onboarding.employeeidentity", did="U")
    assert [set(one.after) - {"given_at"} for one in changes] == [{"number", "address"}]
    assert all(
        ring.is_sealed(value) for one in changes for value in (one.before["number"], one.after["address"])
    )
    said = "\n".join(Words(changes, own="onboarding.employeeidentity").sentences(changes[0]))
    assert "**************002X" in said and "**************0012" in said and "上海市•••" in said
    assert [secret for secret in (NUMBER, OTHER, "科苑路", "世纪大道") if secret in said] == []
    assert row.pk == EmployeeIdentity.objects.get().pk


def test_who_may_give_it_and_when() -> None:
    offered = onboarding.case(
        make.application(stage=ApplicationStage.OFFER, candidate=make.candidate("李四"))
    )
    assert refused(offered) == "not_hired"
    case = hired()
    for by in (
        people.recruiter(),
        people.trainer(),
        people.manager(),
        people.user(Role.ADMINISTRATOR),
        Party.VENDOR,
    ):
        with pytest.raises(Forbidden):
            give(case, by)
    assert refused(case, number="110105194912310021") == "document_number_mistyped"
    assert not EmployeeIdentity.objects.exists() and not Event.objects.filter(kind="identity_given").exists()
    by = people.onboarder()
    assert give(case, by).identity.given_by == by
    before = EmployeeIdentity.objects.get().given_at
    assert give(case, people.lead()).identity.given_at == before  # the same again is nothing
    assert Event.objects.filter(kind="identity_given").count() == 1
    assert Event.objects.get(kind="identity_given").facts == {
        "kind": "resident",
        "by_person": False,
        "same_as": [],
    }


def test_after_the_start_only_colleagues_correct_it_and_nobody_once_it_was_called_off() -> None:
    started, over = onboarding.ready_case(), hired("李四")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "localdate", lambda *_given: started.planned_start)
        steps.mark_started(case_id=started.pk, by=people.lead(), on=started.planned_start)
    assert refused(started) == "started_already"
    assert give(started, people.onboarder()).identity.number == NUMBER
    applications.take_step(
        application_id=over.application_id, step="fall_through", reason="毁约", by=people.lead()
    )
    assert {refused(over, by) for by in (Party.CANDIDATE, people.lead())} == {"case_over"}


def test_who_owes_it_is_whoever_was_hired_and_has_not_given_it() -> None:
    case = hired()
    onboarding.case(make.application(stage="second_round", candidate=make.candidate("拟入职")))
    assert owing() == ["张三"]
    give(case)
    assert owing() == []


def test_the_same_number_of_two_people_is_named_by_its_mark_alone() -> None:
    first, second = hired(), hired("李四")
    assert give(first).same_as == []
    assert give(second, number="110105 19491231 002x").same_as == [first.employee]
    assert Event.objects.filter(kind="identity_given").latest("pk").facts["same_as"] == [first.employee_id]
    both = {first.employee_id, second.employee_id}
    assert set(EmployeeIdentity.objects.twice().values_list("pk", flat=True)) == both
    give(second, number=OTHER)
    assert not EmployeeIdentity.objects.twice().exists()


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("002x", True),
        ("002X", True),
        ("1231002X", True),
        (NUMBER, True),
        ("1101", False),
        ("1949", False),
        ("02X", False),
    ],
)
def test_it_is_found_by_its_end(typed: str, finds: bool) -> None:
    row = give(hired()).identity
    assert ids_matching(EmployeeIdentity, Asked.of(typed)) == ([row.pk] if finds else [])


def test_a_new_key_takes_it_with_it_and_writes_no_history() -> None:
    give(hired())
    before = list(Change.objects.order_by("pk"))
    first = resealing.counts()
    assert resealing.counted()["onboarding.employeeidentity"] == {ring.ring().present: 2}
    answer = resealing.rotate()
    assert answer["left"] == {} and answer["present"] not in first
    assert resealing.counted()["onboarding.employeeidentity"] == {answer["present"]: 2}
    row = EmployeeIdentity.objects.get()
    assert (row.number, row.address) == (NUMBER, HOME)
    mine = Change.objects.filter(model="onboarding.employeeidentity").order_by("pk")
    assert list(mine) == [one for one in before if one.model == "onboarding.employeeidentity"]
    assert EmployeeIdentity.objects.filter(number=NUMBER).exists()


def test_the_own_data_hold_it_in_full_and_nobody_elses(tmp_path: Path) -> None:
    mine = hired(email="a@example.com")
    give(mine)
    give(hired("李四"), number=OTHER)
    copying.write(mine.application.candidate, tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        whole = archive.read("data.json").decode()
    tables = {table["table"]: table["rows"] for table in json.loads(whole)["tables"]}
    [row] = tables["onboarding.employeeidentity"]
    assert {NUMBER, HOME} <= set(row.values()) and OTHER not in whole


@pytest.fixture
def own_list(settings: Any, tmp_path: Path) -> None:
    settings.HOME, settings.BACKUPS_ARE_ON = tmp_path, False


@pytest.mark.usefixtures("own_list")
def test_it_goes_with_the_record_and_its_history_is_emptied() -> None:
    case, lead = hired(), people.lead()
    give(case)
    give(case, number=OTHER)
    candidate = case.application.candidate
    with pytest.raises(DomainError) as error:
        erasing.decide(candidate_id=candidate.pk, reason="本人要求", by=lead)
    assert error.value.code == "hired"
    applications.take_step(application_id=case.application_id, step="fall_through", reason="毁约", by=lead)
    row = erasing.decide(candidate_id=candidate.pk, reason="本人要求", by=lead)
    type(row).objects.filter(pk=row.pk).update(begins_at=timezone.now())
    erasing.go_on()
    row.refresh_from_db()
    assert (row.state, EmployeeIdentity.objects.count()) == ("done", 0)
    held = [
        {**(one.before or {}), **(one.after or {})}
        for one in Change.objects.filter(model="onboarding.employeeidentity")
    ]
    assert len(held) == 3 and [one for one in held if {"number", "address"} & set(one)] == []


def test_it_goes_when_its_time_is_over_and_not_before() -> None:
    """Two years after somebody left, a month after a start that never was; of whoever works or is held never."""
    left, never, works, held = (hired(name) for name in ("离职", "未来", "在职", "留存"))
    for number, case in enumerate((left, never, works, held)):
        give(case, kind="passport", number=f"E1234567{number}")
    lead = people.lead()
    holding.hold(candidate_id=held.application.candidate_id, reason="劳动仲裁", by=lead)
    for case in (never, held):
        applications.take_step(
            application_id=case.application_id, step="fall_through", reason="毁约", by=lead
        )
    employees.set_status(employee_id=works.employee_id, status=EmployeeStatus.ACTIVE)
    employees.set_status(employee_id=left.employee_id, status=EmployeeStatus.LEFT)

    def names(days: int) -> set[str]:
        Employee.objects.update(status_since=timezone.now() - timedelta(days=days))
        periods.forget_all()
        return set(EmployeeIdentity.objects.values_list("employee__name", flat=True))

    assert names(29) == {"离职", "未来", "在职", "留存"}
    assert names(31) == {"离职", "在职", "留存"}
    assert names(729) == {"离职", "在职", "留存"}
    assert names(731) == {"在职", "留存"}
    gone = Change.objects.filter(model="onboarding.employeeidentity", did="D")
    assert gone.count() == 2 and not any({"number", "address"} & set(one.before) for one in gone)
    assert [retention.days_of(keep) for keep in retention.KEPT] == [730, 30]
    periods.change(code=retention.OF_WHO_NEVER_CAME.code, days=10, by=lead, by_name="周负责")
    assert retention.days_of(retention.OF_WHO_NEVER_CAME) == 10


def test_the_status_says_since_when() -> None:
    file = people.employee()
    before = file.status_since
    employees.set_status(employee_id=file.pk, status=EmployeeStatus(file.status))
    assert Employee.objects.get(pk=file.pk).status_since == before
    employees.set_status(employee_id=file.pk, status=EmployeeStatus.LEFT)
    assert Employee.objects.get(pk=file.pk).status_since > before
