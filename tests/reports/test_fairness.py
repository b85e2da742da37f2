"""Groups beside each other: counted by hand, small ones withheld, and for whoever has the right alone."""

from math import comb
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from people.enums import Role
from people.models import RoleRight
from people.rights import Reach, Right
from recruitment.models import GroupAnswer, Interview, InterviewExit, Invitation
from reports import fairness
from tests.factories import people
from tests.factories import recruitment as make
from tests.reports import rows

pytestmark = pytest.mark.django_db


def took(
    opening: Any, gender: str, number: int, state: str = "completed", value: int | None = None
) -> list[Interview]:
    """So many of a group; with a full report of this value where one is given."""
    made = rows.interviews(opening, number, state)
    GroupAnswer.objects.bulk_create(
        GroupAnswer(candidate=row.application.candidate, gender=gender, consent_version="1") for row in made
    )
    if value is not None:
        for row in made:
            rows.full(row, value)
    return made


def found(by: str = "gender") -> list[tuple[dict[str, list[tuple[str, int, int, str]]], int]]:
    """Of each release its figures by name, and how many groups are withheld."""
    return [
        (
            {
                one.name: [(line.label, line.yes, line.of, line.verdict) for line in one.lines]
                for one in release.figures
            },
            release.withheld,
        )
        for release in fairness.releases(by)
    ]


def test_who_finished_was_interrupted_came_further_and_scored_high() -> None:
    opening = make.opening()
    high = took(opening, "female", 20, value=90)
    took(opening, "male", 10, value=90)
    low = took(opening, "male", 20, value=60)
    took(opening, "male", 10, "abandoned")
    rows.interviews(opening, 7, "completed")  # said nothing
    took(opening, "female", 3, "in_progress")
    for row in (*high, *low[:5]):
        Invitation.objects.create(
            application=row.application,
            basis="full",
            assessment=row.assessments.get(),
            invited_at=timezone.now(),
        )
    ((figures, withheld),) = found()
    assert withheld == 0
    assert figures == {
        "finished": [("女", 20, 20, "highest"), ("男", 30, 40, "maybe_below")],
        "undisturbed": [("女", 20, 20, "highest"), ("男", 30, 40, "maybe_below")],
        "advanced": [("女", 20, 20, "highest"), ("男", 5, 30, "below")],
        "high": [("女", 20, 20, "highest"), ("男", 10, 30, "below")],
    }


def test_a_ratio_and_its_interval_are_those_of_a_sum_over_whole_numbers() -> None:
    """26 of 45 women and 14 of 35 men in the upper half: 0.69 (0.30 to 1.50), each end by the binomial sum alone."""
    opening = make.opening()
    for gender, high, low in (("female", 26, 19), ("male", 14, 21)):
        took(opening, gender, high, value=90)
        took(opening, gender, low, value=60)

    def edge(of: int, counts: range, *, rises: bool) -> float:
        """The share at which so many of `of` come with 1 in 80: half of half of what 95 of 100 leave. In billionths."""
        unit = 10**9
        least, most = 0, unit
        while most - least > 1:
            middle = (least + most) // 2
            chance = sum(comb(of, k) * middle**k * (unit - middle) ** (of - k) for k in counts)
            is_less = chance * 80 < unit**of
            least, most = (middle, most) if is_less == rises else (least, middle)
        return least / unit

    women = edge(45, range(26, 46), rises=True), edge(45, range(27), rises=False)
    men = edge(35, range(14, 36), rises=True), edge(35, range(15), rises=False)
    (release,) = fairness.releases("gender")
    (figure,) = [one for one in release.figures if one.name == "high"]
    first, second = figure.lines
    assert (first.label, first.yes, first.of, first.verdict) == ("女", 26, 45, "highest")
    assert (second.label, second.yes, second.of, second.verdict) == ("男", 14, 35, "maybe_below")
    assert second.ratio == pytest.approx((14 / 35) / (26 / 45))
    assert second.ratio_interval == pytest.approx((men[0] / women[1], men[1] / women[0]), rel=1e-6)
    assert [round(each, 2) for each in second.ratio_interval or ()] == [0.30, 1.50]


