"""An employee file follows the candidate; starts lie on working days."""

from datetime import date

import pytest

from core.errors import DomainError
from people.actors import Party
from people.models import Employee
from people.services import calendar
from recruitment.models import Application
from recruitment.services import applications, candidates
from tests.core.admin.pages import address_of, filled, shown_in_full
from tests.factories import onboarding, people
from tests.factories import recruitment as make
from tests.factories.onboarding import START
from tests.factories.works import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def test_the_file_follows_a_correction_until_the_start(client):
    person = make.candidate("张三", phone="13800138000", email="z@b.com")
    case = onboarding.case(make.application(candidate=person))
    client.force_login(people.lead())
    shown_in_full(client, person)
    values = filled(client.get(address_of(person)))
    changes = {"name": "张珊", "phone": "139 0013 9000", "email": "San@b.com"}
    assert client.post(address_of(person), values | changes).status_code == 302
    file = Employee.objects.get(pk=case.employee_id)
    assert (file.name, file.phone, file.email) == ("张珊", "+8613900139000", "san@b.com")

    # Later, and twice: the level it is, not what changed.
    Employee.objects.filter(pk=file.pk).update(name="旧名")
    person.refresh_from_db()
    candidates.announce_corrected(person, fields=["email"], by=Party.SYSTEM)
    candidates.announce_corrected(person, fields=["language"], by=Party.SYSTEM)
    assert Employee.objects.get(pk=file.pk).name == "张珊"


@pytest.mark.parametrize("day", [date(2026, 12, 12), date(2026, 12, 13)])
def test_a_start_on_a_day_off_is_refused_everywhere_and_the_next_working_day_is_named(client, day):
    lead = people.lead()
    candidate, opening, application = make.candidate(), make.opening(), make.application()
    for step in (
        lambda: applications.apply(
            candidate_id=candidate.pk, opening_id=opening.pk, planned_start=day, by=lead
        ),
        lambda: applications.plan_start(application_id=application.pk, planned_start=day, by=lead),
    ):
        with pytest.raises(DomainError) as refused:
            step()
        assert refused.value.code == "start_not_a_working_day"
        assert refused.value.extra["next_working_day"] == "2026-12-14"
    assert not Application.objects.filter(planned_start__isnull=False).exists()
    file = people.employee()
    client.force_login(lead)
    answer = client.post(
        address_of(file), filled(client.get(address_of(file))) | {"starts_on": day.isoformat()}
    )
    (error,) = answer.context["adminform"].form.errors.as_data()["starts_on"]
    assert (error.code, "14" in error.messages[0]) == ("start_not_a_working_day", True)


def test_a_day_that_becomes_a_day_off_moves_what_stood_on_it():
    case = onboarding.case(make.application())
    still = onboarding.case(make.application(), start=date(2026, 12, 16))
    ended = make.application(stage="rejected", planned_start=START)
    calendar.set_day(day=START, is_working=False, by=people.lead())
    work_off()
    case.refresh_from_db()
    still.refresh_from_db()
    assert Application.objects.get(pk=case.application_id).planned_start == date(2026, 12, 15)
    assert (case.planned_start, case.employee.starts_on) == (date(2026, 12, 15), date(2026, 12, 15))
    assert still.planned_start == date(2026, 12, 16)
    assert Application.objects.get(pk=ended.pk).planned_start == START
    # Once more changes nothing.
    applications.move_off_days_off(year=2026, ids=[case.application_id, still.application_id])
    assert Application.objects.get(pk=case.application_id).planned_start == date(2026, 12, 15)
