"""保存期限: what is kept how long, why, what goes soon; a period is changed within bounds, no promise lengthened."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from core.errors import DomainError
from core.jobs import retention
from core.jobs.models import KeepRule
from recruitment.models import RoomLink
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db

LINKS = "recruitment.roomlink expires_at"


def link(days: int) -> RoomLink:
    ended = timezone.now() - timedelta(days=days)
    return RoomLink.objects.create(interview=make.interview(), token_hash=f"l{days}", expires_at=ended)


def change(days: int, code: str = LINKS) -> KeepRule:
    return retention.change(code=code, days=days, by=None, by_name="周负责")


def test_every_kind_says_why_and_has_a_code_of_its_own() -> None:
    keeps = retention.keeps()
    assert len({keep.code for keep in keeps}) == len(keeps)
    assert all(keep.why for keep in keeps if keep.bounds)
    assert all(keep.bounds[0] <= keep.days <= keep.bounds[1] for keep in keeps if keep.bounds)
    assert all(str(one.title) and one.period() and str(one.why) for one in retention.told())


def test_the_page_says_what_goes_and_what_went(client: Any) -> None:
    link(380)
    link(10)
    client.force_login(people.lead())
    lines = {line.code: line for line in client.get(reverse("keeping")).context["lines"] if line.code}
    with translation.override("en"):
        client.cookies["django_language"] = "en"
        titles = [line.title for line in client.get(reverse("keeping")).context["lines"]]
        client.cookies["django_language"] = "zh-hans"
    assert [title for title in titles if not title[0].isupper()] == []
    assert (lines[LINKS].due, lines[LINKS].ran_at, lines[LINKS].days) == (1, None, 400)
    with time_machine.travel(timezone.now() + timedelta(days=25), tick=False):
        retention.forget_all()
    page = client.get(reverse("keeping"))
    after = next(line for line in page.context["lines"] if line.code == LINKS)
    assert (after.due, after.rule.gone) == (0, 1)
    assert "保存期限" in page.content.decode() and "第五十条" in page.content.decode()


def test_a_shorter_period_counts_for_everything_a_longer_one_from_now_on() -> None:
    old, young = link(100), link(5)
    change(60)
    assert retention.forget_all() == 1
    assert set(RoomLink.objects.all()) == {young}
    assert old.pk != young.pk
    change(1000)
    with time_machine.travel(timezone.now() + timedelta(days=70), tick=False):
        later = link(0)
        assert retention.forget_all() == 1  # what ended under sixty days goes after sixty days
        assert set(RoomLink.objects.all()) == {later}
    with time_machine.travel(timezone.now() + timedelta(days=500), tick=False):
        retention.forget_all()
        assert set(RoomLink.objects.all()) == {later}  # what came after is kept for a thousand


@pytest.mark.parametrize(("days", "code", "refusal"), [
    (29, LINKS, "days_out_of_bounds"),
    (5000, LINKS, "days_out_of_bounds"),
    (-1, LINKS, "days_out_of_bounds"),
    (100, "no.such kind", "kind_unknown"),
    (100, "history.change at", "kind_unknown"),
])  # fmt: skip
def test_what_law_or_policy_does_not_allow_is_refused(days: int, code: str, refusal: str) -> None:
    with pytest.raises(DomainError) as error:
        change(days, code)
    assert error.value.code == refusal
    assert not KeepRule.objects.filter(days__isnull=False).exists()


def test_hr_reads_and_the_lead_alone_changes(client: Any) -> None:
    client.force_login(people.manager())
    assert client.get(reverse("keeping")).status_code in (302, 403)
    client.force_login(people.recruiter())
    page = client.get(reverse("keeping"))
    assert page.status_code == 200 and 'name="days"' not in page.content.decode()
    assert client.post(reverse("keeping"), {"code": LINKS, "days": "60"}).status_code == 403
    assert not KeepRule.objects.exists()
    lead = people.lead()
    client.force_login(lead)
    client.post(reverse("keeping"), {"code": LINKS, "days": "60"})
    client.post(reverse("keeping"), {"code": LINKS, "days": "6"})
    client.post(reverse("keeping"), {"code": LINKS, "days": "many"})
    rule = KeepRule.objects.get()
    assert (rule.days, rule.changed_by, [one["days"] for one in rule.earlier]) == (60, str(lead), [400])


def test_asked_twice_it_is_changed_once() -> None:
    change(60)
    assert change(60).earlier == KeepRule.objects.get().earlier
    assert len(KeepRule.objects.get().earlier) == 1
