"""What is read for pages: who waits for a person's score."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from recruitment.models import Interview, RubricScore
from recruitment.queries import unscored_by_person
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def scored(value: int | None, *, override: int | None = None, state: str = "completed") -> Interview:
    """An interview with two scores of its first stage."""
    interview = make.interview(state=state)
    checkpoint = make.saved_stage(interview, 1)
    for code in ("communication", "teamwork"):
        RubricScore.objects.create(
            checkpoint=checkpoint,
            competency=make.competency(code),
            value=value,
            override=override,
            method="x",
        )
    return interview


def test_who_waits_for_a_persons_score_is_named_once() -> None:
    waiting = scored(None)
    scored(80)
    scored(None, override=70)
    scored(None, state="in_progress")
    scored(None, state="interrupted")
    earlier = scored(None)
    earlier.attempt = 2
    earlier.save()

    assert list(Interview.objects.visible_to(people.recruiter()).filter(unscored_by_person())) == [waiting]


def test_only_who_may_see_the_interview_sees_that_it_waits() -> None:
    waiting = scored(None)
    own = people.manager(waiting.application.opening.department)

    assert list(Interview.objects.visible_to(own).filter(unscored_by_person())) == [waiting]
    assert (
        not Interview.objects.visible_to(people.manager(people.department("财务部")))
        .filter(unscored_by_person())
        .exists()
    )
    assert not Interview.objects.visible_to(AnonymousUser()).filter(unscored_by_person()).exists()


def test_the_list_is_narrowed_to_those_that_wait(client) -> None:
    waiting, _done = scored(None), scored(80)
    client.force_login(people.recruiter())
    address = reverse("admin:recruitment_interview_changelist")

    page = client.get(address, {"awaiting_review": "yes"})
    everything = client.get(address)

    assert {row.pk for row in page.context["cl"].result_list} == {waiting.pk}
    assert len(everything.context["cl"].result_list) == 2
