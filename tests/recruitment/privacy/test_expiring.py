"""Who was not hired is erased when the period that the lead chose is over: announced first, and nobody else."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core.jobs import retention
from core.persons import ANONYMOUS
from people.actors import Party
from people.models import User
from recruitment.models import Application, Candidate, Erasure
from recruitment.privacy.services import asking, erasing, expiring, holding
from tests.core.admin.pages import address_of
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november", "own_files")]
CODE = "recruitment.candidate created_at"


@pytest.fixture
def lead() -> User:
    return people.lead()


def ended(name: str, days: int, *, stage: str = "rejected", known: int = 3000) -> Candidate:
    """Somebody whose application came to this stage so many days ago."""
    number = Candidate.objects.count()
    row = make.candidate(name, phone=f"1370000{number:04}", email="")
    Candidate.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=known))
    one = make.application(candidate=row, stage=stage, stood_at="screening" if stage == "rejected" else "")
    Application.objects.filter(pk=one.pk).update(stage_since=timezone.now() - timedelta(days=days))
    return row


def chosen(days: int = 730) -> None:
    retention.change(code=CODE, days=days, by=None, by_name="周负责")


def decided() -> set[str]:
    rows = Erasure.objects.filter(state="waiting", by_period=True)
    return set(rows.values_list("candidate__name", flat=True))


def night() -> None:
    retention.forget_all()


def test_nothing_goes_before_the_lead_has_chosen_a_period(lead: User, client: Any) -> None:
    ended("很久以前", 3000)
    night()
    assert not Erasure.objects.exists()
    client.force_login(lead)

    def line() -> Any:
        lines = client.get(reverse("keeping")).context["lines"]
        return next(one for one in lines if one.code == CODE)

    assert (line().period, line().days, line().due) == ("未设期限，删除前一直保存", 730, 0)
    client.post(reverse("keeping"), {"code": CODE, "days": "179"})
    assert line().rule.days is None, "between 180 and 3660"
    client.post(reverse("keeping"), {"code": CODE, "days": "730"})
    assert (line().period, line().due, line().rule.earlier) == ("730 天", 1, [])
    night()
    assert decided() == {"很久以前"} and (line().due, line().rule.gone) == (0, 1)


def test_whose_period_is_over_is_announced_for_seven_days_and_erased(lead: User, client: Any) -> None:
    old, young = ended("到期", 731), ended("未到期", 729)
    chosen()
    night()
    assert decided() == {"到期"}
    row = Erasure.objects.get()
    assert (row.by, row.reason, row.begins_at - row.asked_at >= timedelta(days=6, hours=23)) == (
        None, "保存期限已到。", True
    )  # fmt: skip
    client.force_login(lead)
    assert "保存期限已到，" in client.get(address_of(old)).content.decode()
    night()
    assert erasing.go_on() == 0 and Erasure.objects.count() == 1
    with time_machine.travel(timezone.now() + erasing.NOTICE):
        erasing.go_on()
    old.refresh_from_db(), young.refresh_from_db()
    assert (old.name, old.phone, young.name) == (ANONYMOUS, "", "未到期")
    assert Erasure.objects.get().state == "done"


def test_who_is_needed_is_left_out(lead: User) -> None:
    ended("录用", 3000, stage="hired")
    ended("进行中", 3000, stage="interviewing")
    again = ended("又来应聘", 3000)
    make.application(candidate=again, stage="rejected", stood_at="screening")
    held, asked, one_held = ended("争议", 3000), ended("申请副本", 3000), ended("一次应聘有争议", 3000)
    holding.hold(candidate_id=held.pk, reason="仲裁", by=lead)
    holding.hold_application(application_id=one_held.applications.get().pk, reason="仲裁", by=lead)
    asking.ask(candidate_id=asked.pk, kind="erasure", by=Party.CANDIDATE)
    ended("刚录入", 0, known=10)
    never = make.candidate("从未应聘", phone="13711112222", email="")
    Candidate.objects.filter(pk=never.pk).update(created_at=timezone.now() - timedelta(days=800))
    chosen()
    night()
    assert decided() == {"从未应聘"}


def test_who_comes_back_meanwhile_stays(lead: User) -> None:
    row = ended("又来了", 800)
    chosen()
    night()
    make.application(candidate=row, stage="screening")
    with time_machine.travel(timezone.now() + erasing.NOTICE):
        assert erasing.go_on() == 0
    assert Erasure.objects.get().state == "called_off"
    row.refresh_from_db()
    assert row.name == "又来了"


def test_a_hold_set_meanwhile_makes_it_wait(lead: User) -> None:
    row = ended("争议", 800)
    chosen()
    night()
    hold = holding.hold(candidate_id=row.pk, reason="仲裁", by=lead)
    with time_machine.travel(timezone.now() + erasing.NOTICE):
        assert erasing.go_on() == 0 and Erasure.objects.get().failing == "held"
        holding.lift(hold_id=hold.pk, reason="已和解", by=lead)
        erasing.go_on()
        assert Erasure.objects.get().state == "done"


def test_called_off_it_is_kept_for_another_period(lead: User) -> None:
    ended("留下", 800)
    chosen()
    night()
    erasing.call_off(erasure_id=Erasure.objects.get().pk, by=lead)
    night()
    assert decided() == set()
    with time_machine.travel(timezone.now() + timedelta(days=731)):
        night()
        assert decided() == {"留下"}


def test_no_promise_is_lengthened_and_a_night_takes_so_many(
    lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        ended(f"甲{number}", 400 + number)
    chosen(365)
    chosen(1000)
    ended("新的", 0)
    monkeypatch.setattr(expiring, "MOST", 2)
    night()
    assert len(decided()) == 2
    night()
    assert decided() == {"甲0", "甲1", "甲2"}
    with time_machine.travel(timezone.now() + timedelta(days=900)):
        night()
        assert "新的" not in decided(), "it ended under a thousand days"


def test_it_is_asked_in_one_statement_for_any_number(lead: User, django_assert_num_queries: Any) -> None:
    for number in range(3):
        ended(f"甲{number}", 100)
    chosen()
    with django_assert_num_queries(1):
        assert expiring.decide(timezone.now(), shortest=730, days_of=lambda since: 730) == 0
