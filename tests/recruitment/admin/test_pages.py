"""Every page opens for HR in a constant number of queries, and is closed to everybody else."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recruitment.models import AdvanceRule, Invitation
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.admin.conftest import broken_off

pytestmark = pytest.mark.django_db

MODELS = [
    "recruitment.opening",
    "recruitment.interviewplan",
    "recruitment.planversion",
    "recruitment.stage",
    "recruitment.question",
    "recruitment.candidate",
    "recruitment.application",
    "recruitment.interview",
    "recruitment.interviewexit",
    "recruitment.followup",
    "recruitment.assessment",
    "recruitment.decision",
    "recruitment.invitation",
    "recruitment.competency",
    "recruitment.skill",
    "recruitment.roomlink",
    "events.event",
    "events.reaction",
]
ADDABLE = [
    "recruitment.opening",
    "recruitment.interviewplan",
    "recruitment.stage",
    "recruitment.question",
    "recruitment.candidate",
    "recruitment.application",
    "recruitment.competency",
    "recruitment.skill",
]


def page(model: str, kind: str, *args) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_{kind}", args=args)


def more() -> None:
    """One more row of everything."""
    story = broken_off()
    report = story.interview.assessments.get(basis="fallback")
    Invitation.objects.create(
        application=story.application,
        assessment=report,
        basis="fallback",
        invited_at="2026-11-23T10:00+08:00",
    )


def queries(client, address: str) -> int:
    """The lesser of two: what is asked once in a while, on a slow machine between any two pages, is no page's."""
    client.get(address)  # content types and the like are remembered after the first time
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
    return min(counts)


_counted: list[dict[str, int]] = []


@pytest.fixture
def counted(as_hr) -> list[dict[str, int]]:
    """The queries of each list, over one row of everything and over three: told and counted once for all lists."""
    if not _counted:
        found = []
        for rows in (1, 2):
            for _row in range(rows):
                more()
            found.append({model: queries(as_hr, page(model, "changelist")) for model in MODELS})
        _counted.extend(found)
    return _counted


@pytest.mark.parametrize("model", MODELS)
def test_a_list_opens_in_a_constant_number_of_queries(counted, model):
    one, three = counted
    assert three[model] == one[model]
    assert one[model] <= 12


@pytest.mark.parametrize("model", MODELS)
def test_a_record_opens_for_hr(as_hr, model):
    more()
    row = apps.get_model(model).objects.latest("pk")
    assert as_hr.get(page(model, "change", row.pk)).status_code == 200
    assert as_hr.get(page(model, "changelist"), {"q": "1"}).status_code == 200


@pytest.mark.parametrize("model", ADDABLE)
def test_a_form_for_a_new_record_opens(as_hr, model):
    assert as_hr.get(page(model, "add")).status_code == 200


@pytest.mark.parametrize("model", sorted(set(MODELS) - set(ADDABLE)))
def test_what_services_write_cannot_be_added_or_edited_by_hand(as_hr, model):
    more()
    rows = apps.get_model(model).objects
    row, before = rows.latest("pk"), list(rows.values().order_by("pk"))
    assert as_hr.get(page(model, "add")).status_code == 403
    assert as_hr.post(page(model, "change", row.pk), {"state": "closed"}).status_code == 403
    assert as_hr.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert list(rows.values().order_by("pk")) == before


@pytest.mark.parametrize("who", [people.manager, people.user, None])
def test_the_pages_are_closed_to_everybody_else(client, who):
    more()
    if who:
        client.force_login(who())
    for model in MODELS:
        row = apps.get_model(model).objects.latest("pk")
        for address in (page(model, "changelist"), page(model, "change", row.pk)):
            answer = client.get(address)
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (
                302,
                reverse("admin:login"),
            )


def test_the_interview_page_reads_as_much_for_many_events_as_for_few(as_hr, story):
    address = page("recruitment.interview", "change", story.interview.pk)
    few = queries(as_hr, address)
    as_hr.post(reverse("admin:recruitment_followup_step", args=[story.follow_up.pk, "claim"]))
    as_hr.post(reverse("admin:recruitment_followup_step", args=[story.follow_up.pk, "reached"]))
    many = queries(as_hr, address)
    assert many <= few + 1
    # The last one notes who looked.
    assert many <= 30


def test_nothing_in_the_back_office_is_sorted_by_a_score_that_may_be_an_estimate() -> None:
    sortable = {
        f"{model._meta.label_lower}.{name}"
        for model, page_of in admin.site._registry.items()
        for name in page_of.list_display
        if any(
            word in str(getattr(getattr(page_of, str(name), None), "admin_order_field", ""))
            for word in ("score", "value")
        )
    }
    assert sortable == set()


@pytest.mark.parametrize(
    "address",
    [
        "/admin/recruitment/interview/?live_state=%00",
        "/admin/recruitment/application/?stage__exact=%00",
        "/admin/people/user/?role=%00",
        "/admin/autocomplete/?app_label=recruitment&model_name=application&field_name=candidate&term=%00",
    ],
)
def test_a_null_character_is_refused_in_every_address_of_the_back_office(as_hr, address: str) -> None:
    answer = as_hr.get(address)
    assert (answer.status_code, answer.json()["code"]) == (422, "null_character")


@pytest.mark.parametrize("year", ["99999999999", "0000", "9999", "x", "2026"])
def test_a_year_that_nobody_loaded_shows_the_whole_calendar(as_hr, year: str) -> None:
    assert as_hr.get(f"/admin/people/calendarday/?year={year}").status_code == 200


def test_the_page_of_a_round_shows_what_belongs_to_that_round(as_hr) -> None:
    """A round that people hold has cards and an outcome: no stages of the plan, reports, page or consents."""
    application = make.application()
    room = make.interview(application)
    make.card(application, people.recruiter(username="wang", name="王面试"))
    held = application.interviews.get(kind="people")
    of_the_room = {
        'id="assessments"',
        'id="answers"',
        "未作答",
        "连接",
        "同意",
        room.version.stages.first().title,
    }
    said = {
        row: as_hr.get(page("recruitment.interview", "change", row.pk)).content.decode().split("<dl", 1)[1]
        for row in (room, held)
    }
    assert {words for words in of_the_room if words in said[room]} == of_the_room
    assert {words for words in of_the_room if words in said[held]} == set()
    assert [('id="panel-rounds"' in said[row], "王面试" in said[row]) for row in (room, held)] == [
        (False, False),
        (True, True),
    ]


def test_of_a_consent_the_last_word_stands_at_the_head(as_hr, story) -> None:
    for given in (True, False):
        story.interview.consents.create(attempt=1, kind="faces", version="test", given=given)
    head = as_hr.get(page("recruitment.interview", "change", story.interview.pk)).content.decode()
    head = head.split("<dl", 1)[1].split("</dl>", 1)[0]
    assert ("统计出镜情况 ✗" in head, "统计出镜情况 ✓" in head) == (True, False)


def test_an_empty_table_of_an_opening_says_so_to_whoever_cannot_add_to_it(client):
    opening = make.opening()
    AdvanceRule.objects.filter(opening=opening).delete()
    address = page("recruitment.opening", "change", opening.pk)
    sentences = {"未要求任何技能。", "没有晋级规则，每位候选人都由人来决定。", "按公司统一的承诺时限执行。"}
    found = {}
    for name, person in (("reads", people.trainer()), ("writes", people.recruiter())):
        client.force_login(person)
        text = client.get(address).content.decode()
        found[name] = {one for one in sentences if one in text}
    assert found == {"reads": sentences, "writes": set()}
