"""The room's cookie lasts as long as an interview needs it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from recruitment.models import RoomSession
from recruitment.services import sessions
from tests.recruitment.room.conftest import Browser

pytestmark = pytest.mark.django_db


def test_it_ends_days_before_the_link_and_on_the_server_too(candidate: Browser) -> None:
    assert candidate.client.cookies["room"]["max-age"] <= sessions.LONGEST.total_seconds()
    assert candidate.client.get("/room/api/state").status_code == 200
    RoomSession.objects.update(created_at=timezone.now() - sessions.LONGEST - timedelta(minutes=1))
    answer = candidate.client.get("/room/api/state")
    assert (answer.status_code, answer.json()["code"]) == (401, "no_session")
