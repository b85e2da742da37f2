"""What a level of a competency looks like stands on the card that is scored, as it was when the round was planned."""

import pytest
from django.test import Client
from django.utils import timezone

from people.actors import Party
from people.models import User
from recruitment.models import Round, RubricLevel, Scorecard, ScorecardScore
from recruitment.rounds.words import ANCHORS
from recruitment.services import plans
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.rounds import noon, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    api.calendar()
    return people.manager(name="孙经理")


def page(person: User, row: Round) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(f"/admin/rounds/{row.cards.get().pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def house(code: str, *anchors: str) -> None:
    for level, anchor in enumerate(anchors, start=1):
        RubricLevel.objects.create(competency=make.competency(code), level=level, anchor=anchor)


def test_a_round_keeps_the_anchors_of_the_plan_as_it_was_and_a_later_one_has_the_later_ones(
    boss: User,
) -> None:
    plan = make.plan(published=False)
    draft = plan.versions.get()
    code = draft.stages.first().competencies.first().code
    of_plan = {"competency": make.competency(code), "version": draft, "level": 3}
    RubricLevel.objects.create(**of_plan, anchor="能说清一个自己做过的例子")
    make.publish(draft)
    of = make.application(make.opening(interview_plan=plan), stage="second_round")
    before = planned(boss, of=of)
    assert before.anchors[str(make.competency(code).pk)] == {"3": "能说清一个自己做过的例子"}
    newer = plans.edit(plan_id=plan.pk, by=Party.SYSTEM)
    newer.levels.update(anchor="能举出两个例子并比较")
    plans.publish(version_id=newer.pk, by=Party.SYSTEM)
    after = planned(
        boss, of=make.application(make.opening(interview_plan=plan), stage="second_round"), at=noon(4)
    )
    shown = [page(boss, row) for row in (before, after)]
    assert ["能说清一个自己做过的例子" in one for one in shown] == [True, False]
    assert ["能举出两个例子并比较" in one for one in shown] == [False, True]


def test_what_the_plan_does_not_measure_has_the_houses_anchors_of_that_day(boss: User) -> None:
    house("leadership", "只管自己", "偶尔带人", "带过两三人")
    asked = {"competencies": [make.competency("leadership").pk]}
    row = planned(boss, **asked)
    RubricLevel.objects.filter(competency__code="leadership", level=3).update(anchor="带过十人")
    RubricLevel.objects.filter(competency__code="leadership", level=1).delete()
    said = page(boss, row)
    assert ("只管自己" in said, "带过两三人" in said, "带过十人" in said) == (True, True, False)
    assert said.count(f'name="score-{make.competency("leadership").pk}"') == 5
    assert planned(boss, at=noon(4), **asked).anchors == {
        str(make.competency("leadership").pk): {"2": "偶尔带人", "3": "带过十人"}
    }


def test_without_anchors_and_in_rounds_of_before_the_points_mean_the_same_for_all(boss: User) -> None:
    row = planned(boss)
    assert row.anchors == {}
    house("communication", "说不清楚")
    said = page(boss, row)
    assert ("说不清楚" in said, "rounds-levels" in said, str(ANCHORS[5]) in said) == (False, False, True)


def test_whoever_decides_reads_beside_each_score_what_it_looks_like(boss: User) -> None:
    house("leadership", "只管自己", "偶尔带人", "带过两三人")
    row = planned(boss, competencies=[make.competency("leadership").pk])
    Scorecard.objects.filter(round=row).update(handed_in_at=timezone.now())
    ScorecardScore.objects.filter(card__round=row).update(value=2)
    client = Client()
    client.force_login(people.lead())
    said = client.get(f"/admin/recruitment/interview/{row.interview_id}/change/").content.decode()
    assert ("偶尔带人" in said, "带过两三人" in said) == (True, False)
