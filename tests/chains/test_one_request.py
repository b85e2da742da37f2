"""A candidate's click has one id: in the answer, the chain's events, the deliveries, the jobs, and their log lines."""

import json
import logging
from collections.abc import Iterator

import pytest
from django.test import Client
from django_q.models import OrmQ

from core import logs, request_ids
from core.events import relay
from core.events.models import Event, Reaction
from messaging import channels, delivery
from messaging.models import Delivery
from people.actors import Party
from recruitment.models import Question
from recruitment.services import links
from tests.chains.conftest import Story
from tests.factories import recruitment as make
from tests.factories.notifications import Provider

CLICK, EARLIER = "click-of-the-candidate-1", "click-of-the-candidate-0"


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the log would say, line by line, formatted where it is written."""
    written: list[str] = []

    class Writer(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(logs.Line().format(record))

    writer = Writer()
    logging.getLogger().addHandler(writer)
    yield written
    logging.getLogger().removeHandler(writer)


def in_the_room(story: Story) -> tuple[Client, int]:
    client = Client(headers={request_ids.HEADER: EARLIER})
    client.post(f"/i/{links.mint(interview_id=story.interview.pk, by=Party.SYSTEM)}")
    entered = client.post("/room/api/enter", {"consents": ["ai_evaluation"]}, content_type="application/json")
    assert (entered.status_code, entered[request_ids.HEADER]) == (200, EARLIER)
    return client, entered.json()["epoch"]


def click(client: Client, path: str, **body: object) -> None:
    answer = client.post(
        f"/room/api/{path}",
        json.dumps(body),
        content_type="application/json",
        headers={request_ids.HEADER: CLICK},
    )
    assert (answer.status_code, answer[request_ids.HEADER]) == (200, CLICK), answer.content


def test_an_exit_its_chain_its_deliveries_and_their_lines_have_one_id(
    story: Story, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    client, epoch = in_the_room(story)
    before = (
        set(Event.objects.values_list("pk", flat=True)),
        set(Delivery.objects.values_list("pk", flat=True)),
    )

    click(client, "exit", epoch=epoch, choice="leave", cause="time_conflict", note="")

    chain = Event.objects.exclude(pk__in=before[0])
    assert {"interview_interrupted", "follow_up_opened", "start_forecast_changed"} <= set(
        chain.values_list("kind", flat=True)
    )
    sent = Delivery.objects.exclude(pk__in=before[1])
    assert sent.count() >= 3
    assert set(chain.values_list("request_id", flat=True)) == {CLICK}
    assert set(sent.values_list("request_id", flat=True)) == {CLICK}

    # A reaction that the pump runs later, and what follows from it, still belongs to the click.
    link = chain.get(kind="interview_interrupted")
    Reaction.objects.filter(event=link).update(state="pending", attempts=0)
    made = set(Event.objects.values_list("pk", flat=True))
    with request_ids.under("turn-of-the-pump-000001"):
        assert relay.run_due() > 0
    later = Event.objects.exclude(pk__in=made)
    assert set(later.values_list("request_id", flat=True)) <= {CLICK}

    class Broken(Provider):
        def send(self, message: object) -> object:
            raise RuntimeError(f"no such address: {message}")

    monkeypatch.setitem(channels.CHANNELS, "email", Broken("email"))
    lines.clear()
    with request_ids.under("turn-of-the-pump-000002"):
        delivery.deliver_due()
    about = [line for line in lines if "channel email failed" in line]
    assert about and all(f"[{CLICK}] messaging.delivery" in line for line in about)
    # The provider's words may quote an address: neither they nor anybody's name are in the log.
    names = [story.hr.first_name, story.interview.application.candidate.name, "no such address"]
    assert not [line for line in lines for name in names if name and name in line]


@pytest.mark.django_db(transaction=True)
def test_the_job_that_scores_a_stage_carries_the_click_that_saved_it(story: Story) -> None:
    client, epoch = in_the_room(story)
    OrmQ.objects.all().delete()
    for question in Question.objects.filter(stage__version=story.interview.version, stage__number=3):
        text = {"epoch": epoch, "revision": 1, "text": make.full_marks(question)}
        assert (
            client.put(
                f"/room/api/answers/{question.pk}/text", text, content_type="application/json"
            ).status_code
            == 200
        )
    click(client, "stages/3/finish", epoch=epoch)

    assert {row.task[request_ids.KEY] for row in OrmQ.objects.all()} == {CLICK}
