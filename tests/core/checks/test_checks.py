"""Each promise: its break is planted past the guards, found, mended where that is offered; else nothing is found."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from core.checks import checking
from core.checks.declaring import Found, Invariant, declared_invariants
from core.checks.invariants import sequences_behind
from core.checks.models import Check
from core.errors import Forbidden, NotFound
from core.events.models import Event, Pulse, Reaction
from core.history.models import Seal
from core.jobs.models import LongWork
from messaging.models import Approval, Callback, ConversationCursor, WeComConnection
from onboarding.models import OnboardingCase, OnboardingDelay
from onboarding.services import identities
from people.actors import Party
from people.models import ApiToken, OpenSession, User
from recruitment.models import Application, FollowUp, Interview, Lease, Offer, SlotOffer
from recruitment.models.interviews import ROOM_PULSE
from reports.models import Fold
from tests.factories import api, notifications, onboarding, people, recordings, recruitment, rounds, segments
from tests.onboarding.services.test_identities import hired

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def no_files() -> Iterator[None]:
    """Nothing lies in the storage before, and nothing stays."""
    recordings.empty_storage()
    yield
    recordings.empty_storage()


@contextmanager
def past_the_guards() -> Iterator[None]:
    """Triggers and references off, as for whoever works on the tables themselves."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def sql(statement: str, *values: Any) -> None:
    with past_the_guards(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def red() -> dict[str, int | None]:
    checking.check_all()
    return dict(Check.objects.red().values_list("code", "count"))


def _no_lease() -> None:
    Lease.objects.filter(interview=recruitment.interview(state="in_progress")).update(live=False)


def _old_lease() -> None:
    old = timezone.now() - timedelta(minutes=3)
    Lease.objects.filter(interview=recruitment.interview(state="in_progress")).update(expires_at=old)


def _nobody_calls() -> None:
    recruitment.interview(state="interrupted", interrupted_at=timezone.now() - HOUR)


def _no_report() -> None:
    row = recruitment.interview(state="completed", completed_at=timezone.now() - 2 * HOUR)
    for number in (1, 2, 3):
        recruitment.saved_stage(row, number)


def _past_window() -> None:
    now = timezone.now()
    recruitment.interview(window_opens_at=now - 2 * DAY, window_closes_at=now - HOUR)


def _chosen_too_late() -> None:
    SlotOffer.objects.create(
        application=recruitment.application(stage="second_round"), round=1, offered_by=people.recruiter(),
        choose_by=timezone.now() - HOUR,
    )  # fmt: skip


def _booked_otherwise() -> None:
    api.calendar()
    held = rounds.planned()
    sql("UPDATE recruitment_round SET is_booked = false WHERE id = %s", held.pk)


def _asks_too_little() -> None:
    api.calendar()
    rounds.planned().cards.get().scores.all().delete()


def _chosen_without_a_time() -> None:
    _chosen_too_late()
    sql("UPDATE recruitment_slotoffer SET state = 'chosen'")


def _answered_too_late() -> None:
    now, who = timezone.now(), people.recruiter()
    Offer.objects.create(
        application=recruitment.application(stage="offer"), state="sent", salary=1, start_on=now.date(), place="x",
        answer_by=now - HOUR, made_by=who, approved_by=people.lead(), approved_at=now - DAY, sent_at=now - DAY,
        letter=b"x",
    )  # fmt: skip


def _open_twice() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS one_open_application_per_opening")
    first = recruitment.application()
    Application.objects.create(candidate=first.candidate, opening=first.opening)


def _file_lost() -> None:

    row = recruitment.interview(state="in_progress")
    segment = segments.segment(segments.answer(row), pieces=1)
    segment.chunks.update(stored_name="chunks/2026-11-01/gone")


def _file_of_nothing() -> None:
    day = timezone.now().date() - 3 * DAY
    store = storages["recordings"]
    name = store.save(f"chunks/{day}/{'0' * 32}", ContentFile(b"x"))

    then = (timezone.now() - 2 * DAY).timestamp()
    os.utime(store.path(name), (then, then))


def _delay_for_nothing() -> None:
    row = recruitment.interview(state="interrupted")
    onboarding.case(row, start=onboarding.soon())
    OnboardingDelay.objects.update(started_at=timezone.now() - HOUR)
    FollowUp.objects.all().delete()
    sql("UPDATE recruitment_interview SET state = 'cancelled', resume_until = NULL WHERE id = %s", row.pk)


def _miscounted() -> None:
    case = onboarding.case(start=onboarding.soon())
    sql("UPDATE onboarding_onboardingcase SET forecast_start = forecast_start + 3 WHERE id = %s", case.pk)


def _hired_without_case() -> None:
    row = recruitment.application(stage="hired", planned_start=onboarding.soon())
    sql("UPDATE recruitment_application SET stage_since = now() - interval '1 hour' WHERE id = %s", row.pk)


def _two_files() -> None:
    person = recruitment.candidate()
    for _ in range(2):
        case = onboarding.case(recruitment.application(), start=onboarding.soon())
        sql(
            "UPDATE recruitment_application SET candidate_id = %s WHERE id = %s",
            person.pk,
            case.application_id,
        )


def _one_number_twice() -> None:
    given = {"kind": "taiwan", "number": "01234567", "address": "上海市静安区"}
    for name in ("张三", "李四"):
        identities.give(case_id=hired(name).pk, **given, by=Party.CANDIDATE)


def _owed() -> None:
    about = {"subject_type": "recruitment.interview", "subject_id": recruitment.interview().pk}
    event = Event.objects.create(
        kind="interview_rescheduled",
        origin_type="recruitment.interview",
        origin_id=about["subject_id"],
        at=timezone.now() - HOUR,
        **about,
    )
    Reaction.objects.create(event=event, name="recruitment.align_follow_up", **about)


def _work_stuck() -> None:
    LongWork.objects.create(kind="x", subject_type="x", subject_id=1, next_try_at=timezone.now() - HOUR)


def _rewritten() -> None:
    Seal.objects.create(
        day=timezone.localdate() - 2 * DAY, count=1, first=1, last=0, digest="0" * 64, previous=""
    )


def _guard_off() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_interview_edges%'")
        name = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE recruitment_interview DISABLE TRIGGER {name}")


def _numbers_given_twice() -> None:
    LongWork.objects.create(pk=10**9, kind="x", subject_type="x", subject_id=1, state="done")


def _not_sent() -> None:
    made = notifications.message()
    made.deliveries.update(due_at=timezone.now() - HOUR)


def _not_acted_on() -> None:
    Callback.objects.create(digest="0" * 64, event="x", content="<xml/>", received_at=timezone.now() - HOUR)


def _not_asked() -> None:
    Approval.objects.create(
        kind="offer", subject_type="recruitment.offer", subject_id=1, asked_by=people.recruiter(), words="x",
        reference="HR-X", due_at=timezone.now() - HOUR,
    )  # fmt: skip


def _not_read() -> None:
    row = WeComConnection(
        corp_id="x", agent_id=1, kf_account="wkX", kf_url="https://work.weixin.qq.com/kfid/wkX"
    )
    row.save()
    ConversationCursor.objects.create(account="wkX", read_at=timezone.now() - HOUR)


def _still_in() -> None:
    person = people.user(is_active=False)
    Session.objects.create(session_key="k" * 32, session_data="", expire_date=timezone.now() + DAY)
    OpenSession.objects.create(user=person, session_key="k" * 32)


def _still_a_key() -> None:
    ApiToken.objects.create(user=people.user(is_active=False), name="x", digest="0" * 64)


def _other_figures() -> None:
    Fold.objects.create(up_to=1, at=timezone.now(), differences=3)


PLANTED: dict[str, Callable[[], None]] = {
    "recruitment.life": _no_lease,
    "recruitment.followed": _nobody_calls,
    "recruitment.report": _no_report,
    "recruitment.window": _past_window,
    "recruitment.slots": _chosen_too_late,
    "recruitment.booked": _booked_otherwise,
    "recruitment.cards": _asks_too_little,
    "recruitment.chosen": _chosen_without_a_time,
    "recruitment.offers": _answered_too_late,
    "recruitment.open_once": _open_twice,
    "recruitment.files": _file_lost,
    "recruitment.orphans": _file_of_nothing,
    "onboarding.delay": _delay_for_nothing,
    "onboarding.forecast": _miscounted,
    "onboarding.hired": _hired_without_case,
    "onboarding.identity": _one_number_twice,
    "onboarding.one_file": _two_files,
    "core.owed": _owed,
    "core.works": _work_stuck,
    "core.seals": _rewritten,
    "core.triggers": _guard_off,
    "core.sequences": _numbers_given_twice,
    "messaging.due": _not_sent,
    "messaging.callbacks": _not_acted_on,
    "messaging.approvals": _not_asked,
    "messaging.wechat": _not_read,
    "people.sessions": _still_in,
    "people.keys": _still_a_key,
    "reports.recount": _other_figures,
}


def test_every_promise_has_its_break() -> None:
    assert set(PLANTED) == set(declared_invariants())


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert red() == {}
    assert set(Check.objects.latest_of_each().values_list("code", flat=True)) == set(PLANTED)


@pytest.mark.parametrize("code", PLANTED)
def test_the_break_is_found_and_mended(code: str) -> None:
    PLANTED[code]()
    promise, lead = declared_invariants()[code], people.lead()
    found = checking.check(promise)
    assert found.error == ""
    assert (found.count, len(found.rows)) in {(1, 1), (2, 2)}
    if promise.repair is None:
        with pytest.raises(NotFound, match="no_repair"):
            checking.repair(code=code, by=lead)
        return
    assert checking.repair(code=code, by=lead) == (found.count, 0)
    assert [(one.is_latest, one.is_red) for one in Check.objects.filter(code=code)] == [
        (True, False),
        (False, True),
    ]


def test_a_lease_that_ran_out_counts_from_when_we_could_hear() -> None:
    _old_lease()
    look = declared_invariants()["recruitment.life"]
    Pulse.objects.create(name=ROOM_PULSE, at=timezone.now() - timedelta(minutes=5))
    assert checking.check(look).count == 0
    Pulse.objects.update(at=timezone.now())
    assert checking.check(look).count == 1


def test_a_number_that_is_set_and_not_handed_out_is_the_next_one() -> None:
    """As an upgrade leaves it, which numbers rows itself."""
    row = LongWork.objects.create(kind="x", subject_type="x", subject_id=1, state="done")

    def found(next_one: int) -> list[str]:
        with connection.cursor() as cursor:
            table = LongWork._meta.db_table
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [table, next_one])
        return [each.name for each in sequences_behind()]

    assert found(row.pk) == [f"core_longwork: {row.pk - 1} < {row.pk}"]
    assert found(row.pk + 1) == []
    assert LongWork.objects.create(kind="x", subject_type="x", subject_id=2, state="done").pk == row.pk + 1


