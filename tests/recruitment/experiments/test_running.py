"""Who is on which side, and what it takes to start: off by default, one at a time, nothing left out by accident."""

from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError, ProgrammingError

from core.errors import DomainError, Forbidden
from recruitment.enums import ExperimentSubject, Side
from recruitment.experiments.services import running, sides
from recruitment.models import Experiment, Exposure
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.experiments import making

pytestmark = pytest.mark.django_db


def code_of(experiment: Experiment, **how: bool) -> str:
    with pytest.raises(DomainError) as caught:
        running.start(experiment_id=experiment.pk, by=people.lead(), **how)
    return caught.value.code


def test_a_side_is_the_same_for_ever_and_of_the_chosen_size() -> None:
    one = Experiment(seed="0123456789abcdef", share=30)
    found = [sides.side_of(one, number) for number in range(1, 4001)]
    # Written down once: a change of the hash would move people in the middle of an experiment.
    assert "".join("o" if side == Side.OTHER else "u" for side in found[:20]) == "oooooouuuouuooououuu"
    assert 1100 < Counter(found)[Side.OTHER] < 1300
    again = [
        sides.side_of(Experiment(seed="fedcba9876543210", share=30), number) for number in range(1, 4001)
    ]
    both = sum(one == other == Side.OTHER for one, other in zip(found, again, strict=True))
    assert 290 < both < 430  # another seed divides the same people in its own way: 9 of 100 are on both


def test_nothing_is_divided_until_it_is_started_nor_after_its_end() -> None:
    application = make.application()
    draft = making.draft()
    ask = lambda: sides.trial_of(ExperimentSubject.EXIT_DIALOG, application.pk)  # noqa: E731
    assert ask() is None
    running.start(experiment_id=draft.pk, by=people.lead())
    trial = ask()
    assert trial is not None and trial.experiment == draft
    assert sides.trial_of(ExperimentSubject.GUIDE, application.pk) is None
    running.end(experiment_id=draft.pk, by=people.lead())
    assert ask() is None


def test_only_the_lead_starts_and_ends() -> None:
    row = making.draft()
    for colleague in (people.recruiter(), people.onboarder(), people.manager()):
        with pytest.raises(Forbidden):
            running.start(experiment_id=row.pk, by=colleague)
        with pytest.raises(Forbidden):
            running.end(experiment_id=row.pk, by=colleague)
        assert not Experiment.objects.visible_to(colleague).exists()


def test_it_is_refused_what_is_no_experiment() -> None:
    assert code_of(making.draft(text_en="")) == "wording_empty"
    assert code_of(making.draft(text_zh="一行")) == "wording_empty"
    assert code_of(making.draft(text_zh="长" * 61 + "\n文")) == "wording_too_long"
    assert code_of(making.draft("guide", text_zh="题\n{{ salary }} {room_link}")) == "variable_unknown"
    assert code_of(making.draft("reminder", text_zh="题\n回来吧")) == "link_missing"
    without = making.draft(leaves_out=True, text_zh="", text_en="")
    assert code_of(without) == "without_not_meant"
    running.start(experiment_id=without.pk, by=people.lead(), without_is_meant=True)
    assert code_of(without, without_is_meant=True) == "not_a_draft"
    assert code_of(making.draft()) == "subject_taken"
    assert code_of(Experiment(pk=0)) == "experiment_unknown"
    with pytest.raises(DomainError) as caught:
        running.end(experiment_id=making.draft().pk, by=people.lead())
    assert caught.value.code == "not_running"
    with pytest.raises(IntegrityError, match="experiment_reminds_everybody"), transaction.atomic():
        making.draft("reminder", leaves_out=True)


def test_what_was_started_stands_whoever_writes() -> None:
    row = making.started()
    for change in (
        {"seed": "x"},
        {"share": 60},
        {"text_zh": "别的\n话"},
        {"leaves_out": True},
        {"started_at": None},
    ):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            Experiment.objects.filter(pk=row.pk).update(**change)
    Experiment.objects.filter(pk=row.pk).update(name="改名")  # what it is called is no part of it
    running.end(experiment_id=row.pk, by=people.lead())
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        Experiment.objects.filter(pk=row.pk).update(ended_at=None)


def test_the_first_note_of_an_application_stands() -> None:
    interview = make.interview(state="in_progress")
    making.started_with(interview.application, Side.OTHER)
    trial = sides.trial_of(ExperimentSubject.EXIT_DIALOG, interview.application_id)
    assert trial is not None
    for _again in range(2):
        sides.note(trial, interview)
    row = Exposure.objects.get()
    assert (row.application, row.interview, row.attempt, row.side) == (
        interview.application,
        interview,
        1,
        "other",
    )
