"""A home for each role: a short menu, what waits for this work alone, and each number the list that it counts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.admin.menu import MOST_ENTRIES, all_pages, entries, sidebar
from onboarding.models import OnboardingStep
from onboarding.services import cases, templates
from people.models import Role, User
from recruitment.models import Application, PublicApplication
from tests.factories import people, training
from tests.recruitment.admin.conftest import broken_off
from training.models import PlanItem
from training.services import plans

pytestmark = pytest.mark.django_db
HOMES = {
    "recruiting": people.recruiter,
    "onboarding": people.onboarder,
    "training": people.trainer,
    "lead": people.lead,
    "administrator": lambda: people.user(Role.ADMINISTRATOR),
    "superuser": lambda: people.user(is_superuser=True),
    "everything": lambda: people.user(*Role),
}
TILES = {
    "recruiting": {"超时的跟进", "未完成的跟进", "待核对的应聘"},
    "onboarding": {"待办入职步骤"},
    "training": {"到期课程", "一周内课程"},
    "administrator": set(),
}


@pytest.fixture
def alive() -> None:
    """Somebody broke off whose start is prepared: a step and a course are late, an applicant is known already."""
    training.course()
    story = broken_off()
    templates.ensure_one()
    start, today = timezone.localdate() + timedelta(days=30), timezone.localdate()
    Application.objects.filter(pk=story.application.pk).update(planned_start=start)
    cases.open_case(
        application_id=story.application.pk, planned_start=start, waits_on=[], by=people.onboarder()
    )
    OnboardingStep.objects.filter(state="ready").update(due_on=today)
    plans.align(application_id=story.application.pk)
    assert PlanItem.objects.planned().update(due_on=today - timedelta(days=1))
    PublicApplication.objects.create(
        opening=story.application.opening, name="王芳", phone="13800000000", email="w@example.com",
        language="zh-hans", consent_version="1", stored_name="", file_name="x.pdf", kind="pdf", sha256="0",
        bytes=1, state="waiting",
    )  # fmt: skip


def _menu(rf, person: User, of=sidebar) -> list[str]:
    request = rf.get("/admin/")
    request.user = person
    return [str(item["link"]) for group in of(request) for item in group["items"]]


@pytest.mark.parametrize("who", sorted(set(HOMES) - {"everything"}))
def test_a_menu_has_twelve_entries_at_most_and_the_rest_stands_on_one_page(who, rf, client: Client):
    person = HOMES[who]()
    menu = _menu(rf, person)
    assert 3 <= len(menu) <= MOST_ENTRIES
    client.force_login(person)
    page = client.get(reverse("pages"))
    offered = _menu(rf, person, all_pages)
    assert set(menu) < set(offered)
    assert [link for link in offered if f'href="{link}"' not in page.content.decode()] == []


def test_what_is_technical_stands_in_the_administrators_menu_alone():
    technical = {
        "events.reaction", "events.event", "django_q.schedule", "django_q.failure", "people.apitoken",
        "recruitment.vendor", "messaging.channelpause", "people.secondfactorrule",
    }  # fmt: skip
    theirs = {entry.model: set(entry.daily) for entry in entries() if entry.model in technical}
    assert theirs == {model: {"administrator"} for model in technical}
    system = {role for entry in entries() if entry.group.order >= 1000 for role in entry.daily}
    assert system == {"administrator"}


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize("who", HOMES)
def test_each_number_opens_the_list_that_it_counts(who, client: Client):
    client.force_login(HOMES[who]())
    home = client.get(reverse("admin:index")).context
    counted = {tile.title: tile for tile in home["figures"] if isinstance(tile.value, int)}
    expected = set().union(*TILES.values()) if who not in TILES else TILES[who]
    assert {title for group in TILES.values() for title in group} & set(counted) == expected
    shown = {title: client.get(tile.link).context["cl"].result_count for title, tile in counted.items()}
    assert shown == {title: tile.value for title, tile in counted.items()}
    assert any(shown.values()) or who == "administrator"


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize("who", HOMES)
def test_a_home_costs_as_much_for_three_as_for_one(who, client: Client):
    client.force_login(HOMES[who]())
    client.get(reverse("admin:index"))
    costs = []
    for name in ("", "另一位", "第三位"):
        if name:
            broken_off(name)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("admin:index")).status_code == 200
        costs.append(len(captured))
    assert costs[0] == costs[1] == costs[2] <= 24


def test_who_has_nothing_to_do_reads_what_brings_it(client: Client):
    said = {}
    for who in ("onboarding", "training"):
        client.force_login(HOMES[who]())
        said[who] = client.get(reverse("admin:index")).content.decode()
    assert "入职准备会自动开始" in said["onboarding"]
    assert "还没有排定日期的课程" in said["training"]
    assert "现在该联系谁" not in said["onboarding"] + said["training"]


@pytest.mark.usefixtures("alive")
def test_the_first_page_of_others_says_nothing_of_interviews(client: Client):
    client.force_login(people.trainer())
    page = client.get(reverse("admin:index"))
    assert "queue" not in page.context
    assert [item.due_on for item in page.context["courses"]] == sorted(
        item.due_on for item in page.context["courses"]
    )


@pytest.mark.usefixtures("alive")
def test_a_cancelled_start_and_a_later_day_are_not_due(client: Client):
    step = OnboardingStep.objects.filter(state="ready").first()
    OnboardingStep.objects.filter(pk=step.pk).update(due_on=timezone.localdate() + timedelta(days=1))
    PlanItem.objects.exclude(due_on=None).update(due_on=timezone.localdate() + timedelta(days=8))
    assert not OnboardingStep.objects.due().filter(pk=step.pk).exists()
    assert not PlanItem.objects.due(within=7).exists()
    assert not PlanItem.objects.due().exists()