def test_a_look_that_fails_is_red_and_keeps_nobody_from_the_others() -> None:
    def fail() -> Iterator[Found]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        yield Found(name="never")

    found = checking.check(Invariant(code="x.fails", title="x", advice="x", look=fail))
    assert (found.count, found.error, found.is_red) == (None, "DataError", True)
    assert red() == {}
    assert not Check.objects.get(code="x.fails").is_latest


def test_since_when_it_is_broken_stays_and_ends() -> None:
    look = declared_invariants()["core.works"]
    _work_stuck()
    first, second = checking.check(look), checking.check(look)
    assert first.broken_since == second.broken_since is not None
    LongWork.objects.all().delete()
    assert checking.check(look).broken_since is None


def test_the_first_hundred_are_kept_and_all_are_counted() -> None:
    LongWork.objects.bulk_create(
        LongWork(kind="x", subject_type="x", subject_id=number, next_try_at=timezone.now() - HOUR)
        for number in range(101)
    )
    found = checking.check(declared_invariants()["core.works"])
    assert (found.count, len(found.rows), found.is_more) == (101, 100, False)


def test_what_cannot_be_mended_is_left() -> None:
    _owed()
    Reaction.objects.update(name="nobody.listens")
    checking.check(declared_invariants()["core.owed"])
    assert checking.repair(code="core.owed", by=people.lead()) == (1, 1)


