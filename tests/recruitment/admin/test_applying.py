"""One form for person and application: somebody new, somebody known, and who is likely to be known while one types."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Forbidden, Invalid, Refused
from recruitment.models import Application, Candidate
from recruitment.services import applying
from recruitment.services.applying import Newcomer
from tests.core.admin.pages import address_of
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
ADD = "/admin/recruitment/application/add/"
LIKELY = "/admin/recruitment/application/likely/"


def added(client, opening, **values):
    return client.post(ADD, {"opening": getattr(opening, "pk", opening), "language": "zh-hans", **values})


def errors_of(answer):
    assert answer.status_code == 422
    found = answer.context["form"].errors.as_data()
    return {field: [error.code for error in errors] for field, errors in found.items()}


def test_a_new_person_and_the_application_are_made_at_once(as_hr):
    opening = make.opening()
    page = as_hr.get(f"{ADD}?opening={opening.pk}")
    assert page.context["form"].initial == {"opening": str(opening.pk)}
    assert LIKELY in page.content.decode() and "recruitment/admin/likely.js" in page.content.decode()
    answer = added(
        as_hr, opening, name=" 张 三", phone="138 0013 8000", email="Z@Example.com", source="campus"
    )
    row = Application.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, address_of(row))
    person = row.candidate
    assert (person.name, person.phone, person.email) == ("张三", "+8613800138000", "z@example.com")
    assert (row.opening, row.source, row.stage, row.planned_start) == (opening, "campus", "applied", None)
    assert row.promised_by is not None
    assert "校园招聘" in as_hr.get(address_of(row)).content.decode()
    # The list is filtered by it.
    other = make.application(opening)
    shown = as_hr.get("/admin/recruitment/application/?source__exact=campus").context["cl"].result_list
    assert ([each.pk for each in shown], other.source) == ([row.pk], "")


def test_somebody_known_is_chosen(as_hr):
    opening, known = make.opening(), make.candidate("张三")
    assert added(as_hr, opening, candidate=known.pk).status_code == 302
    assert (Application.objects.get().candidate, Candidate.objects.count()) == (known, 1)
    # The same once more is refused, and so is both at once.
    assert errors_of(added(as_hr, opening, candidate=known.pk)) == {"__all__": [None]}
    assert errors_of(added(as_hr, opening, candidate=known.pk, name="李四")) == {
        "candidate": ["candidate_or_person"]
    }


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, {"name": ["required"]}),
        ({"name": "张三"}, {"phone": ["no_way_to_reach"]}),
        ({"name": "张三", "phone": "12"}, {"phone": ["phone_unknown"]}),
        ({"name": "张三", "email": "no"}, {"email": ["invalid"]}),
        ({"name": "张三", "email": "a@b.com", "source": "?"}, {"source": ["invalid_choice"]}),
        ({"name": "张三", "email": "a@b.com", "planned_start": "x"}, {"planned_start": ["invalid"]}),
    ],
)
def test_what_is_wrong_leaves_nobody_behind(as_hr, values, errors):
    opening = make.opening()
    assert errors_of(added(as_hr, opening, **values)) == errors
    assert (Candidate.objects.count(), Application.objects.count()) == (0, 0)


def test_a_number_of_somebody_else_leads_to_them(as_hr):
    known = make.candidate("李四", phone="13800138000", email="li@example.com")
    answer = added(as_hr, make.opening(), name="张三", phone="+86 138-0013-8000", email="LI@example.com")
    assert errors_of(answer) == {"phone": ["candidate_known"], "email": ["candidate_known"]}
    assert address_of(known) in answer.content.decode()
    assert (Candidate.objects.count(), Application.objects.count()) == (1, 0)


def test_a_namesake_is_asked_about(as_hr):
    make.candidate("张三", phone="13800138000", email="")
    opening = make.opening()
    asked = added(as_hr, opening, name="张三", phone="13900139000")
    assert errors_of(asked) == {"__all__": ["unusual"]}
    assert "138****8000" in asked.context["form"].warned[0]
    sure = asked.context["form"].sure
    assert added(as_hr, opening, name="张三", phone="13900139000", sure=sure).status_code == 302
    assert Candidate.objects.count() == 2


def test_a_refused_application_leaves_no_candidate_behind(as_hr):
    closed = make.opening()
    closed.state = "closed"
    closed.save()
    person = Newcomer.of(name="张三", email="a@b.com")
    by = people.recruiter()
    with pytest.raises(Refused, match="opening_closed"):
        applying.enter(person=person, opening_id=closed.pk, by=by)
    assert Candidate.objects.count() == 0
    # Who came first in the meantime is found, not entered twice.
    make.candidate("李四", email="a@b.com")
    with pytest.raises(Refused, match="candidate_known"):
        applying.enter(person=person, opening_id=make.opening().pk, by=by)
    for wrong, code in (
        ({"name": "\u200b", "email": "a@b.com"}, "name_missing"),
        ({"name": "张三"}, "no_way_to_reach"),
        ({"name": "张三", "phone": "abc"}, "phone_unknown"),
        ({"name": "张三", "email": "a@b.com", "language": "fr"}, "language_unknown"),
    ):
        with pytest.raises(Invalid, match=code):
            Newcomer.of(**wrong)
    assert Candidate.objects.count() == 1


def test_who_is_likely_to_be_known(as_hr):
    by_phone = make.candidate("甲", phone="13800138000", email="")
    by_email = make.candidate("乙", phone="", email="yi@example.com")
    by_name = make.candidate("张三", phone="13900139000", email="")
    make.candidate("张三丰", phone="13700137000", email="")
    row = make.application(make.opening(), candidate=by_name, stage="screening")
    typed = {"name": "张三", "phone": "138 0013 8000", "email": "YI@example.com"}
    as_hr.post(LIKELY, typed)
    with CaptureQueriesContext(connection) as few:
        answer = as_hr.post(LIKELY, typed)
    found = {each["id"]: each["text"] for each in answer.json()["people"]}
    assert found == {
        by_phone.pk: "138****8000 · 手机号相同 · 还没有应聘",
        by_email.pk: "y***@example.com · 邮箱相同 · 还没有应聘",
        by_name.pk: f"139****9000 · 姓名相同 · {row.opening}：筛选中",
    }
    assert "no-store" in answer["Cache-Control"]
    for number in (1, 2, 3):
        make.application(row.opening, candidate=make.candidate("张三", phone=f"1370013700{number}"))
    with CaptureQueriesContext(connection) as many:
        assert len(as_hr.post(LIKELY, typed).json()["people"]) == 6
    assert len(many) == len(few)
    for nobody in ({}, {"name": "张"}, {"phone": "abc", "email": "\x00"}):
        assert as_hr.post(LIKELY, nobody).json()["people"] == []
    assert as_hr.get(LIKELY).status_code == 405


@pytest.mark.parametrize("who", ["onboarder", "trainer", "manager"])
def test_others_are_neither_asked_nor_told(client, who):
    make.candidate("张三", phone="13800138000")
    opening, person = make.opening(), getattr(people, who)()
    client.force_login(person)
    assert client.post(LIKELY, {"name": "张三"}).status_code in (302, 403)
    assert added(client, opening, name="王五", phone="13900139000").status_code in (302, 403)
    with pytest.raises(Forbidden):
        applying.enter(person=Newcomer.of(name="王五", email="a@b.com"), opening_id=opening.pk, by=person)
    assert (Candidate.objects.count(), Application.objects.count()) == (1, 0)


def test_the_form_is_one_click_from_opening_and_candidate(as_hr):
    opening, person = make.opening(), make.candidate("张三")
    assert f"{ADD}?opening={opening.pk}" in as_hr.get(address_of(opening)).content.decode()
    assert f"{ADD}?candidate={person.pk}" in as_hr.get(address_of(person)).content.decode()
    opening.state = "closed"
    opening.save()
    assert f"{ADD}?opening=" not in as_hr.get(address_of(opening)).content.decode()
