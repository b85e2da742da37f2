"""Times offered to a candidate: offered by HR, chosen by the candidate, run out or taken back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, NotFound, Refused
from core.events import DurableSignal
from core.jobs.sets import in_sets
from core.seen import require_as_seen
from core.trouble import wall
from people.actors import Actor, Party, actor_label, actor_user
from people.calendar import require_known_year
from recruitment import signals
from recruitment.enums import INTERVIEW_STEPS, ApplicationStage, InterviewKind, SlotState
from recruitment.models import Application, Interview, OfferedSlot, Scorecard, SlotOffer
from recruitment.rounds import free
from recruitment.rounds.services import planning
from recruitment.rules import require_recruiting
from recruitment.services import locking, scheduling

MOST_SLOTS = 20
LONGEST_SLOT = timedelta(days=14)
LONGEST_CHOICE = timedelta(days=30)
# What a booking that somebody else made a moment ago is refused with.
TAKEN = ("interviewer_busy", "room_taken", "taken_meanwhile")
# Who holds an interview, in which room, as which round.
Booked = tuple[list[int], str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and by whom a round that is yet to be planned is held, and what its cards ask for."""

    interviewers: Collection[int]
    room: str = ""
    meeting_link: str = ""
    competencies: Collection[int] = field(default=())


def offer_round(
    *, application_id: int, times: Sequence[free.Span], choose_by: datetime, place: Place, by: Actor
) -> SlotOffer:
    """Offer times for the next round; the candidate is told with the way to choose. Nothing is booked yet.

    Invalid: slots_missing, too_many_slots, slot_without_length, slot_too_long, slot_in_the_past, choose_by_wrong,
    calendar_year_missing, and what planning.plan says of place, interviewers, competencies.
    Refused: not_in_second_round, slots_offered_already, no_link_yet, interviewer_busy, room_taken.
    """
    require_recruiting(by, Application, application_id)
    person = _person(by)
    room, meeting_link = planning.require_place(place.room, place.meeting_link)
    planning.require_interviewers(place.interviewers)
    _require_sensible(times, choose_by)
    with transaction.atomic():
        application = locking.application_after_interviews(application_id)
        require_as_seen(application)
        planning.require_its_turn(application)
        last: int | None = application.interviews.aggregate(last=Max("round"))["last"]
        if last is None:
            raise Refused(
                "no_link_yet",
                _("This candidate has no interview yet, and so no page to choose on. Plan the round itself."),
            )
        judged = planning.require_competencies(application, place.competencies)
        _require_free(times, interviewers=place.interviewers, room=room)
        made = _make(
            application, times, person=person, round=last + 1, room=room, meeting_link=meeting_link,
            choose_by=choose_by,
        )  # fmt: skip
        made.interviewers.set(place.interviewers)
        made.competencies.set(judged)
        _announce(signals.slots_offered, made, by, choose_by=choose_by.isoformat(), slots=len(times))
        return made


def offer_move(*, interview_id: int, times: Sequence[free.Span], choose_by: datetime, by: Actor) -> SlotOffer:
    """Offer other times for an interview that is there: its window, or its round with the same people and place.

    Invalid: as for offer_round. Refused: step_not_allowed, held_elsewhere, application_ended, slots_offered_already,
    interviewer_busy, room_taken.
    """
    require_recruiting(by, Interview, interview_id)
    person = _person(by)
    _require_sensible(times, choose_by)
    with transaction.atomic():
        interview, _lease = locking.interview_and_lease(interview_id)
        application = locking.application(interview.application_id)
        require_as_seen(interview)
        _require_movable(interview, application)
        called, room, held_id = booked_with(interview)
        _require_free(times, interviewers=called, room=room, but=held_id)
        made = _make(
            application, times, person=person, round=interview.round, interview=interview,
            stood_at=interview.window_opens_at, choose_by=choose_by,
        )  # fmt: skip
        _announce(signals.slots_offered, made, by, choose_by=choose_by.isoformat(), slots=len(times))
        return made


def _make(
    application: Application, times: Sequence[free.Span], *, person: Any, choose_by: datetime, **fields: Any
) -> SlotOffer:
    try:
        with transaction.atomic():
            # What ran out, or was settled another way, and no job has ended yet, stands in nobody's way.
            for old in application.slot_offers.select_for_update(no_key=True).filter(state=SlotState.OPEN):
                _end_if_over(old)
            made: SlotOffer = SlotOffer.objects.create(
                application=application, offered_by=person, choose_by=choose_by, **fields
            )
    except IntegrityError as error:
        if "slots_offered_once" not in str(error):
            raise
        raise Refused(
            "slots_offered_already",
            _("Times are offered to this candidate already. Withdraw them first to offer others."),
        ) from error
    OfferedSlot.objects.bulk_create(OfferedSlot(offer=made, slot=DateTimeTZRange(*one)) for one in times)
    return made


