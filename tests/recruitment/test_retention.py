"""Links that ended long ago go with all that was opened with them; nothing else does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.jobs.retention import forget_all
from recruitment.models import HandoverCode, RoomLink, RoomSession
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def link(days: int) -> RoomLink:
    """A link that ended so many days ago, with a browser and a code that were opened by it."""
    interview, end = make.interview(), timezone.now() - timedelta(days=days)
    made = RoomLink.objects.create(interview=interview, token_hash=f"l{days}", expires_at=end)
    RoomSession.objects.create(link=made, interview=interview, token_hash=f"s{days}")
    HandoverCode.objects.create(link=made, code_hash=f"c{days}", expires_at=end)
    return made


def test_links_go_a_year_and_a_month_after_their_end_with_what_they_opened() -> None:
    _old, young, live = link(401), link(399), link(-1)
    assert forget_all() == 1
    assert set(RoomLink.objects.all()) == {young, live}
    assert set(RoomSession.objects.values_list("link", flat=True)) == {young.pk, live.pk}
    assert set(HandoverCode.objects.values_list("link", flat=True)) == {young.pk, live.pk}
