"""The admin pages: they open, in as many queries for three rows as for one, and take their steps by the services."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from onboarding.admin.panels import APPLICATION_PANEL, INTERVIEW_PANEL
from onboarding.models import OnboardingCase, OnboardingDelay, OnboardingStep, OnboardingTemplate
from recruitment.enums import ApplicationStage
from tests.factories import onboarding, people, recruitment

pytestmark = pytest.mark.django_db
MODELS = [OnboardingCase, OnboardingStep, OnboardingDelay, OnboardingTemplate]


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai")), tick=False):
        yield


@pytest.fixture
def as_hr(client: Client) -> Client:
    client.force_login(people.lead())
    return client


def address(model: type, page: str, *args: object) -> str:
    return reverse(f"admin:onboarding_{model._meta.model_name}_{page}", args=args)


def fill() -> OnboardingCase:
    """A case with a delay, a score and an approval that is done."""
    row = recruitment.interview(state="interrupted")
    recruitment.written_test(row.application)
    return onboarding.case(row)


@pytest.mark.parametrize("model", MODELS)
def test_lists_open_in_a_constant_number_of_queries(as_hr, model):
    counts = []
    for more in (1, 2):
        for _row in range(more):
            fill()
        as_hr.get(
            address(model, "changelist")
        )  # content types and the like are remembered after the first time
        with CaptureQueriesContext(connection) as queries:
            assert as_hr.get(address(model, "changelist")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 13


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("model", MODELS)
def test_pages_open(as_hr, model, language):
    fill()
    row = model.objects.order_by("pk").first()
    with translation.override(language):
        assert as_hr.get(address(model, "change", row.pk)).status_code == 200
        assert as_hr.get(address(model, "changelist"), {"q": "张"}).status_code == 200


@pytest.mark.parametrize("filters", [{"delayed": "yes"}, {"delayed": "no"}, {"state__exact": "preparing"}])
def test_the_list_shows_what_is_asked_for(as_hr, filters):
    fill()
    page = as_hr.get(address(OnboardingCase, "changelist"), filters)
    assert page.context["cl"].result_count == (0 if filters == {"delayed": "no"} else 1)


@pytest.mark.parametrize(("active", "count"), [("yes", 1), ("no", 0)])
def test_delays_by_whether_they_still_hold_a_start_up(as_hr, active, count):
    fill()
    page = as_hr.get(address(OnboardingDelay, "changelist"), {"active": active})
    assert page.context["cl"].result_count == count


def test_the_page_of_a_case_shows_delay_forecast_and_buttons(as_hr):
    case = fill()
    approval = case.steps.get(kind="approval")
    text = as_hr.get(address(OnboardingCase, "change", case.pk)).content.decode()
    assert date_format(case.forecast_start, "DATE_FORMAT") in text
    assert address(OnboardingStep, "step", approval.pk, "done") in text
    assert address(OnboardingStep, "step", case.steps.get(kind="contract").pk, "done") not in text


def test_a_step_is_done_by_a_post_that_comes_back(as_hr):
    case = fill()
    step = case.steps.get(kind="approval")
    back = address(OnboardingCase, "change", case.pk)
    done = f"{address(OnboardingStep, 'step', step.pk, 'done')}?next={back}"
    assert as_hr.get(done).status_code == 405
    assert OnboardingStep.objects.get(pk=step.pk).state == "ready"
    answer = as_hr.post(done)
    assert (answer.status_code, answer.headers["Location"]) == (302, back)
    assert OnboardingStep.objects.get(pk=step.pk).state == "done"
    as_hr.post(address(OnboardingStep, "step", step.pk, "reopen"))
    assert OnboardingStep.objects.get(pk=step.pk).state == "ready"


def test_a_refused_step_says_why_and_changes_nothing(as_hr):
    case = fill()
    contract = case.steps.get(kind="contract")
    answer = as_hr.post(address(OnboardingStep, "step", contract.pk, "done"), follow=True)
    assert [str(message.level_tag) for message in answer.context["messages"]] == ["error"]
    assert OnboardingStep.objects.get(pk=contract.pk).state == "waiting"


@pytest.mark.usefixtures("unknown_2027")
def test_hr_begins_a_case_for_an_application(as_hr):
    row = recruitment.interview(of=recruitment.application(stage=ApplicationStage.EVALUATING))
    add = address(OnboardingCase, "add")
    assert as_hr.get(add).status_code == 200
    wrong = as_hr.post(add, {"application": row.application_id, "planned_start": "2027-03-01"})
    assert (wrong.status_code, OnboardingCase.objects.count()) == (422, 0)
    assert (
        as_hr.post(add, {"application": row.application_id, "planned_start": "2026-12-14"}).status_code == 302
    )
    case = OnboardingCase.objects.get()
    assert (case.application_id, case.planned_start, list(case.waits_on.all())) == (
        row.application_id,
        date(2026, 12, 14),
        [row],
    )


def test_hr_moves_a_start_chooses_interviews_and_records_the_first_day(as_hr):
    case = fill()
    page = address(OnboardingCase, "step", case.pk, "move")
    assert as_hr.get(page).status_code == 200
    assert as_hr.post(page, {"planned_start": "2026-12-21"}).status_code == 302
    page = address(OnboardingCase, "step", case.pk, "interviews")
    assert as_hr.get(page).status_code == 200
    assert as_hr.post(page, {}).status_code == 302
    case = OnboardingCase.objects.get(pk=case.pk)
    assert (case.planned_start, case.forecast_start, case.waits_on.count()) == (
        date(2026, 12, 21),
        date(2026, 12, 21),
        0,
    )
    prepared = onboarding.ready_case()
    page = address(OnboardingCase, "step", prepared.pk, "start")
    assert as_hr.get(page).status_code == 200
    assert as_hr.post(page, {"on": "2026-11-24"}).status_code == 422
    assert as_hr.post(page, {"on": "2026-11-23"}).status_code == 302
    assert OnboardingCase.objects.get(pk=prepared.pk).state == "started"


def test_nobody_types_into_what_services_write(as_hr):
    case = fill()
    for row in (case, case.steps.first(), case.delays.first()):
        assert (
            as_hr.post(address(type(row), "change", row.pk), {"state": "started", "days": 9}).status_code
            == 403
        )
        assert as_hr.post(address(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
    assert (case.steps.count(), [delay.days for delay in case.delays.all()]) == (5, [1])
    assert OnboardingCase.objects.get(pk=case.pk).state == "preparing"


def test_the_default_template_is_chosen_and_not_deleted(client):
    client.force_login(people.lead())
    standard = OnboardingTemplate.objects.get()
    own = OnboardingTemplate.objects.create(name="实习生")
    make_default = address(OnboardingTemplate, "step", own.pk, "default")
    client.post(make_default)
    assert OnboardingTemplate.objects.get(is_default=True) == standard
    own.steps.create(number=1, kind="first_day", title="首日报到", offset_working_days=0)
    client.post(make_default)
    assert OnboardingTemplate.objects.get(is_default=True) == own
    assert client.post(address(OnboardingTemplate, "delete", own.pk), {"post": "yes"}).status_code == 403
    assert client.post(address(OnboardingTemplate, "delete", standard.pk), {"post": "yes"}).status_code == 302
    assert list(OnboardingTemplate.objects.all()) == [own]


@pytest.mark.parametrize("who", [people.manager, people.user])
def test_the_admin_is_closed_to_everybody_else(client, who):
    case = fill()
    client.force_login(who())
    step = case.steps.get(kind="approval")
    for page in [address(model, "changelist") for model in MODELS] + [
        address(OnboardingStep, "step", step.pk, "done")
    ]:
        for answer in (client.get(page), client.post(page)):
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (
                302,
                reverse("admin:login"),
            )
    assert OnboardingStep.objects.get(pk=step.pk).state == "ready"


def test_the_box_on_recruitments_pages_shows_the_case():
    case = fill()
    row = case.waits_on.get()
    request = HttpRequest()
    request.user = people.recruiter()
    assert date_format(case.forecast_start, "DATE_FORMAT") in APPLICATION_PANEL(request, row.application)
    assert date_format(case.forecast_start, "DATE_FORMAT") in INTERVIEW_PANEL(request, row)
    other = recruitment.interview()
    assert (APPLICATION_PANEL(request, other.application), INTERVIEW_PANEL(request, other)) == ("", "")
    request.user = people.manager()
    assert INTERVIEW_PANEL(request, row) == ""
