"""角色权限: the grid as it comes, who changes it, what nobody can do to it; it is read without a query more."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from core.errors import DomainError
from core.exchange.models import Import
from core.history.models import Change
from people.actors import Party
from people.models import ApiToken, Role, RoleRight, User
from people.models.rights import read_grid
from people.rights import SEED, SEEDED, Grid, Reach, Right
from people.rules import has_right, may_give, may_keep
from people.services import granting, tokens
from recruitment.models import Candidate, Opening
from recruitment.rules import may_recruit
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def administrator(**fields: Any) -> User:
    return people.user(Role.ADMINISTRATOR, **{"name": "林管理", **fields})


def change(cells: dict[tuple[str, str], str], by: User | Party, reason: str = "试点") -> int:
    return granting.change_grid(cells=cells, reason=reason, version=granting.version_of(read_grid()), by=by)


def test_a_new_house_begins_with_the_rules_as_they_were():
    """The table, the fallback of an empty one, and what each role could do before there was a table."""
    assert read_grid() == SEEDED
    assert Grid.of(()) == SEEDED
    assert RoleRight.objects.count() == len(Role) * len(Right)
    before = {
        Role.RECRUITING: {Right.RECRUIT},
        Role.ONBOARDING: {Right.PREPARE},
        Role.TRAINING: {Right.TRAIN},
        Role.LEAD: {Right.RECRUIT, Right.PREPARE, Right.TRAIN, Right.KEEP},
        Role.MANAGER: set(),
    }
    of_old = {Right.RECRUIT, Right.PREPARE, Right.TRAIN, Right.KEEP}
    assert {role: set(SEED[role]) & of_old for role in before} == before
    assert [role for role in Role if Right.READ in SEED[role]] == [
        "recruiting",
        "onboarding",
        "training",
        "lead",
    ]


def test_a_right_given_and_taken_holds_from_the_next_page(client: Client):
    trainer, keeper, opening = people.trainer(), administrator(), make.opening()
    client.force_login(trainer)
    address = reverse("admin:recruitment_opening_change", args=[opening.pk])
    assert client.post(address, {}).status_code == 403
    assert change({("training", "recruit"): "department"}, keeper) == 1
    assert client.post(address, {}).status_code == 200  # the form, with what is missing
    assert may_recruit(User.objects.get(pk=trainer.pk), Opening, opening.pk)
    assert change({("training", "recruit"): "none"}, keeper) == 1
    assert client.post(address, {}).status_code == 403


def test_reach_of_a_right_is_the_own_department_or_the_house():
    opening = make.opening()
    beside = people.department("旁边")
    assert not may_recruit(people.recruiter(department=beside), Opening, opening.pk)
    change({("recruiting", "recruit"): "house"}, administrator())
    assert may_recruit(people.recruiter(department=beside), Opening, opening.pk)


def test_without_reading_nothing_of_hr_is_seen(client: Client):
    make.application()
    change({("training", "read"): "none", ("training", "train"): "none"}, administrator())
    client.force_login(people.trainer())
    assert client.get(reverse("admin:recruitment_candidate_changelist")).status_code == 403
    assert client.get("/api/v1/applications/").status_code == 403


REFUSED = {
    "no reason": ({("training", "recruit"): "house"}, " ", "reason_missing"),
    "long reason": ({("training", "recruit"): "house"}, "x" * 201, "reason_too_long"),
    "no such right": ({("training", "fly"): "house"}, "x", "cell_unknown"),
    "no such role": ({("king", "recruit"): "house"}, "x", "cell_unknown"),
    "no such reach": ({("training", "recruit"): "world"}, "x", "reach_invalid"),
    "not by department": ({("training", "prepare"): "department"}, "x", "reach_invalid"),
    "the grid to HR": ({("lead", "grant"): "house"}, "x", "right_fixed"),
    "the last keeper's grid": ({("administrator", "grant"): "none"}, "x", "right_fixed"),
    "the last keeper's accounts": ({("administrator", "keep"): "none"}, "x", "right_fixed"),
    "to oneself": ({("administrator", "read"): "house"}, "x", "own_role"),
    "blind": ({("manager", "recruit"): "house"}, "x", "needs_reading"),
    "half": ({("training", "prepare"): "house", ("lead", "grant"): "house"}, "x", "right_fixed"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_nobody_can_do_changes_nothing(case: str):
    cells, reason, code = REFUSED[case]
    with pytest.raises(DomainError) as refused:
        change(cells, administrator(), reason)
    assert refused.value.code == code
    assert read_grid() == SEEDED


@pytest.mark.parametrize("who", [people.recruiter, people.lead, people.manager, people.user])
def test_hr_does_not_change_the_grid(who: Any, client: Client):
    by = who()
    with pytest.raises(DomainError) as refused:
        change({("training", "recruit"): "house"}, by)
    assert refused.value.code == "not_permitted"
    client.force_login(by)
    answer = client.post(reverse("rights"), {"training:recruit": "house", "reason": "x", "version": ""})
    assert answer.status_code in (302, 403)
    assert read_grid() == SEEDED


def test_the_page_changes_it_keeps_the_reason_and_refuses_a_stale_one(client: Client):
    client.force_login(administrator())
    page = client.get(reverse("rights"))
    form = {
        "training:recruit": "department",
        "reason": "培训专员支援校招",
        "version": page.context["version"],
    }
    client.post(reverse("rights"), form)
    assert read_grid().cells["training", "recruit"] == Reach.DEPARTMENT
    assert Change.objects.filter(model="people.roleright", did="U").get().why == "培训专员支援校招"
    assert "培训专员支援校招" in client.get(reverse("rights")).content.decode()
    client.post(reverse("rights"), {**form, "training:recruit": "none"})
    assert read_grid().cells["training", "recruit"] == Reach.DEPARTMENT


def test_the_page_costs_the_same_after_many_changes(client: Client, django_assert_max_num_queries: Any):
    keeper = administrator()
    for reach in ("house", "none", "department"):
        change({("training", "recruit"): reach}, keeper)
    client.force_login(keeper)
    client.get(reverse("rights"))
    with django_assert_max_num_queries(9):
        assert client.get(reverse("rights")).status_code == 200


def test_the_grid_comes_with_the_person(client: Client, django_assert_num_queries: Any):
    person = people.recruiter(department=people.department())
    by_session = User.objects.with_grid().get(pk=person.pk)
    with django_assert_num_queries(0):
        assert has_right(by_session, Right.RECRUIT)
        assert not has_right(by_session, Right.KEEP)
        assert by_session.has_perm("recruitment.view_candidate")
    key = tokens.mint(user_id=person.pk, name="x", scope="read", days=1, by=person)
    assert client.get("/api/v1/openings/", headers={"authorization": f"Token {key}"}).status_code == 200
    fresh = User.objects.get(pk=person.pk)
    with django_assert_num_queries(1):
        assert fresh.is_hr
        assert not fresh.is_lead


@pytest.mark.parametrize(("keeper", "account", "role", "may"), [
    ("lead", "recruiter", Role.TRAINING, True),
    ("lead", "recruiter", Role.ADMINISTRATOR, False),
    ("administrator", "recruiter", Role.ADMINISTRATOR, True),
    ("administrator", "recruiter", Role.LEAD, True),
    ("recruiter", "trainer", Role.RECRUITING, False),
])  # fmt: skip
def test_who_gives_which_role(keeper: str, account: str, role: Role, may: bool):
    people_of = {"lead": people.lead, "recruiter": people.recruiter, "trainer": people.trainer}
    by = administrator() if keeper == "administrator" else people_of[keeper]()
    assert may_give(by, people_of[account](), role) is may
    assert not may_give(by, by, role)


def _form(user: User, **fields: Any) -> dict[str, Any]:
    return {
        "username": user.username, "name": user.name, "email": user.email, "language": "zh-hans",
        "roles": user.roles, "is_active": "on", **fields,
    }  # fmt: skip


def test_nobody_makes_themselves_more_and_hr_no_administrator(client: Client):
    keeper, lead, other = administrator(), people.lead(), people.trainer()
    for by, account, roles in (
        (keeper, keeper, ["administrator", "lead"]),
        (lead, lead, ["lead", "administrator"]),
        (lead, other, ["administrator"]),
    ):
        client.force_login(by)
        before = list(account.roles)
        answer = client.post(
            reverse("admin:people_user_change", args=[account.pk]), _form(account, roles=roles)
        )
        assert answer.status_code == 200
        assert User.objects.get(pk=account.pk).roles == before
    client.force_login(keeper)
    answer = client.post(
        reverse("admin:people_user_change", args=[other.pk]), _form(other, roles=["training", "onboarding"])
    )
    assert answer.status_code == 302
    assert set(User.objects.get(pk=other.pk).roles) == {"training", "onboarding"}
    assert not may_keep(lead, keeper)
    client.force_login(lead)
    assert (
        client.post(reverse("admin:people_user_change", args=[keeper.pk]), _form(keeper)).status_code == 403
    )


def test_the_last_administrator_stays_open(client: Client):
    keeper = administrator()
    client.force_login(keeper)
    closed = {key: value for key, value in _form(keeper).items() if key != "is_active"}
    address = reverse("admin:people_user_change", args=[keeper.pk])
    assert client.post(address, closed).status_code == 200
    assert User.objects.get(pk=keeper.pk).is_active
    administrator(name="第二位")
    assert client.post(address, closed).status_code == 302
    assert not User.objects.get(pk=keeper.pk).is_active


OPENS = {
    "people.user", "people.department", "people.apitoken", "people.secondfactorrule", "people.calendarday",
    "people.calendaryear", "recruitment.mailbox", "recruitment.vendor", "recruitment.problem",
    "messaging.callback", "messaging.channelpause",
    "messaging.smsconnection", "messaging.wecomconnection",
    "checks.check", "events.reaction", "django_q.schedule", "django_q.failure", "django_q.success", "django_q.ormq",
}  # fmt: skip


def test_an_administrator_opens_what_is_technical_and_nothing_of_a_candidate(client: Client):
    make.interview()
    keeper = administrator()
    client.force_login(keeper)
    opened, refused = set(), set()
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        status = client.get(address, follow=True).status_code
        (opened if status == 200 else refused).add(model._meta.label_lower)
        assert status in (200, 403)
    assert opened - {"exchange.export", "exchange.import"} == OPENS
    sent = Import.objects.create(kind="candidates", name="名单.xlsx", size=1, owner=people.recruiter())
    assert not Import.objects.visible_to(keeper).filter(pk=sent.pk).exists(), (
        "of imports the address book's alone"
    )
    name = Candidate.objects.get().name
    home = client.get(reverse("admin:index"))
    assert home.status_code == 200
    assert name not in home.content.decode()
    assert {tile.title for tile in home.context["figures"]} == {"失败的后续处理", "失败的任务", "等待的任务"}
    assert client.get(f"/admin/search/?s={name}").content.decode().count(name) <= 1
    assert client.get("/api/v1/applications/").status_code == 403
    assert not ApiToken.objects.visible_to(people.manager()).exists()


def test_an_administrator_gets_no_key_of_somebody_who_sees_more():
    keeper, manager = administrator(), people.manager()
    for account in (manager, people.recruiter()):
        with pytest.raises(DomainError) as refused:
            tokens.mint(user_id=account.pk, name="x", scope="read", days=1, by=keeper)
        assert refused.value.code == "not_permitted"
    key = tokens.mint(user_id=manager.pk, name="x", scope="read", days=1, by=manager)
    tokens.end(user_id=manager.pk, token_id=ApiToken.objects.get(digest=tokens.digest(key)).pk, by=keeper)
    assert not ApiToken.objects.exists()


def test_an_interviewer_has_the_own_rounds_and_nothing_else(client: Client):
    person = people.user(Role.INTERVIEWER, name="高面试")
    answer = client.post(
        reverse("admin:login"), {"username": person.username, "password": people.PASSWORD, "next": "/admin/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, reverse("managers:mine"))
    assert client.get(reverse("managers:mine"))["Location"] == reverse("rounds:mine")
    assert client.get(reverse("rounds:mine")).status_code == 200
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(reverse("admin:recruitment_candidate_changelist")).status_code == 302
    assert client.get("/api/v1/applications/").status_code == 403
    assert not Candidate.objects.visible_to(person).exists()
