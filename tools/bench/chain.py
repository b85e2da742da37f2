"""A program: what each step costs with its chain, in statements and in processor time, as JSON.

    python tools/bench/chain.py [COUNT]

It measures the code of the folder that it is started in, which may be another checkout (`script/bench --against DIR`):
it asks of that code nothing but services and pages that every release has.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from statistics import median
from typing import Any

sys.path.insert(0, os.getcwd())  # noqa: PTH109 -- of the checkout that is measured, not of this file
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrsuite.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from people.actors import Party  # noqa: E402
from recruitment.evaluation.services import scoring  # noqa: E402
from recruitment.models import Application, Checkpoint, Interview, Lease  # noqa: E402
from recruitment.services import answers, interviews, leases, links, scheduling  # noqa: E402
from tools.bench import people  # noqa: E402

# The first of each is thrown away: what is read once a process is no cost of a step.
WARM = 3


class Costs:
    """Statements and milliseconds of processor time of each step, one entry for each time it was taken."""

    def __init__(self) -> None:
        self.taken: dict[str, list[tuple[int, float]]] = {}
        self._statements = 0

    def __call__(self, execute: Callable[..., Any], *call: Any) -> Any:
        self._statements += 1
        return execute(*call)

    @contextmanager
    def of(self, step: str) -> Any:
        """Measure what is done meanwhile."""
        self._statements = 0
        began = time.process_time()
        with connection.execute_wrapper(self):
            yield
        took = 1000 * (time.process_time() - began)
        self.taken.setdefault(step, []).append((self._statements, took))

    def medians(self) -> dict[str, tuple[float, float]]:
        """Of each step, in the order in which they were first taken."""
        return {
            step: (median(one[0] for one in taken[WARM:]), median(one[1] for one in taken[WARM:]))
            for step, taken in self.taken.items()
        }


def live(costs: Costs, page: Client, room: people.InRoom) -> None:
    """One candidate's interview to its end, with an exit and a new window between; a second one is scheduled."""
    interview = Interview.objects.select_related("application__opening__specialist").get(pk=room.interview)
    specialist = interview.application.opening.specialist
    window: dict[str, Any] = {"opens_at": timezone.now(), "closes_at": timezone.now() + timedelta(days=3)}
    with transaction.atomic():
        candidate = interview.application.candidate
        candidate.pk, candidate.email = None, f"again-{room.interview}@bench.example.com"
        candidate._state.adding = True
        candidate.save()
        application = Application.objects.create(
            candidate=candidate, opening=interview.application.opening, stage="screening"
        )
    with costs.of("schedule"):
        another = scheduling.schedule(application_id=application.pk, by=specialist, **window)
    with costs.of("enter"):
        interviews.enter(interview_id=another.pk, by=Party.CANDIDATE, consents=["ai_evaluation"])
    epoch = interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE, consents=["ai_evaluation"]).epoch
    page.cookies["room"] = room.cookie
    Lease.objects.filter(pk=interview.pk).update(expires_at=timezone.now() + timedelta(hours=1))
    with costs.of("heartbeat"):
        leases.heartbeat(token_hash=links.digest(room.cookie), epoch=epoch, visible=True)
    with costs.of("state"):
        assert page.get("/room/api/state").status_code == 200, "the room does not answer"  # noqa: S101, PLR2004
    finish_stage(costs, interview, 2, epoch=epoch, name="stage finish")
    with costs.of("exit with its chain"):
        interviews.leave(
            interview_id=interview.pk,
            epoch=epoch,
            choice="leave",
            cause="network",
            note="",
            by=Party.CANDIDATE,
        )
    with costs.of("return"):
        epoch = interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE).epoch
    interviews.leave(
        interview_id=interview.pk, epoch=epoch, choice="leave", cause="network", note="", by=Party.CANDIDATE
    )
    with costs.of("reschedule"):
        scheduling.reschedule(interview_id=interview.pk, by=specialist, **window)
    epoch = interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE, consents=["ai_evaluation"]).epoch
    finish_stage(costs, interview, 3, epoch=epoch, name="completion")


def finish_stage(costs: Costs, interview: Interview, number: int, *, epoch: int, name: str) -> None:
    """Answer the stage's questions, finish it, and score it."""
    # Before plans had versions, an interview had its plan.
    plan: Any = getattr(interview, "version", None) or getattr(interview, "plan")  # noqa: B009
    for question in plan.stages.get(number=number).questions.all():
        save = {"interview_id": interview.pk, "question_id": question.pk, "epoch": epoch}
        with costs.of("text save"):
            answers.save_text(**save, revision=1, text="我负责销售看板。")
        answers.finish_answer(**save, segments=[])
    with costs.of(name):
        answers.finish_stage(interview_id=interview.pk, stage_number=number, epoch=epoch)
    owed = Checkpoint.objects.filter(scored_at__isnull=True, interview=interview).latest("pk")
    with costs.of(f"{name}, its scoring job"):
        scoring.score_checkpoint(checkpoint_id=owed.pk)


def main(count: int) -> None:
    """Live so many interviews, and print the medians."""
    costs, page = Costs(), Client(SERVER_NAME="127.0.0.1")
    for room in people.in_room(count + WARM):
        live(costs, page, room)
    print(json.dumps(costs.medians()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
