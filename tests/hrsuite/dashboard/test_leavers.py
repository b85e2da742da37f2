"""Closed accounts: what they answered for is named on the start page, edited, and handed over."""

import pytest
from django.test import Client
from django.urls import reverse

from people.models import User
from recruitment.admin.openings import OpeningForm
from recruitment.models import Opening
from tests.core.admin.pages import shown_in_full
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def close_account(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def form_of(opening: Opening, **changed: object) -> OpeningForm:
    fields = OpeningForm.Meta.fields
    data = {name: getattr(opening, name) for name in fields} | changed
    data["interviewers"] = [user.pk for user in opening.interviewers.all()]
    ids = {name: getattr(value, "pk", value) for name, value in data.items()}
    return OpeningForm(data=ids, instance=Opening.objects.get(pk=opening.pk))


def test_an_opening_of_a_leaver_can_be_edited_and_says_who_acts_now() -> None:
    opening, acting = make.opening(), people.recruiter(name="接手人")
    close_account(opening.specialist)
    opening = Opening.objects.get(pk=opening.pk)

    form = form_of(opening, headcount=5)
    assert form.is_valid(), form.errors
    form.save()
    assert Opening.objects.get().headcount == 5
    assert "接手人" in str(form.fields["specialist"].help_text)

    assert form_of(opening, specialist=acting).is_valid()


def test_nobody_is_made_the_specialist_whose_account_is_closed() -> None:
    opening, gone = make.opening(), people.recruiter()
    close_account(gone)
    assert form_of(opening, specialist=gone).errors.as_data()["specialist"][0].code == "specialist_not_hr"


def test_openings_and_departments_of_leavers_are_named_on_the_start_page(client: Client) -> None:
    client.force_login(people.lead(name="郑主管"))
    kept, left = make.opening(title="留下的岗位"), make.opening(title="交接的岗位")
    manager = people.manager(of=left.department, name="走了的经理")
    left.department.manager = manager
    left.department.save()
    assert client.get(reverse("admin:index")).context["left"] == []

    close_account(left.specialist)
    close_account(manager)
    rows = client.get(reverse("admin:index")).context["left"]
    assert [(row.what, row.acting) for row in rows] == [
        ("交接的岗位", str(kept.specialist)),
        (f"{left.department} 负责人", "上级部门负责人"),
    ]
    page = client.get(reverse("admin:recruitment_opening_changelist"), {"left": "yes"})
    assert [row.title for row in page.context["cl"].result_list] == ["交接的岗位"]


@pytest.mark.parametrize(
    ("phone", "email", "code"),
    [("", "", "no_way_to_reach"), ("13712345678", "", None), ("", "a@example.com", None)],
)
def test_a_candidate_is_entered_with_a_way_to_reach_them(
    client: Client, phone: str, email: str, code: str | None
) -> None:
    client.force_login(people.recruiter())
    values = {"name": "李四", "phone": phone, "email": email, "language": "zh-hans"}
    kept = make.candidate()
    shown_in_full(client, kept)
    pages = (
        reverse("admin:recruitment_candidate_add"),
        reverse("admin:recruitment_candidate_change", args=[kept.pk]),
    )
    inlines = {"applications-TOTAL_FORMS": 0, "applications-INITIAL_FORMS": 0}
    for page in pages:
        answer = client.post(page, values | inlines)
        if code is None:
            assert answer.status_code == 302
            values["phone"] = values["phone"] and "13912345678"
            values["email"] = values["email"] and "b@example.com"
        else:
            assert answer.context["adminform"].form.errors.as_data()["__all__"][0].code == code
