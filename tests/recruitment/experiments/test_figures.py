"""The figures: by the side of the first note, of whole weeks, with what happened in them and nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.events.models import Event
from recruitment.enums import Side
from recruitment.experiments.services import figures, running
from recruitment.models import Experiment, Exposure
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.experiments import making

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def sums(experiment: Experiment) -> dict[str, tuple[float, float]]:
    return {line.name: (line.usual.total, line.other.total) for line in figures.shown(experiment).lines}


def test_what_happened_in_seven_days_counts_on_the_side_of_the_note() -> None:
    experiment = making.started()
    at = timezone.now() - 8 * DAY
    one, two, three, four = (make.interview(state="in_progress") for _ in range(4))
    making.noted(experiment, Side.USUAL, of=one, at=at)
    making.noted(experiment, Side.OTHER, of=two, at=at)
    making.noted(experiment, Side.OTHER, of=three, at=at)
    making.noted(experiment, Side.OTHER, of=four, at=timezone.now() - 6 * DAY)  # not a week yet
    make.exit_(one, left_at=at + DAY, is_announced=True, cause="by_mistake", returned_at=at + DAY)
    make.exit_(one, left_at=at + 2 * DAY, returned_at=at + 2 * DAY)  # silent, the same application
    make.exit_(two, left_at=at + DAY, cause="network", corrected_cause="by_mistake", returned_at=at + DAY)
    make.exit_(two, left_at=at - DAY, is_announced=True, returned_at=at)  # before it made a difference
    make.exit_(three, left_at=at + DAY, cause="our_outage", returned_at=at + DAY)  # ours
    make.exit_(three, left_at=at + 7 * DAY, is_announced=True)  # after the week
    make.exit_(four, left_at=at + 3 * DAY)
    Event.objects.create(
        kind="interview_abandoned", subject_type="recruitment.interview", subject_id=two.pk, origin_id=two.pk,
        origin_type="recruitment.interview", facts={"attempt": 1}, at=at + 3 * DAY,
    )  # fmt: skip
    Event.objects.create(
        kind="interview_abandoned", subject_type="recruitment.interview", subject_id=one.pk, origin_id=one.pk,
        origin_type="recruitment.interview", facts={"attempt": 2}, at=at + 3 * DAY,
    )  # fmt: skip
    for number in range(5):
        make.follow_up(
            two,
            kind="asked",
            exit=None,
            opened_at=at + timedelta(hours=number + 1),
            state="closed",
            outcome="told",
        )
    make.follow_up(one, kind="asked", exit=None, opened_at=at + 7 * DAY, state="closed", outcome="told")

    found = figures.shown(experiment)
    assert (found.noted, found.counted) == ({"usual": 1, "other": 3}, {"usual": 1, "other": 2})
    assert sums(experiment) == {
        "left": (1, 1), "announced": (1, 0), "silent": (1, 1), "mistaken": (1, 1), "abandoned": (0, 1),
        "enquiries": (0, 1),  # three of five, as one whole
    }  # fmt: skip
    assert [(line.low, line.high) for line in found.lines] == [(None, None)] * 6  # not enough data
    assert not found.has_enough_data


def many(experiment: Experiment, side: str, count: int, leavers: int) -> None:
    interview = make.interview(state="in_progress")
    rows = make.Application.objects.bulk_create(
        make.Application(opening=interview.application.opening, candidate=make.candidate(f"人{side}{number}"))
        for number in range(count)
    )
    kept = make.Interview.objects.bulk_create(
        make.Interview(
            application=row, version=interview.version, window_opens_at=timezone.now(),
            window_closes_at=timezone.now() + DAY, expected_result=timezone.localdate(),
        )
        for row in rows
    )  # fmt: skip
    at = timezone.now() - 8 * DAY
    Exposure.objects.bulk_create(
        Exposure(
            experiment=experiment, application=one.application, interview=one, attempt=1, side=side, at=at
        )
        for one in kept
    )
    make.InterviewExit.objects.bulk_create(
        make.InterviewExit(interview=one, attempt=1, cause="network", is_announced=False, left_at=at + DAY)
        for one in kept[:leavers]
    )


def test_a_difference_is_shown_from_a_hundred_on_each_side() -> None:
    experiment = making.started()
    many(experiment, Side.USUAL, 100, 60)
    many(experiment, Side.OTHER, 99, 10)
    assert not figures.shown(experiment).has_enough_data
    making.noted(experiment, Side.OTHER)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = figures.shown(experiment)
    assert len(queries) == 2
    left = next(line for line in found.lines if line.name == "left")
    assert (left.usual.total, left.usual.count, left.other.total, left.other.count) == (60, 100, 10, 100)
    assert left.low is not None and left.high is not None
    assert -1 < left.low < -0.5 < left.high < 0
    assert [line.name for line in found.lines if line.is_clear] == ["left", "silent"]
    assert not found.is_divided_wrongly


def test_sides_that_chance_does_not_explain_are_called_so() -> None:
    experiment = making.started(share=50)
    many(experiment, Side.OTHER, 60, 0)
    assert not figures.shown(Experiment(share=50, pk=0)).is_divided_wrongly
    assert figures.shown(experiment).is_divided_wrongly
    many(experiment, Side.USUAL, 60, 0)
    assert not figures.shown(experiment).is_divided_wrongly


def test_the_page_is_the_leads_and_says_it_with_its_denominators(client: Client) -> None:
    lead = people.lead()
    experiment = making.started(by=lead)
    many(experiment, Side.USUAL, 100, 60)
    many(experiment, Side.OTHER, 100, 10)
    address = reverse("admin:recruitment_experiment_change", args=[experiment.pk])
    client.force_login(lead)
    page = client.get(address)
    assert page.status_code == 200
    for words in ("60.0 %", "60 / 100", "10 / 100", "-50.0 个百分点", "已计入", "95%"):
        assert words in page.text, words
    assert 'name="text_zh"' not in page.text  # what was started stands
    for colleague in (people.recruiter(), people.manager(), people.user()):
        client.force_login(colleague)
        assert client.get(address).status_code in (302, 403, 404)


def test_a_draft_is_written_started_and_ended_on_its_page(client: Client) -> None:
    client.force_login(people.lead())
    add = reverse("admin:recruitment_experiment_add")
    sent = {
        "name": "不弹窗",
        "subject": "exit_dialog",
        "leaves_out": "on",
        "share": "50",
        "text_zh": "",
        "text_en": "",
    }
    refused = client.post(add, {**sent, "leaves_out": ""})
    assert set(refused.context["adminform"].form.errors) == {"text_zh", "text_en"}
    assert client.post(add, {**sent, "subject": "reminder"}).status_code == 200
    assert client.post(add, sent).status_code == 302
    row = Experiment.objects.get()
    assert "开始实验" in client.get(reverse("admin:recruitment_experiment_change", args=[row.pk])).text
    step = reverse("admin:recruitment_experiment_step", args=[row.pk, "start"])
    page = client.get(step) if client.get(step).status_code == 200 else client.post(step, {})
    assert "确认，实验组完全没有这一项" in page.text
    client.post(step, {"confirmed": "1"})
    row.refresh_from_db()
    assert row.is_draft
    client.post(step, {"confirmed": "1", "without": "on"})
    row.refresh_from_db()
    assert row.is_running
    running.end(experiment_id=row.pk, by=people.lead())