def choose(*, application_id: int, slot_id: int) -> SlotOffer:
    """The candidate takes one of the offered times; the same once more is the same again.

    Effects in order: the round is planned or the interview moved (who is concerned is told), offer, `slot_chosen`.
    NotFound: slot_unknown. Refused: slots_over, slot_taken (the others may still be chosen).
    """
    slot = OfferedSlot.objects.filter(offer__application=application_id, pk=slot_id).first()
    if slot is None:
        raise NotFound("slot_unknown", _("There is no such time."))
    with transaction.atomic():
        application = locking.application_after_interviews(application_id)
        offer = SlotOffer.objects.select_for_update(no_key=True).get(pk=slot.offer_id)
        slot.refresh_from_db()
        if slot.is_chosen:
            return offer
        if not SlotOffer.objects.live().filter(pk=offer.pk).exists():
            raise _over(offer)
        if slot.slot.lower <= timezone.now():
            raise taken()
        offer.application = application
        _require_nobody_busy(offer, slot)
        try:
            with transaction.atomic():
                interview = _book(offer, slot)
        except Refused as error:
            if error.code in TAKEN:
                raise taken() from error
            raise
        except Invalid as error:  # somebody who was to hold it has left meanwhile
            raise _over(offer) from error
        slot.is_chosen = True
        slot.save(update_fields=["is_chosen"])
        offer.choose()
        offer.interview, offer.ended_at = interview, timezone.now()
        offer.save()
        at = slot.slot.lower.isoformat()
        _announce(signals.slot_chosen, offer, Party.CANDIDATE, opens_at=at, interview=interview.pk)
        return offer


def _require_nobody_busy(offer: SlotOffer, slot: OfferedSlot) -> None:
    """What came into an interviewer's own calendar since the time was offered is taken as by somebody quicker."""
    people, _room, _held = booked_for(offer)
    span = (slot.slot.lower, slot.slot.upper)
    if free.overlaps(span, free.Bookings(*span, interviewers=people, rooms=()).busy(people)):
        raise taken()


def _over(offer: SlotOffer) -> Refused:
    return Refused(
        "slots_over",
        _("These times can no longer be chosen. Please call or write to your contact."),
        state=offer.state,
    )


def taken() -> Refused:
    """Somebody was quicker: in words for the candidate, to whom nobody else's bookings are named."""
    return Refused("slot_taken", _("Somebody was quicker: this time is taken. Please choose another one."))


def _book(offer: SlotOffer, slot: OfferedSlot) -> Interview:
    """The chosen time as HR would enter it: it is HR's own offer."""
    times = {"opens_at": slot.slot.lower, "closes_at": slot.slot.upper}
    if offer.interview_id is not None:
        return scheduling.reschedule(interview_id=offer.interview_id, by=Party.SYSTEM, **times)
    return planning.plan(
        application_id=offer.application_id,
        interviewers=list(offer.interviewers.values_list("pk", flat=True)),
        room=offer.room,
        meeting_link=offer.meeting_link,
        competencies=list(offer.competencies.values_list("pk", flat=True)),
        by=Party.SYSTEM,
        **times,
    ).interview


def withdraw(*, offer_id: int, by: Actor) -> SlotOffer:
    """HR takes the offered times back; the candidate is told. NotFound: slots_unknown. Refused: step_not_allowed."""
    require_recruiting(by, SlotOffer, offer_id)
    with transaction.atomic():
        found = SlotOffer.objects.select_for_update(no_key=True).filter(pk=offer_id).first()
        if found is None:
            raise NotFound("slots_unknown", _("There are no such times."))
        require_as_seen(found)
        if found.state != SlotState.OPEN:
            raise Refused(
                "step_not_allowed", _("This step is not possible in the present state."), state=found.state
            )
        found.withdraw()
        found.ended_at = timezone.now()
        found.save()
        _announce(signals.slots_over, found, by, state=found.state)
        return found


def end_due() -> int:
    """End what nobody chose from in time, and what was settled another way; how many."""
    open_ones = SlotOffer.objects.filter(state=SlotState.OPEN)
    due = open_ones.exclude(pk__in=SlotOffer.objects.live().values("pk"))
    return in_sets(list(due.order_by("choose_by").values_list("pk", flat=True)[:1000]), end, what="slots")