def test_whoever_came_further_stays_counted_once_a_round_with_people_was_held() -> None:
    """The later interview of the same plan is a colleague's: the score and the invitation are those of the first."""
    opening = make.opening()
    high = took(opening, "female", 20, value=90)
    took(opening, "male", 20, value=60)
    for row in high:
        Invitation.objects.create(
            application=row.application,
            basis="full",
            assessment=row.assessments.get(),
            invited_at=timezone.now(),
        )
    before = found()
    for row in high[:8]:
        make.interview(row.application, state="completed", kind="people", round=2)
    assert found() == before
    ((figures, _withheld),) = before
    assert figures["advanced"] == [("女", 20, 20, "highest"), ("男", 0, 20, "below")]


def test_what_our_server_broke_off_is_no_interruption() -> None:
    opening = make.opening()
    left = took(opening, "male", 10, "abandoned")
    took(opening, "female", 10)
    exits = InterviewExit.objects.filter(interview__in=left)
    exits.update(corrected_cause="our_outage")
    ((figures, _withheld),) = found()
    assert figures["undisturbed"] == [("女", 10, 10, "highest"), ("男", 10, 10, "highest")]
    assert figures["finished"] == [("女", 10, 10, "highest"), ("男", 0, 10, "below")]


def test_a_small_group_is_withheld_whole_and_another_with_it() -> None:
    """Four of `other` cannot be told; the next smallest goes with them, so that no total tells them either."""
    opening = make.opening()
    took(opening, "other", 4)
    took(opening, "male", 9)
    took(opening, "female", 20)
    assert found() == [
        ({"finished": [("女", 20, 20, "no_comparison")], "undisturbed": [("女", 20, 20, "no_comparison")]}, 2)
    ]


def test_one_small_figure_withholds_the_group() -> None:
    """Two of eleven left: how the group finished tells of two persons."""
    opening = make.opening()
    took(opening, "male", 9)
    took(opening, "male", 2, "abandoned")
    assert found() == [({}, 1)]


def test_a_person_counts_once_in_a_release_and_releases_are_never_mixed() -> None:
    opening = make.opening()
    took(opening, "female", 5)
    again = took(opening, "male", 4)
    for row in again:  # four persons with eight interviews are four persons
        make.interview(
            make.application(make.opening(), candidate=row.application.candidate), state="completed"
        )
    assert {label for figures, _n in found() for lines in figures.values() for label, *_rest in lines} <= {
        "女"
    }


def test_two_queries_however_many() -> None:
    opening = make.opening()
    took(opening, "female", 6, value=80)
    took(opening, "male", 6, value=70)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        fairness.releases("gender")
    assert len(asked) == 2


def test_a_right_of_its_own(client: Any) -> None:
    address = reverse("fairness")
    opening = make.opening()
    took(opening, "female", 6)
    took(opening, "male", 6)
    trainer = people.trainer()
    for person in (people.lead(), people.recruiter(), trainer):
        client.force_login(person)
        assert client.get(address).status_code == 403
        assert address not in client.get(reverse("reports")).text
    RoleRight.objects.update_or_create(
        role=Role.TRAINING, right=Right.COMPARE, defaults={"reach": Reach.HOUSE}
    )
    client.force_login(trainer)
    assert address in client.get(reverse("reports")).text
    said = client.get(address)
    assert (said.status_code, "6 / 6" in said.text, "数据不足" in said.text) == (200, True, False)
    assert "还没有面试已结束的候选人填写自愿信息" in client.get(address, {"by": "age_band"}).text
    assert client.get(address, {"by": "name"}).status_code == 404
    assert client.post(address).status_code == 405
