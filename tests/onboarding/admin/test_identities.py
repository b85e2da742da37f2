"""Identity documents in the back office: masked wherever they stand, in full for a reason, entered by steps."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.history.models import Look
from onboarding.models import EmployeeIdentity, OnboardingCase
from onboarding.services import identities
from people.actors import Party
from people.models import User
from people.models.rights import RoleRight
from recruitment import seen_by
from tests.factories import people
from tests.onboarding.services.test_identities import HOME, NUMBER, OTHER, give, hired
from tests.test_rights_grid import PERSONS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
PLAIN = (NUMBER, NUMBER.lower(), "19491231", "科苑路", OTHER)
LIST = "admin:onboarding_employeeidentity_changelist"
MAY = {"onboarding", "lead", "superuser"}
READ = MAY | {"recruiting", "training"}


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(row: EmployeeIdentity, step: str = "") -> str:
    if step:
        return reverse("admin:onboarding_employeeidentity_step", args=[row.pk, step])
    return reverse("admin:onboarding_employeeidentity_change", args=[row.pk])


def enter_on(case: OnboardingCase) -> str:
    return reverse("admin:onboarding_onboardingcase_step", args=[case.pk, "identity"])


def plain_in(answer: Any) -> list[str]:
    return [secret for secret in PLAIN if secret in answer.content.decode()]


def test_who_reads_it_masked_who_is_shown_it_and_who_enters_it() -> None:
    row, missing = give(hired()).identity, hired("李四")
    got: dict[str, set[str]] = {"list": set(), "page": set(), "file": set(), "in full": set(), "enter": set()}
    for who, person in PERSONS.items():
        client = signed_in(person())
        asked: dict[str, Any] = {
            "list": client.get(reverse(LIST)),
            "page": client.get(page_of(row)),
            "file": client.post(reverse("admin:onboarding_employeeidentity_export"), {"format": "csv"}),
            "enter": client.get(enter_on(missing)),
        }
        for name, answer in asked.items():
            assert plain_in(answer) == [], (who, name)
            if answer.status_code == 200:
                got[name].add(who)
        # Nothing was shown to anybody so far; who may not is shown nothing afterwards either.
        assert not Look.objects.filter(kind="identity", by__username=client.session.get("username")).exists()
        client.post(page_of(row, "show-in-full"), {"why": "contract"})
        if plain_in(client.get(page_of(row))):
            got["in full"].add(who)
    assert got == {"list": READ, "page": READ, "file": READ, "in full": MAY, "enter": MAY}
    assert Look.objects.filter(kind="identity").count() == len(MAY)


def test_it_is_shown_for_a_reason_for_a_quarter_of_an_hour_and_noted() -> None:
    row = give(hired()).identity
    onboarder = people.onboarder()
    client = signed_in(onboarder)
    for refused in ({}, {"why": "curious"}, {"why": "other", "note": " "}):
        assert client.post(page_of(row, "show-in-full"), refused).status_code == 422
    assert not Look.objects.filter(kind="identity").exists()
    assert client.post(page_of(row, "show-in-full"), {"why": "contract"})["Location"] == page_of(row)
    shown = client.get(page_of(row)).content.decode()
    assert NUMBER in shown and HOME in shown
    [look] = Look.objects.filter(kind="identity")
    assert (look.by, look.object_id, look.facts["why"]) == (onboarder, str(row.pk), "contract")
    assert look.facts["columns"] == ["number", "address"]
    assert plain_in(signed_in(people.onboarder(username="other")).get(page_of(row))) == []
    candidate = OnboardingCase.objects.get().application.candidate
    said = "身份证件与住址 · 完整身份证件与住址 · 签订合同、办理社保或个税"
    assert said in [one.what for one in seen_by.looks_at(candidate.pk)]
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert plain_in(client.get(page_of(row))) == []


def test_whoever_loses_the_right_loses_it_at_once() -> None:
    row = give(hired()).identity
    client = signed_in(people.onboarder())
    assert client.post(page_of(row, "show-in-full"), {"why": "contract"}).status_code == 302
    assert NUMBER in client.get(page_of(row)).content.decode()
    RoleRight.objects.update_or_create(role="onboarding", right="identity", defaults={"reach": "none"})
    for right, reach in (("read", "house"), ("prepare", "house")):
        RoleRight.objects.update_or_create(role="onboarding", right=right, defaults={"reach": reach})
    assert plain_in(client.get(page_of(row))) == []
    assert client.post(page_of(row, "show-in-full"), {"why": "contract"}).status_code == 403
    other = hired("李四")
    values = {"kind": "resident", "number": NUMBER, "address": HOME}
    answer = client.post(enter_on(other), values)
    # Whose number it is, is not told either.
    assert answer.status_code == 422 and "张三" not in answer.content.decode()
    assert EmployeeIdentity.objects.count() == 1


def test_it_is_entered_on_the_case_and_what_is_wrong_stands_beside_its_box() -> None:
    case, lead = hired(), people.lead()
    client = signed_in(lead)
    address = reverse("admin:onboarding_onboardingcase_change", args=[case.pk])
    assert "缺少：待张三本人在链接页面上填写" in client.get(address).content.decode()
    values = {"kind": "resident", "number": "110105194912310021", "address": "上海"}
    wrong = client.post(enter_on(case), values)
    assert wrong.status_code == 422
    assert {name: errors.as_data()[0].code for name, errors in wrong.context["form"].errors.items()} == {
        "number": "document_number_mistyped", "address": "address_missing",
    }  # fmt: skip
    done = client.post(enter_on(case), values | {"number": NUMBER.lower(), "address": HOME}, follow=True)
    assert "身份证件与住址已存档" in done.content.decode()
    row = EmployeeIdentity.objects.get()
    assert (row.number, row.address, row.given_by) == (NUMBER, HOME, lead)
    page = client.get(address)
    assert "已填写（脱敏显示）" in page.content.decode() and plain_in(page) == []


def test_a_number_that_stands_elsewhere_is_asked_about_and_then_taken() -> None:
    give(hired())
    case, client = hired("李四"), signed_in(people.onboarder())
    values = {"kind": "resident", "number": NUMBER, "address": HOME}
    asked = client.post(enter_on(case), values)
    assert asked.status_code == 422 and "另一份档案中有相同的证件号码：张三" in asked.content.decode()
    assert EmployeeIdentity.objects.count() == 1
    taken = client.post(enter_on(case), values | {"sure": asked.context["form"].sure}, follow=True)
    assert next(str(message) for message in taken.context["messages"]).startswith(
        "另一份档案中有相同的证件号码：张三"
    )
    row = EmployeeIdentity.objects.get(employee=case.employee_id)
    assert "张三" in client.get(page_of(row)).content.decode()
    found = client.get(reverse(LIST), {"twice": "yes"})
    assert found.context["cl"].result_count == 2
    corrected = client.post(page_of(row, "correct"), values | {"number": OTHER})
    assert corrected.status_code == 302
    assert client.get(reverse(LIST), {"twice": "yes"}).context["cl"].result_count == 0


def test_the_lists_take_as_many_statements_for_three_as_for_one_and_find_it() -> None:
    client, counts = signed_in(people.lead()), []
    give(hired())
    client.get(reverse(LIST))
    for name in ("李四", "王五"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(LIST)).status_code == 200
        counts.append(len(queries))
        give(hired(name), number=OTHER)
    assert counts[0] == counts[1] and counts[0] <= 12
    for typed, count in {"002x": 1, "0012": 2, "张三": 1, "1101": 0}.items():
        assert client.get(reverse(LIST), {"q": typed}).context["cl"].result_count == count, typed
    cases = reverse("admin:onboarding_onboardingcase_changelist")
    hired("赵六")
    found = client.get(cases, {"identity": "missing"})
    assert [row.employee.name for row in found.context["cl"].result_list] == ["赵六"]


def test_a_table_that_is_taken_away_holds_it_masked() -> None:
    give(hired())
    address = reverse("admin:onboarding_employeeidentity_export")
    answer = signed_in(people.lead()).post(address, {"format": "csv"})
    rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    cells = [cell for row in rows for cell in row]
    assert "**************002X" in cells and "广东省深圳市•••" in cells
    assert [secret for secret in PLAIN if any(secret in str(cell) for cell in cells)] == []


def test_who_gave_it_is_said() -> None:
    case = hired()
    identities.give(case_id=case.pk, kind="resident", number=NUMBER, address=HOME, by=Party.CANDIDATE)
    assert "本人，在自己的页面上" in signed_in(people.trainer()).get(reverse(LIST)).content.decode()
