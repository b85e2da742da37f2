"""承诺时限: each stage's own time, the opening's before the rule's and the house's, for what begins later alone."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.models import Message
from people.calendar import add_working_days
from recruitment.enums import ApplicationStage
from recruitment.models import AdvanceRule, Application, Opening, StagePromise
from recruitment.queries import behind_promise
from recruitment.services import application_stages, applications, promises
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def days(number: int) -> date:
    return add_working_days(timezone.localdate(), number).date


def step(application: Application, name: str) -> Application:
    return applications.take_step(application_id=application.pk, step=name, by=people.recruiter())


def test_without_a_word_from_anybody_the_times_are_those_of_before():
    opening = make.opening()
    assert {stage: application_stages.within(opening, stage) for stage in ApplicationStage.promised} == {
        "applied": 3, "screening": None, "evaluating": 3, "second_round": 3, "offer": None,
    }  # fmt: skip


@pytest.mark.parametrize(("house", "rule", "own", "expected"), [
    (None, None, None, 3),
    (7, None, None, 7),
    (7, 5, None, 5),
    (7, 5, 2, 2),
    (None, 5, None, 5),
])  # fmt: skip
def test_the_openings_own_time_comes_before_its_rule_and_the_house(
    house: int | None, rule: int | None, own: int | None, expected: int
):
    opening = make.opening(threshold=80 if rule else None)
    if rule:
        AdvanceRule.objects.update(second_round_within=rule)
    for where, time in ((None, house), (opening, own)):
        if time:
            StagePromise.objects.create(opening=where, stage="evaluating", within=time)
    StagePromise.objects.create(opening=make.opening(), stage="evaluating", within=30)
    assert application_stages.within(Opening.objects.get(pk=opening.pk), "evaluating") == expected


def test_a_time_counts_for_whoever_comes_to_the_stage_later():
    early, late = make.application(), make.application()
    before = step(early, "screen").promised_by
    StagePromise.objects.create(stage="screening", within=5)
    assert before is None
    assert step(late, "screen").promised_by == days(5)
    early.refresh_from_db()
    assert early.promised_by is None


def test_who_applies_is_promised_the_openings_time():
    opening = make.opening()
    StagePromise.objects.create(opening=opening, stage="applied", within=1)
    made = applications.apply(candidate_id=make.candidate().pk, opening_id=opening.pk, by=people.recruiter())
    assert made.promised_by == days(1)


def test_the_list_and_the_home_show_who_waits_too_long(client: Client):
    late, kept, over = (make.application() for _each in range(3))
    yesterday = timezone.localdate() - timedelta(days=1)
    Application.objects.filter(pk__in=[late.pk, over.pk]).update(promised_by=yesterday)
    Application.objects.filter(pk=kept.pk).update(promised_by=timezone.localdate())
    step(over, "withdraw")
    assert list(behind_promise(Application.objects.all())) == [late]
    client.force_login(people.recruiter())
    tile = next(
        one for one in client.get(reverse("admin:index")).context["figures"] if "promise=late" in one.link
    )
    shown = client.get(tile.link).context["cl"]
    assert (tile.value, list(shown.result_list)) == (1, [late])


@pytest.mark.parametrize("within", [0, 31, ""])
def test_a_time_that_makes_no_sense_is_refused(client: Client, within: Any):
    client.force_login(people.recruiter())
    address = reverse("admin:recruitment_stagepromise_add")
    assert client.post(address, {"stage": "screening", "within": within}).status_code == 200
    assert client.post(address, {"stage": "interviewing", "within": 3}).status_code == 200
    assert not StagePromise.objects.exists()


def test_the_specialist_hears_first_and_the_lead_a_day_later():
    lead = people.lead()
    application = make.application(stage="evaluating", promised_by=timezone.localdate())
    told = {}
    for day in (1, 2, 3):
        with time_machine.travel(timezone.now() + timedelta(days=day), tick=False):
            promises.report_past()
        told[day] = set(Message.objects.filter(kind="invitation_overdue").values_list("audience", flat=True))
    assert told[1] == {"specialist"}
    assert told[2] == {"specialist", "lead"}
    assert {row.user for row in Message.objects.filter(audience="lead")} == {lead}
    assert Message.objects.filter(audience="specialist", topic_id=application.pk).count() == 3


def test_the_house_has_one_time_for_a_stage(client: Client):
    client.force_login(people.recruiter())
    address = reverse("admin:recruitment_stagepromise_add")
    assert client.post(address, {"stage": "screening", "within": 3}).status_code == 302
    assert client.post(address, {"stage": "screening", "within": 5}).status_code == 200
    assert list(StagePromise.objects.values_list("within", flat=True)) == [3]
    client.force_login(people.trainer())
    assert client.post(address, {"stage": "offer", "within": 5}).status_code == 403
