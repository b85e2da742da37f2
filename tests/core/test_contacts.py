"""Names, addresses and numbers, however they are typed."""

import pytest
from django.core.exceptions import ValidationError

from core import contacts
from people.models import Employee, User
from recruitment.models import Candidate
from tests.factories import people


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000", "138 0013 8000", "138-0013-8000", "+86 138 0013 8000", "+86-138-0013-8000", "008613800138000",
        "8613800138000", "１３８００１３８０００", "138\u200b0013\u200b8000", " (138) 0013.8000 ", "tel:+8613800138000",
    ],
)  # fmt: skip
def test_one_number_has_one_spelling(typed):
    assert contacts.phone(typed) == "+8613800138000"


@pytest.mark.parametrize(
    ("typed", "stored", "read"),
    [
        ("010-6552 9988", "+861065529988", "010 6552 9988"),
        ("(021) 5555-0199转801", "+862155550199;ext=801", "021 5555 0199 ext. 801"),
        ("400-820-8820", "+864008208820", "400 820 8820"),
        ("+44 20 7946 0018", "+442079460018", "+44 20 7946 0018"),
        ("", "", ""),
        (" \u200b", "", ""),
    ],
)
def test_numbers_are_stored_in_one_way_and_read_as_people_write_them(typed, stored, read):
    assert contacts.phone(typed) == stored
    assert contacts.phone(stored) == stored
    assert contacts.shown(stored) == read


@pytest.mark.parametrize(
    "typed",
    [
        "abc",
        "1.38E+10",
        "1e2",
        "12345",
        "138001380001",
        "+999 12345678",
        "电话",
        "13800138000 或 13900139000",
    ],
)
def test_what_is_no_number_is_none(typed):
    with pytest.raises(ValueError, match=r".*"):
        contacts.phone(typed)
    with pytest.raises(ValidationError) as caught:
        contacts.PhoneBox().clean(typed)
    assert [error.code for error in caught.value.error_list] == ["phone_unknown"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" 张\n三 ", "张三"),
        ("　李　　娜　", "李娜"),
        ("欧阳 Anna", "欧阳 Anna"),
        ("𠮷 田", "𠮷田"),
        ("张\u200b三\ufeff", "张三"),
        ("Anna\t  Schmidt", "Anna Schmidt"),
        ("Jose\u0301", "José"),
        ("王\x00\x07五", "王五"),
    ],
)
def test_a_name_is_one_line_without_what_nobody_sees(typed, stored):
    assert contacts.name(typed) == stored


def test_an_address_is_written_small_and_half_width():
    assert contacts.email(" Ａnna@Example.COM\u200b ") == "anna@example.com"


@pytest.mark.django_db
def test_every_way_into_the_table_spells_it_out():
    made = Candidate.objects.create(name="张\u200b三", phone="138 0013 8000", email="A@B.com")
    assert (made.name, made.phone, made.email, made.name_key) == (
        "张三", "+8613800138000", "a@b.com", "zhang1 san1"
    )  # fmt: skip
    Candidate.objects.bulk_create([Candidate(name="李 四\n", phone="13900139000", email="L@B.com")])
    Candidate.objects.filter(email="L@b.COM").update(phone="139-0013-9001")
    assert set(Candidate.objects.values_list("name", "phone", "email")) == {
        ("张三", "+8613800138000", "a@b.com"), ("李四", "+8613900139001", "l@b.com"),
    }  # fmt: skip
    assert Candidate.objects.get(phone="１３８ 0013 8000") == made
    user = people.recruiter(name="王\u200b五", phone="021-5555-0199", email="Wang@B.com")
    assert User.objects.values_list("name", "phone", "email").get(pk=user.pk) == (
        "王五", "+862155550199", "wang@b.com"
    )  # fmt: skip
    file = people.employee(name=" 赵六 ", phone="13700137000")
    assert Employee.objects.values_list("name", "phone").get(pk=file.pk) == ("赵六", "+8613700137000")
