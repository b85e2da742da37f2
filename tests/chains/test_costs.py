"""What a step costs with its whole chain, in statements: the bounds hold, and the table is printed (pytest -s)."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from onboarding.services import cases
from people.actors import Party
from people.models import User
from recruitment.evaluation.services import scoring
from recruitment.models import Application, Checkpoint, Interview, Lease, Question
from recruitment.services import answers, interviews, links, scheduling
from tests.chains.conftest import NOW, START, Story, half_way, tell
from tests.chains.costs import Statements, counted
from tests.chains.test_interview_exit import announce, come_back
from tests.factories import people
from tests.factories import recruitment as make

# The most statements of each step: without those that messages take, and with them.
BOUNDS = {
    "schedule, case, link": (61, 69),
    "enter": (15, 18),
    "state": (5, 5),
    "text save": (4, 4),
    "text save again": (4, 4),
    "stage finish": (11, 11),
    "exit": (48, 58),
    "return": (28, 37),
    "reschedule": (31, 41),
    "last stage": (23, 28),
    "job": (39, 50),
    "last stage after exits": (32, 40),
    "job after exits": (41, 53),
}


class Table:
    """What each step took."""

    def __init__(self) -> None:
        self.rows: dict[str, Statements] = {}

    def step(self, name: str, take: Callable[[], Any]) -> Any:
        with counted() as statements:
            done = take()
        self.rows[name] = statements
        return done

    def costs(self) -> dict[str, tuple[int, int]]:
        """Of each step: what it takes without messages, and all."""
        return {name: (row.count - row.of("notifications"), row.count) for name, row in self.rows.items()}

    def show(self) -> None:
        print(f"\n{'step':24}{'own':>6}{'bound':>7}{'all':>6}{'bound':>7}")
        for name, (own, everything) in self.costs().items():
            most_own, most = BOUNDS[name]
            print(f"{name:24}{own:>6}{most_own:>7}{everything:>6}{most:>7}   {self.rows[name].by_receiver()}")


@pytest.mark.django_db(transaction=True)
def test_no_step_takes_more_than_its_bound() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        story = tell(clock)
        table = Table()
        _before(table, story)
        table.step("exit", lambda: announce(story))
        epoch = table.step("return", lambda: come_back(story))
        interviews.leave(
            interview_id=story.interview.pk,
            epoch=epoch,
            choice="leave",
            cause="network",
            note="",
            by=Party.CANDIDATE,
        )
        clock.shift(timedelta(minutes=1))
        specialist = _signed_in(make.specialist_of(story.interview))
        table.step("reschedule", lambda: _reschedule(story.interview, specialist))
        epoch = interviews.enter(
            interview_id=story.interview.pk, by=Party.CANDIDATE, consents=["ai_evaluation"]
        ).epoch
        _to_the_end(table, story.interview, epoch, after=" after exits")
        _to_the_end(table, half_way(story), 1)
    table.show()
    costs = table.costs()
    assert set(costs) == set(BOUNDS)
    too_much = {
        name: cost
        for name, cost in costs.items()
        if any(taken > most for taken, most in zip(cost, BOUNDS[name], strict=True))
    }
    assert too_much == {}


def _reschedule(interview: Interview, by: User) -> None:
    scheduling.reschedule(
        interview_id=interview.pk,
        opens_at=timezone.now(),
        closes_at=timezone.now() + timedelta(days=7),
        by=by,
    )


def _signed_in(person: User) -> User:
    """As a request reads them: with what their roles may."""
    return User.objects.with_grid().get(pk=person.pk)


def _before(table: Table, story: Story) -> None:
    application = make.application(make.opening(story.department, skills={"excel": 4}), stage="screening")
    hr, lead = (_signed_in(one) for one in (application.opening.specialist, people.lead()))

    def begin() -> Interview:
        interview = scheduling.schedule(
            application_id=application.pk,
            opens_at=timezone.now(),
            closes_at=timezone.now() + timedelta(days=3),
            by=hr,
        )
        cases.open_case(application_id=application.pk, planned_start=START, waits_on=[interview.pk], by=lead)
        table.token = links.mint(interview_id=interview.pk, by=hr)
        return interview

    interview = table.step("schedule, case, link", begin)
    client = Client()
    page = client.get(f"/i/{table.token}")
    assert page.status_code == 200
    client.post(f"/i/{table.token}")
    send = _sender(client)
    epoch = table.step("enter", lambda: send("POST", "enter", consents=["ai_evaluation"]))["epoch"]
    state = table.step("state", lambda: send("GET", "state"))
    question = state["stages"][0]["questions"][0]["id"]
    text = make.full_marks(Question.objects.get(pk=question))
    table.step(
        "text save", lambda: send("PUT", f"answers/{question}/text", epoch=epoch, revision=1, text=text)
    )
    table.step(
        "text save again",
        lambda: send("PUT", f"answers/{question}/text", epoch=epoch, revision=2, text=f"{text}!"),
    )
    table.step("stage finish", lambda: send("POST", "stages/1/finish", epoch=epoch))
    assert Checkpoint.objects.filter(interview=interview).count() == 1


def _sender(client: Client) -> Callable[..., Any]:
    def send(method: str, path: str, **body: Any) -> Any:
        answer = client.generic(
            method, f"/room/api/{path}", json.dumps(body), content_type="application/json"
        )
        assert answer.status_code == 200, answer.content
        return answer.json()

    return send


def _to_the_end(table: Table, interview: Interview, epoch: int, after: str = "") -> None:
    """Two stages are saved and scored: the last one now, and the job that scores it."""
    for question in interview.version.stages.get(number=3).questions.all():
        save = {"interview_id": interview.pk, "question_id": question.pk, "epoch": epoch}
        answers.save_text(**save, revision=1, text=make.full_marks(question))
        answers.finish_answer(**save, segments=[])
    table.step(
        f"last stage{after}",
        lambda: answers.finish_stage(interview_id=interview.pk, stage_number=3, epoch=epoch),
    )
    owed = Checkpoint.objects.get(scored_at__isnull=True, interview=interview)
    table.step(f"job{after}", lambda: scoring.score_checkpoint(checkpoint_id=owed.pk))
    assert Application.objects.get(pk=interview.application_id).stage == "second_round"
    assert not Lease.objects.get(interview=interview).live
