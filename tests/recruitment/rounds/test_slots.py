"""Times offered and chosen, and interviews that candidates move: one winner, the other is told."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from core.errors import DomainError
from messaging import kinds
from messaging.models import Message
from notifications import calendars
from people.actors import Party
from recruitment.models import Application, Interview, OfferedSlot, Round, SlotOffer
from recruitment.rounds import free
from recruitment.rounds.services import moving, planning, slots
from recruitment.services import applications
from tests.factories import api, clocks, people
from tests.factories import recruitment as make
from tests.factories.rounds import HOUR, planned
from tests.recruitment.room.conftest import Browser

pytestmark = pytest.mark.django_db
# A Monday morning, so that what is free on which day is known.
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 7, 50, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def calendar() -> Any:
    with time_machine.travel(MONDAY, tick=True):
        api.calendar(2026, 2027)
        yield


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


class Story:
    """A candidate in the second round, with an AI interview behind them, and who arranges and holds the next."""

    def __init__(self, *interviewers: Any) -> None:
        self.hr = people.recruiter()
        self.interviewers = interviewers or (people.manager(name="孙经理"),)
        self.application = make.application(make.opening(specialist=self.hr), stage="second_round")
        self.interview = make.interview(self.application, state="completed", completed_at=timezone.now())

    def offer(self, *begins: datetime, **more: Any) -> SlotOffer:
        begins = begins or (at(25, 10), at(26, 14))
        return slots.offer_round(
            application_id=self.application.pk,
            times=[(begin, begin + HOUR) for begin in begins],
            place=slots.Place(
                interviewers=[one.pk for one in self.interviewers], room=more.pop("room", "301")
            ),
            **{"choose_by": at(24, 18), "by": self.hr, **more},
        )

    def choose(self, number: int = 0) -> SlotOffer:
        slot = list(OfferedSlot.objects.filter(offer__application=self.application).order_by("slot"))[number]
        return slots.choose(application_id=self.application.pk, slot_id=slot.pk)

    def told(self, *codes: str) -> list[tuple[str, str]]:
        rows = Message.objects.filter(kind__in=codes).exclude(state="cancelled").order_by("pk")
        return [(row.kind, row.audience) for row in rows]


def refused(code: str, step: Any, *given: Any, **more: Any) -> None:
    with pytest.raises(DomainError) as raised:
        step(*given, **more)
    assert raised.value.code == code


def test_free_times_are_working_hours_less_what_is_booked() -> None:
    boss = people.manager()
    planned(boss, at=at(23, 14))
    found = free.free_times(
        interviewers=[boss.pk], room="", length=HOUR, first=at(23, 8).date(), last=at(23, 8).date()
    )
    # Nothing before ten, since all have to read of it first; none at noon, none over the round at two.
    assert [f"{timezone.localtime(begin):%H:%M}" for begin, _end in found] == [
        "10:00", "11:00", "15:00", "16:00", "17:00",
    ]  # fmt: skip
    weekend: dict[str, Any] = {"first": at(28, 8).date(), "last": at(29, 8).date(), "length": HOUR}
    assert free.free_times(interviewers=[boss.pk], room="", **weekend) == []
    # The round stands in room 301: five are left of Monday, seven of each other working day.
    week = {**weekend, "first": at(23, 8).date()}
    assert len(free.free_times(interviewers=[], room="301", **week)) == 5 + 4 * 7


def test_what_is_chosen_is_planned_and_everybody_is_told() -> None:
    story = Story()
    offer = story.offer()
    assert story.told("slots_offered") == [("slots_offered", "candidate")]
    assert not Round.objects.exists()
    chosen = story.choose()
    held = Round.objects.get()
    assert (chosen.state, chosen.interview_id, held.room) == ("chosen", held.interview_id, "301")
    assert (held.slot.lower, [str(card.interviewer) for card in held.cards.all()]) == (at(25, 10), ["孙经理"])
    assert story.told("slots_offered", "slot_chosen", "scheduled", "round") == [
        ("scheduled", "candidate"), ("round", "interviewer"), ("slot_chosen", "specialist"),
    ]  # fmt: skip
    # The same once more is the same again; another one is not to be had any more.
    assert story.choose().interview_id == held.interview_id
    refused("slots_over", story.choose, 1)
    assert (Round.objects.count(), SlotOffer.objects.get(pk=offer.pk).state) == (1, "chosen")


def test_who_comes_second_is_told_and_may_choose_another() -> None:
    boss = people.manager()
    first, second = Story(boss), Story(boss)
    first.offer()
    second.offer(room="302")
    first.choose()
    refused("slot_taken", second.choose)
    assert Round.objects.count() == 1
    assert second.choose(1).state == "chosen"
    # What is booked already is not offered.
    refused("taken_meanwhile", Story(boss).offer, room="303")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"choose_by": at(23, 7)}, "choose_by_wrong"),
        ({"choose_by": at(26, 14)}, "choose_by_wrong"),
        ({"room": ""}, "place_missing"),
        ({"by": Party.SYSTEM}, "not_permitted"),
    ],
)
def test_what_cannot_be_offered(given: dict[str, Any], code: str) -> None:
    refused(code, Story().offer, **given)
    refused("slot_in_the_past", Story().offer, at(23, 7))
    assert not SlotOffer.objects.exists() and not Message.objects.filter(kind="slots_offered").exists()


def test_offered_once_at_a_time_and_only_by_whoever_recruits() -> None:
    story = Story()
    offer = story.offer()
    refused("slots_offered_already", story.offer)
    refused("not_permitted", slots.withdraw, offer_id=offer.pk, by=people.onboarder())
    slots.withdraw(offer_id=offer.pk, by=story.hr)
    refused("step_not_allowed", slots.withdraw, offer_id=offer.pk, by=story.hr)
    assert story.told("slots_offered", "slots_over") == [("slots_over", "candidate")]
    story.offer()
    assert story.told("slots_offered", "slots_over")[1:] == [("slots_offered", "candidate")]


def test_times_do_not_run_out_by_a_clock_that_was_set_forward() -> None:
    story = Story()
    story.offer()
    with clocks.set_forward(timedelta(days=2)):
        assert slots.end_due() == 0
    assert SlotOffer.objects.get().state == "open"


def test_times_run_out_and_candidate_and_specialist_hear_of_it() -> None:
    story = Story()
    story.offer()
    assert slots.end_due() == 0
    with time_machine.travel(at(24, 18, 1)):
        refused("slots_over", story.choose)
        assert (slots.end_due(), slots.end_due()) == (1, 0)
        assert SlotOffer.objects.get().state == "expired"
        assert story.told("slots_offered", "slots_over") == [
            ("slots_over", "candidate"), ("slots_over", "specialist"),
        ]  # fmt: skip
        story.offer(choose_by=at(25, 9))


@pytest.mark.parametrize("way", ["planned", "rejected"])
def test_what_was_settled_another_way_can_no_longer_be_chosen(way: str) -> None:
    story = Story()
    story.offer()
    if way == "planned":
        planned(of=story.application, at=at(27, 10))
    else:
        applications.take_step(
            application_id=story.application.pk, step="reject", reason="不合适", by=Party.SYSTEM
        )
    refused("slots_over", story.choose)
    assert slots.end_due() == 1
    assert (SlotOffer.objects.get().state, story.told("slots_over")) == ("withdrawn", [])


def test_offered_times_of_a_round_move_it_with_its_people_and_its_calendar_entry() -> None:
    story = Story()
    held = planned(*story.interviewers, of=story.application, at=at(27, 10))
    slots.offer_move(
        interview_id=held.interview_id, times=[(at(26, 9), at(26, 10))], choose_by=at(25, 9), by=story.hr
    )
    story.choose()
    moved = Round.objects.get()
    assert (moved.slot.lower, moved.uid, moved.sequence > held.sequence) == (at(26, 9), held.uid, True)
    # HR's own offer: the candidate's two moves are left.
    assert Interview.objects.get(pk=held.interview_id).rescheduled_by_candidate == 0
    files = [calendars.of_round(row) for row in Message.objects.filter(kind__in=["rescheduled", "round"])]
    sequence = f"SEQUENCE:{moved.sequence}".encode()
    assert files and all(one is not None and sequence in one.content for one in files)


def test_a_candidate_moves_a_round_twice_and_no_more() -> None:
    story = Story()
    busy = planned(*story.interviewers, at=at(25, 9), room="999")
    held = planned(*story.interviewers, of=story.application, at=at(27, 10))
    move = {"application_id": story.application.pk, "interview_id": held.interview_id}
    refused("slot_taken", moving.move, opens_at=busy.slot.lower, **move)  # somebody else's
    refused("slot_taken", moving.move, opens_at=at(29, 10), **move)  # a Sunday
    refused("slot_taken", moving.move, opens_at=at(23, 9), **move)  # too soon
    refused(
        "interview_unknown", moving.move, **{**move, "interview_id": busy.interview_id}, opens_at=at(25, 10)
    )
    for hour in (10, 11):
        for _time in range(2):  # sent twice it counts once
            assert moving.move(opens_at=at(25, hour), **move).window_opens_at == at(25, hour)
    assert Interview.objects.get(pk=held.interview_id).rescheduled_by_candidate == 2
    refused("reschedules_used_up", moving.move, opens_at=at(26, 10), **move)
    with time_machine.travel(at(25, 9, 30)):
        refused("nothing_to_move", moving.move, opens_at=at(26, 10), **move)
    assert set(story.told("rescheduled", "round")) == {
        ("rescheduled", "candidate"), ("rescheduled", "specialist"), ("round", "interviewer"),
    }  # fmt: skip


def test_a_missed_interview_in_the_room_is_moved_by_its_candidate() -> None:
    interview = make.interview(state="missed", window_opens_at=at(20, 9), window_closes_at=at(22, 18))
    moved = moving.move(application_id=interview.application_id, opens_at=at(24, 19))
    assert (moved.state, moved.attempt, moved.window_opens_at) == ("scheduled", 2, at(24, 19))
    assert moved.window_closes_at <= timezone.now() + timedelta(days=14)
    elsewhere = make.interview(kind="vendor", state="scheduled")
    refused("nothing_to_move", moving.move, application_id=elsewhere.application_id, opens_at=at(24, 19))


def test_the_page_and_the_api_take_a_choice_and_a_move(client: Any) -> None:
    story = Story()
    story.offer()
    browser = Browser(story.interview)
    assert "选择时间" in browser.client.get(f"/i/{browser.token}").text
    went = browser.client.post(
        f"/i/{browser.token}", {"csrfmiddlewaretoken": browser.client.cookies["csrftoken"].value}
    )
    assert went["Location"] == "/room/times/"
    said = browser.client.get("/room/api/status").json()
    assert (said["situation"], said["can"][0]) == ("slots_offered", "choose_slot")
    page = browser.client.get("/room/times/")
    assert page.status_code == 200 and "no-store" in page["Cache-Control"] and "10:00 – 11:00" in page.text
    listed = browser.client.get("/room/api/slots").json()
    assert [one["free"] for one in listed["slots"]] == [True, True] and listed["moves"] == []
    sent = {"csrfmiddlewaretoken": page.context["csrf_token"]}
    empty = browser.client.post("/room/times/", sent)
    assert empty.status_code == 422 and 'role="alert"' in empty.text
    assert browser.send("POST", "slots/choose", {"slot": 10**8}).json()["code"] == "slot_unknown"
    assert browser.send("POST", "slots/choose", {"slot": "x"}).status_code == 422
    chosen = browser.client.post("/room/times/", {**sent, "slot": listed["slots"][0]["id"]})
    assert (chosen.status_code, Round.objects.count()) == (302, 1)
    again = browser.send("POST", "slots/choose", {"slot": listed["slots"][0]["id"]})
    assert (again.status_code, Round.objects.count()) == (200, 1)

    said = browser.client.get("/room/api/status").json()
    assert "reschedule" in said["can"] and "choose_slot" not in said["can"]
    (move,) = browser.client.get("/room/api/slots").json()["moves"]
    assert (move["left"], move["kind"]) == (2, "people")
    for wrong in ("x", "2026-11-26T10:00:00", 7):
        assert browser.send("POST", "reschedule", {"opens_at": wrong}).status_code == 422
    moved = browser.send("POST", "reschedule", {"opens_at": move["times"][0]["opens_at"]})
    assert moved.status_code == 200 and moved.json()["opens_at"] == move["times"][0]["opens_at"]
    assert "301" in browser.client.get("/room/times/").text
    assert client.get("/room/times/").status_code == 401
    assert client.get("/room/api/slots").status_code == 401


def test_the_page_says_what_to_do_where_there_is_nothing() -> None:
    browser = Browser(Story().interview).open()
    assert "目前没有可以选择或更改的时间" in browser.client.get("/room/times/").text
    answer = browser.send("POST", "reschedule", {"opens_at": at(26, 10).isoformat()})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_move")


def test_hr_offers_times_on_two_pages_and_sees_until_when(client: Any) -> None:
    story = Story()
    client.force_login(story.hr)
    step = f"/admin/recruitment/application/{story.application.pk}/steps/offer-times/"
    assert client.get(step).status_code == 200
    form: dict[str, Any] = {
        "interviewers": [story.interviewers[0].pk], "room": "301", "minutes": "60", "first": "2026-11-25",
        "last": "2026-11-25", "choose_by": "2026-11-24T18:00",
        "competencies": planning.planned_competencies(story.application),
    }  # fmt: skip
    asked = client.post(step, form)
    assert asked.status_code == 422 and "请勾选提供给候选人的时间" in asked.text
    choices = [value for value, _words in asked.context["form"].fields["times"].choices]
    assert len(choices) == 7
    none = client.post(step, {**form, "first": "2026-11-28", "last": "2026-11-29"})
    assert "没有合适的空闲时间" in none.text
    done = client.post(step, {**form, "times": choices[:2]})
    assert done.status_code == 302
    offer = SlotOffer.objects.get()
    assert offer.slots.count() == 2
    assert (
        "可选至 2026-11-24 18:00"
        in client.get(f"/admin/recruitment/application/{story.application.pk}/change/").text
    )
    page = f"/admin/recruitment/slotoffer/{offer.pk}/change/"
    assert client.get(page).status_code == 200
    assert client.post(f"/admin/recruitment/slotoffer/{offer.pk}/steps/withdraw/", {}).status_code == 302
    assert SlotOffer.objects.get().state == "withdrawn"
    held = planned(*story.interviewers, of=story.application, at=at(27, 10))
    assert (
        client.get(f"/admin/recruitment/interview/{held.interview_id}/steps/offer-times/").status_code == 200
    )


def test_what_the_messages_hold_for() -> None:
    story = Story()
    story.offer()
    message = Message.objects.get(kind="slots_offered")
    holds = {code: kinds.kind(code).holds for code in ("slots_offered", "slots_over")}
    assert (holds["slots_offered"](message), holds["slots_over"](message)) == (True, False)
    story.choose()
    assert (holds["slots_offered"](message), holds["slots_over"](message)) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_of_two_candidates_who_choose_one_hour_at_once_one_has_it(django_db_blocker: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    boss = people.manager()
    stories = [Story(boss), Story(boss)]
    for number, story in enumerate(stories):
        story.offer(room=str(number))
    begin = Barrier(2)

    def choose(story: Story) -> str:
        try:
            begin.wait(10)
            return story.choose().state
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(choose, stories)) == ["chosen", "slot_taken"]
    assert (Round.objects.count(), Application.objects.count()) == (1, 2)
    assert sorted(SlotOffer.objects.values_list("state", flat=True)) == ["chosen", "open"]
