"""Nobody is said to be told who cannot be: what a step says after it, and what a colleague reads."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from messaging import health
from messaging.models import Message
from notifications import facts
from recruitment.models import Candidate
from recruitment.services import scheduling
from recruitment.telling import and_told
from tests.factories import notifications as make
from tests.factories import people, recruitment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("email", "phone", "said"),
    [
        ("a@example.com", "13800000001", "Done. The message to the candidate is on its way."),
        ("", "13800000001", "Done. The candidate cannot be told by the system: call 13800000001."),
        ("", "", "Done. The candidate cannot be told by the system, and no number is on file."),
    ],
)
def test_a_step_says_whether_the_candidate_can_be_told(email, phone, said):
    candidate = recruitment.candidate()
    candidate.email, candidate.phone = email, phone
    with translation.override("en"):
        assert and_told("Done.", candidate) == said


def test_a_colleagues_message_knows_whom_nothing_reaches():
    application = recruitment.application()
    assert facts.of_application(application)["reachable"] is True
    application.candidate.email = ""
    assert facts.of_application(application)["reachable"] is False


def test_health_counts_what_reached_nobody():
    assert health.figures()["messages_not_reached"] == Message.objects.filter(state="failed").count() == 0


def test_a_colleague_reads_whom_to_call_instead_of_that_the_candidate_was_told():
    interview = make.house("scheduled")
    Candidate.objects.filter(pk=interview.application.candidate_id).update(email="", phone="13800000001")
    opens_at = timezone.now() + timedelta(days=3)
    scheduling.reschedule(
        interview_id=interview.pk,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        by=people.lead(),
    )
    said = Message.objects.get(kind="rescheduled", audience="specialist").body
    assert "请打电话：13800000001" in said
    assert "已发出" not in said
