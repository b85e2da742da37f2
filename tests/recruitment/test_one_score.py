"""One score reads alike wherever it stands: value and bounds in whole points, halves up."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.admin.looks import score_bar
from core.figures import estimate
from messaging.models import Message
from recruitment.models import Assessment, FollowUp
from recruitment.services import decisions
from tests.chains.every_step import asked
from tests.factories import people

pytestmark = pytest.mark.django_db
HALVES = (Decimal("12.50"), Decimal("10.50"), Decimal("20.50"))


def test_a_sentence_and_a_bar_have_the_same_figures() -> None:
    score = estimate(*HALVES, "partial")
    assert score is not None
    assert score.shown == {"value": 13, "low": 11, "high": 21}
    with translation.override("en"):
        assert score.words.startswith("13 (11 to 21), ")
    assert score.words.startswith("13（11 至 21）")
    bar = score_bar(*HALVES, "partial")
    assert ("<b>13</b>" in bar, bar.count("11–21")) == (True, 2)
    assert (estimate(None, *HALVES[1:], "full"), "hs-bar" in score_bar(None, None, None)) == (None, False)


def test_every_page_that_shows_it_shows_the_same(client: Client) -> None:
    decision = asked()
    value, low, high = HALVES
    interview = decision.assessment.interview
    Assessment.objects.filter(interview=interview).update(value=value, low=low, high=high)
    client.force_login(people.lead(username="reader"))
    pages = {
        "home": reverse("admin:index"),
        "interview": reverse("admin:recruitment_interview_change", args=[interview.pk]),
        "applications": reverse("admin:recruitment_application_changelist"),
        "decision": reverse("admin:recruitment_decision_change", args=[decision.pk]),
        "follow-up": reverse(
            "admin:recruitment_followup_change", args=[FollowUp.objects.get(interview=interview).pk]
        ),
    }
    for name, address in pages.items():
        # Where the bar is drawn is no figure that is read.
        text = re.sub(r'style="[^"]*"', "", client.get(address, follow=True).content.decode())
        assert "11–21" in text or "13（11 至 21）" in text, name
        for other in ("12（", "10–20", "11–20", "10–21", "10 至 20", "12.50", "10.50"):
            assert other not in text, (name, other)


def test_a_message_an_export_and_the_api_say_what_the_pages_say(client: Client) -> None:
    decision = asked()
    value, low, high = HALVES
    interview = decision.assessment.interview
    Assessment.objects.filter(interview=interview).update(value=value, low=low, high=high)
    lead = people.lead(username="reader")
    client.force_login(lead)
    for page in ("assessment", "decision", "application"):
        answer = client.post(reverse(f"admin:recruitment_{page}_export"), {"format": "csv"})
        text = (
            b"".join(answer).decode("utf-8-sig") if answer.streaming else answer.content.decode("utf-8-sig")
        )
        assert "13（11 至 21）" in text and "1311" not in text, page
        assert [word for word in ("12.5", "10.5", "20.5", "10–20", "11–20") if word in text] == [], page
    # Programs are given the figures themselves, in one spelling on every address: rounded, they are the pages'.
    reports = client.get("/api/v1/assessments/", {"interview": interview.pk}).json()["results"]
    shown = []
    for report in reports:
        score = estimate(
            *(Decimal(str(report["overall"][name])) for name in ("value", "low", "high")), report["basis"]
        )
        shown.append(score and score.shown)
    assert shown == [{"value": 13, "low": 11, "high": 21}] * len(reports) != []
    # A message names what an invitation rests on; a figure in it would be one of the pages'.
    decisions.invite(decision_id=decision.pk, by=lead)
    bodies = list(Message.objects.exclude(body="").values_list("body", flat=True))
    assert any(decision.assessment.get_basis_display() in body for body in bodies)
    assert [
        body for body in bodies for word in ("12.5", "10.5", "20.5", "10 至 20", "12（") if word in body
    ] == []
