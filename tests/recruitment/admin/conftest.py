"""A story for the admin pages: an interview that broke off after two scored stages, and what followed."""

from dataclasses import dataclass

import pytest
from django.test import Client

from people.actors import Party
from people.models import User
from recruitment.enums import InterviewState
from recruitment.evaluation.services import scoring
from recruitment.models import Application, FollowUp, Interview
from recruitment.services import interviews, links
from tests.factories import people
from tests.factories import recruitment as make


@dataclass
class Story:
    """An interview left half way, with everything its own services made of that."""

    application: Application
    interview: Interview

    @property
    def follow_up(self) -> FollowUp:
        """The unfinished follow-up of the exit."""
        return FollowUp.objects.get(interview=self.interview, kind="exit")


def broken_off(name: str = "张三", **fields) -> Story:
    """Two of three stages saved and scored, then gone; a written test and a project lie beside it."""
    application = make.application(
        make.opening(skills={"excel": 4}), candidate=make.candidate(name), stage="interviewing", **fields
    )
    make.written_test(application)
    make.project(application)
    interview = make.interview(application, state=InterviewState.IN_PROGRESS)
    for number in (1, 2):
        scoring.score_checkpoint(checkpoint_id=make.saved_stage(interview, number).pk)
    links.mint(interview_id=interview.pk, by=make.specialist_of(interview))
    interviews.interrupt(interview_id=interview.pk, cause="network", evidence={}, by=Party.SYSTEM)
    return Story(application, Interview.objects.get(pk=interview.pk))


@pytest.fixture
def story(db) -> Story:
    return broken_off()


@pytest.fixture
def recruiter(db) -> User:
    return people.recruiter(username="li", name="李招聘")


@pytest.fixture
def as_hr(client: Client, recruiter: User) -> Client:
    client.force_login(recruiter)
    return client