@pytest.mark.parametrize("who", [people.recruiter, people.manager, lambda: people.lead(is_active=False)])
def test_others_than_the_lead(who: Callable[[], User], client: Client) -> None:
    person = who()
    with pytest.raises(Forbidden):
        checking.repair(code="core.owed", by=person)
    with pytest.raises(Forbidden):
        checking.check_now(code="core.owed", by=person)
    client.force_login(person)
    assert client.get("/admin/checks/check/").status_code in {302, 403}
    assert client.post("/admin/checks/check/now/").status_code in {302, 403}
    assert not Check.objects.exists()


class TestPage:
    @pytest.fixture
    def lead(self, client: Client) -> Client:
        client.force_login(people.lead())
        return client

    def test_the_rows_are_links_and_the_home_is_red(self, lead: Client) -> None:
        assert "数据核对发现" not in lead.get("/admin/").content.decode()
        _past_window()
        checking.check_all()
        assert "数据核对发现 1 项异常。" in lead.get("/admin/").content.decode()
        shown = lead.get("/admin/checks/check/").content.decode()
        assert "待面试的记录不应停留在已过期的时间窗内" in shown
        check = Check.objects.red().get()
        shown = lead.get(f"/admin/checks/check/{check.pk}/change/").content.decode()
        assert f"/admin/recruitment/interview/{Interview.objects.get().pk}/change/" in shown

    def test_mending_from_the_page(self, lead: Client) -> None:
        _past_window()
        check = checking.check(declared_invariants()["recruitment.window"])
        asked = lead.get(f"/admin/checks/check/{check.pk}/steps/mend/")
        assert asked.status_code == 200
        lead.post(f"/admin/checks/check/{check.pk}/steps/mend/")
        assert Interview.objects.get().state == "missed"
        assert red() == {}

    def test_one_promise_is_looked_at_at_once(self, lead: Client) -> None:
        check = checking.check(declared_invariants()["recruitment.window"])
        _past_window()
        answer = lead.post(f"/admin/checks/check/{check.pk}/steps/again/")
        newer = Check.objects.get(code=check.code, is_latest=True)
        assert (answer["Location"], newer.count) == (f"/admin/checks/check/{newer.pk}/change/", 1)

    def test_everything_is_looked_at_by_a_job(self, lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:

        assert lead.get("/admin/checks/check/now/").status_code == 405
        before = OrmQ.objects.count()
        assert lead.post("/admin/checks/check/now/").status_code == 302
        assert OrmQ.objects.count() == before + 1

    def test_the_list_asks_as_much_for_all_as_for_one(self, lead: Client) -> None:
        checking.check(declared_invariants()["core.works"])
        lead.get("/admin/checks/check/")

        with CaptureQueriesContext(connection) as one:
            lead.get("/admin/checks/check/")
        checking.check_all()
        with CaptureQueriesContext(connection) as all_of_them:
            lead.get("/admin/checks/check/")
        assert len(one) == len(all_of_them)


def test_looks_read_by_indexes() -> None:
    """What grows is not read as a whole: every promise about it goes by an index."""
    small = {
        "recruitment_lease",
        "events_pulse",
        "messaging_channelpause",
        "onboarding_onboardingcase",
        "people_opensession",
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for promise in declared_invariants().values():
            if promise.rows is not None:
                plan = promise.rows().order_by("pk")[:101].explain()
                read = {
                    line.split("Seq Scan on ")[1].split()[0]
                    for line in plan.splitlines()
                    if "Seq Scan on" in line
                }
                assert read <= small, promise.code
    assert OnboardingCase.objects.count() == 0
