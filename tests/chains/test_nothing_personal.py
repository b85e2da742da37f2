"""Where a candidate's number, address, name and answer stand after a story: in their own rows, and nowhere else."""

import logging

import pytest
from django.core.management import call_command
from django.db import connection

from people.actors import Party
from recruitment.models import Answer, Candidate
from recruitment.services import interviews
from tests.chains.conftest import Story
from tests.chains.test_interview_exit import announce, come_back

PHONE, EMAIL, NAME, TEXT = (
    "13987654321",
    "ouyang.qing@private.example",
    "欧阳青青",
    "我在上一家公司负责报表自动化",
)

# What a message was addressed to and says stands in the message until it is forgotten: docs/secrets.md.
MESSAGE = {"messaging_message", "messaging_delivery"}
# Tables of the machinery: jobs and their results, what happened, what is owed, work that takes long, caches.
MACHINERY = {
    "django_q_task", "django_q_ormq", "django_q_schedule", "events_event", "events_reaction", "core_longwork",
    "core_manyrun", "core_manyrow", "history_look", "events_pulse",
}  # fmt: skip


def standing(text: str) -> set[str]:
    """The tables in which a text stands plain, in whichever column."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {quoted} one WHERE strpos(one::text, %s) > 0)", [text]
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


@pytest.fixture
def told(story: Story, caplog: pytest.LogCaptureFixture) -> str:
    """An exit, a return, another exit and giving up, with the jobs that follow; and all that was logged."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    candidate = Candidate.objects.get(applications__interviews=story.interview)
    candidate.name, candidate.phone, candidate.email = NAME, PHONE, EMAIL
    candidate.save()
    Answer.objects.filter(interview=story.interview).update(text=TEXT)
    announce(story)
    epoch = come_back(story)
    interviews.leave(
        interview_id=story.interview.pk,
        epoch=epoch,
        choice="leave",
        cause="network",
        note="",
        by=Party.CANDIDATE,
    )
    story.score()
    call_command("sync_schedules", verbosity=0)
    return caplog.text


def test_a_story_leaves_nothing_where_it_does_not_belong(
    told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told + "".join(capsys.readouterr())
    assert [secret for secret in (PHONE, EMAIL, NAME, TEXT) if secret in said] == []
    assert standing(PHONE) <= MESSAGE and standing(EMAIL) <= MESSAGE
    assert standing(NAME) & MACHINERY == set() and standing(TEXT) & MACHINERY == set()
    assert standing(TEXT) == set()
