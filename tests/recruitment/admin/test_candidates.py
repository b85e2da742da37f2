"""A person is known once: what is typed, who has it already, and namesakes."""

import pytest

from recruitment.models import Candidate
from tests.core.admin.pages import address_of, filled, shown_in_full
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
ADD = "/admin/recruitment/candidate/add/"


def added(client, **values):
    return client.post(ADD, {"language": "zh-hans", **values})


def errors_of(answer):
    errors = answer.context["adminform"].form.errors.as_data()
    return {field: [error.code for error in found] for field, found in errors.items()}


def test_a_new_person_is_spelt_out_and_shown_as_people_write(as_hr):
    assert (
        added(as_hr, name=" 张\u200b三 ", phone="１３８ 0013 8000", email="Zhang@Example.com").status_code
        == 302
    )
    person = Candidate.objects.get()
    assert (person.name, person.phone, person.email) == ("张三", "+8613800138000", "zhang@example.com")
    shown_in_full(as_hr, person)
    page = as_hr.get(address_of(person)).content.decode()
    assert 'value="138 0013 8000"' in page
    assert "138****8000" in as_hr.get("/admin/recruitment/candidate/").content.decode()
    # Nothing touched, nothing changed.
    values = filled(as_hr.get(address_of(person)))
    assert as_hr.post(address_of(person), values).status_code == 302
    person.refresh_from_db()
    assert person.phone == "+8613800138000"


@pytest.mark.parametrize("phone", ["abc", "1.38E+10", "12345"])
def test_what_is_no_number_is_refused_in_words(as_hr, phone):
    assert errors_of(added(as_hr, name="张三", email="a@b.com", phone=phone)) == {"phone": ["phone_unknown"]}


def test_a_name_of_nothing_visible_is_none(as_hr):
    assert errors_of(added(as_hr, name="\u200b\u200b", email="a@b.com")) == {"name": ["required"]}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("phone", "138 0013 8000"), ("phone", "+86-138-0013-8000"), ("phone", "１３８００１３８０００"),
        ("email", "ZHANG@example.com"), ("email", "zhang@\u200bexample.com"),
    ],
)  # fmt: skip
def test_what_somebody_else_has_leads_to_that_person(as_hr, field, typed):
    known = make.candidate("张三", phone="13800138000", email="zhang@example.com")
    answer = added(as_hr, **{"name": "李四", field: typed})
    assert errors_of(answer) == {field: ["candidate_known"]}
    assert address_of(known) in answer.content.decode()
    assert Candidate.objects.count() == 1
    other = make.candidate("王五", email="")
    shown_in_full(as_hr, other)
    values = filled(as_hr.get(address_of(other))) | {field: typed}
    assert errors_of(as_hr.post(address_of(other), values)) == {field: ["candidate_known"]}


def test_a_namesake_is_asked_about_once(as_hr):
    known = make.candidate("张三", phone="13800138000", email="")
    answer = added(as_hr, name="张 三", phone="13900139000")
    assert errors_of(answer) == {"__all__": ["candidate_similar"]}
    page = answer.content.decode()
    assert address_of(known) in page and "138****8000" in page
    assert f'name="_really" value="{known.pk}"' in page.replace("'", '"')
    assert Candidate.objects.count() == 1
    assert added(as_hr, name="张三", phone="13900139000", _really=known.pk).status_code == 302
    # The next namesake is asked about again, the newest first.
    assert errors_of(added(as_hr, name="张三", phone="13700137000", _really=known.pk)) == {
        "__all__": ["candidate_similar"]
    }
