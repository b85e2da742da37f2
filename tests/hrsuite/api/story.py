"""One candidate's story through the real steps: a start is planned, the interview begins, the candidate leaves."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from people.actors import Party
from people.models import Department
from recruitment.models import Application, Interview, Opening
from recruitment.services import applications, interviews, scheduling
from tests.factories import api, people, recruitment, training

START = date(2026, 12, 14)


@dataclass
class Story:
    """Who and what it is about; `epoch` is the page's."""

    opening: Opening
    application: Application
    interview: Interview
    epoch: int = 0

    def leave(self) -> None:
        """Half way, with a word."""
        interviews.leave(
            interview_id=self.interview.pk, epoch=self.epoch, choice="leave", cause="time_conflict", note="",
            by=Party.CANDIDATE,
        )  # fmt: skip

    def come_back(self) -> None:
        """On whatever device."""
        self.epoch = interviews.enter(interview_id=self.interview.pk, by=Party.CANDIDATE).epoch

    def give_up(self) -> None:
        """For good."""
        interviews.leave(
            interview_id=self.interview.pk, epoch=self.epoch, choice="give_up", cause="unwilling", note="",
            by=Party.CANDIDATE,
        )  # fmt: skip


def begun(of: Department | Opening | None = None, *, start: date = START) -> Story:
    """In progress, with a written test, an onboarding case that waits on the interview, and a course to give."""
    api.calendar()
    if not isinstance(of, Opening):
        of = recruitment.opening(of, skills={"excel": 4})
    if not training.Course.objects.exists():
        training.course()
    if not people.User.objects.filter(roles__contains=["onboarding"]).exists():
        people.onboarder()
        people.trainer()
    application = recruitment.application(of)
    recruitment.written_test(application)
    interview = scheduling.schedule(
        application_id=application.pk,
        opens_at=timezone.now(),
        closes_at=timezone.now() + timedelta(days=2),
        by=of.specialist,
    )
    applications.plan_start(application_id=application.pk, planned_start=start, by=of.specialist)
    story = Story(of, application, interview)
    story.come_back()
    return story


def left(of: Department | Opening | None = None, *, start: date = START) -> Story:
    """The same, and the candidate has left."""
    story = begun(of, start=start)
    story.leave()
    return story