def end(offer_ids: Collection[int]) -> int:
    """End those of these that are over, within a transaction; how many. Who is concerned is told."""
    locked = SlotOffer.objects.select_for_update(skip_locked=True, no_key=True).filter(
        pk__in=offer_ids, state=SlotState.OPEN
    )
    return sum(_end_if_over(offer) for offer in locked.order_by("pk"))


def _end_if_over(offer: SlotOffer) -> bool:
    """Expired, of which somebody hears; or withdrawn in silence, where what it was for was settled another way."""
    stands = SlotOffer.objects.standing().filter(pk=offer.pk).exists()
    if stands and not wall.is_past(offer.choose_by):
        return False
    if stands:
        offer.expire()
    else:
        offer.withdraw()
    offer.ended_at = timezone.now()
    offer.save()
    if stands:
        _announce(signals.slots_over, offer, Party.SYSTEM, state=offer.state)
    return True


def booked_with(interview: Interview) -> Booked:
    """Who holds an interview, in which room, as which round; nobody, "" and None of one that no people hold."""
    return booked_with_each([interview])[interview.pk]


def booked_with_each(interviews: Collection[Interview]) -> dict[int, Booked]:
    """`booked_with` of several, by their numbers. One query."""
    found: dict[int, Booked] = {interview.pk: ([], "", None) for interview in interviews}
    held = [interview.pk for interview in interviews if interview.kind == InterviewKind.PEOPLE]
    if held:
        cards = Scorecard.objects.filter(round__interview__in=held, is_called=True).select_related("round")
        for card in cards:
            called, _room, _round = found[card.round.interview_id]
            found[card.round.interview_id] = ([*called, card.interviewer_id], card.round.room, card.round_id)
    return found


def booked_for(offer: SlotOffer) -> Booked:
    """`booked_with` of what an offer is for: the round that is there, or the people and the room that it names."""
    if offer.interview is not None:
        return booked_with(offer.interview)
    return list(offer.interviewers.values_list("pk", flat=True)), offer.room, None


def _require_movable(interview: Interview, application: Application) -> None:
    if interview.kind == InterviewKind.VENDOR:
        raise Refused("held_elsewhere", _("The vendor arranges the times of this interview."))
    if application.stage in ApplicationStage.ended:
        raise Refused("application_ended", _("This application has ended."))
    if interview.state not in INTERVIEW_STEPS.sources("reschedule"):
        raise Refused(
            "step_not_allowed", _("This step is not possible in the present state."), state=interview.state
        )


def _require_sensible(times: Sequence[free.Span], choose_by: datetime) -> None:
    now = timezone.now()
    if not times:
        raise Invalid("slots_missing", _("Please choose at least one time to offer."))
    if len(set(times)) > MOST_SLOTS:
        raise Invalid("too_many_slots", _("At most twenty times are offered at once."))
    for begin, end in times:
        if end <= begin:
            raise Invalid("slot_without_length", _("A time has to end after it begins."))
        if end - begin > LONGEST_SLOT:
            raise Invalid("slot_too_long", _("A time lasts 14 days at most."))
        if begin <= now:
            raise Invalid("slot_in_the_past", _("A time has to lie ahead."))
    if not now < choose_by <= now + LONGEST_CHOICE:
        raise Invalid("choose_by_wrong", _("The time until which one may choose lies ahead, within 30 days."))
    if choose_by >= max(begin for begin, _end in times):
        raise Invalid("choose_by_wrong", _("One has to choose before the last of the times begins."))
    require_known_year(timezone.localdate(max(end for _begin, end in times)))


def _require_free(
    times: Sequence[free.Span], *, interviewers: Collection[int], room: str, but: int | None = None
) -> None:
    first, last = min(begin for begin, _end in times), max(end for _begin, end in times)
    booked = free.taken_between(first, last, interviewers=interviewers, room=room, but=but)
    if any(free.overlaps(one, booked) for one in times):
        raise Refused(
            "taken_meanwhile",
            _("One of these times was booked meanwhile. Please choose from what is free now."),
        )


def _person(by: Actor) -> Any:
    person = actor_user(by)
    if person is None:
        raise Forbidden("not_permitted", _("Times are offered by a person."))
    return person


def _announce(signal: DurableSignal, offer: SlotOffer, by: Actor, **facts: str | int) -> None:
    signal.emit(subject=offer, facts=facts, by=actor_label(by))
