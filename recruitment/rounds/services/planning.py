"""Planning a round that people hold, and changing it: its time, its place, its interviewers."""

import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound, Refused
from core.events.reading import reading_once
from core.seen import require_as_seen
from people.actors import Actor, actor_label
from people.enums import HR_ROLES, Role
from people.models import User
from recruitment import signals
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import (
    Application,
    Competency,
    Interview,
    PlanVersion,
    Round,
    RubricLevel,
    Scorecard,
    ScorecardScore,
    Stage,
)
from recruitment.models.slots import ROUNDS_HELD_IN
from recruitment.rules import require_recruiting
from recruitment.services import bookings, locking, scheduling

LONGEST_ROOM, MOST_INTERVIEWERS = 80, 8
_HOLD_ROUNDS = HR_ROLES | {Role.MANAGER, Role.INTERVIEWER}


def colleagues() -> Q:
    """The condition on accounts: who may hold a round."""
    return Q(is_active=True) & (Q(roles__overlap=sorted(_HOLD_ROUNDS)) | Q(is_superuser=True))


def plan(
    *,
    application_id: int,
    opens_at: datetime,
    closes_at: datetime,
    interviewers: Collection[int],
    by: Actor,
    room: str = "",
    meeting_link: str = "",
    competencies: Collection[int] = (),
) -> Round:
    """Plan the next round: an interview of people with place, interviewers and a card for each; told to all of them.

    Without `competencies` the cards ask for those of the opening's interview plan.
    Invalid: interviewers_missing, interviewer_unknown, place_missing, link_invalid, competencies_missing, and what
    scheduling.schedule says. Refused: not_in_second_round, interviewer_busy, room_taken.
    """
    require_recruiting(by, Application, application_id)
    room, meeting_link = require_place(room, meeting_link)
    require_interviewers(interviewers)
    with reading_once(), transaction.atomic():
        # Interviews before their application, as everywhere.
        application = locking.application_after_interviews(application_id)
        require_as_seen(application)
        require_its_turn(application)
        judged = require_competencies(application, competencies)
        last: int = application.interviews.aggregate(last=Max("round"))["last"] or 0
        scheduling.schedule(
            application_id=application_id,
            opens_at=opens_at,
            closes_at=closes_at,
            by=by,
            kind=InterviewKind.PEOPLE,
            round=last + 1,
            book=partial(
                _book, room=room, meeting_link=meeting_link, interviewers=interviewers, judged=judged, by=by
            ),
        )
        return Round.objects.get(interview__application=application_id, interview__round=last + 1)


def require_its_turn(application: Application) -> None:
    """Raise Refused("not_in_second_round") where people meet nobody yet."""
    if application.stage not in ROUNDS_HELD_IN:
        raise Refused(
            "not_in_second_round",
            _("People's rounds begin when the candidate was invited to the second round."),
            stage=application.stage,
        )


def _book(
    interview: Interview,
    *,
    room: str,
    meeting_link: str,
    interviewers: Collection[int],
    judged: Sequence[int],
    by: Actor,
) -> None:
    """The round's rows beside its interview, and their announcement."""
    slot = DateTimeTZRange(interview.window_opens_at, interview.window_closes_at)
    clash = bookings.named_clash(
        interview.window_opens_at, interview.window_closes_at, interviewers=interviewers, room=room
    )
    with clash:
        held = Round.objects.create(
            interview=interview,
            room=room,
            meeting_link=meeting_link,
            slot=slot,
            anchors=anchors_now(interview.application.opening.interview_plan.published, judged),
        )
        held.competencies.set(judged)
        _call(held, sorted(interviewers), judged)
    _announce(interview, by=by, is_new=True)


def _call(held: Round, interviewers: Collection[int], judged: Collection[int]) -> None:
    """A card for each of these, with its competencies; whoever was called once before has theirs back."""
    back = Scorecard.objects.filter(round=held, interviewer__in=interviewers)
    known = set(back.values_list("interviewer", flat=True))
    back.update(is_called=True, is_booked=held.is_booked, slot=held.slot, sequence=held.sequence)
    cards = Scorecard.objects.bulk_create(
        Scorecard(
            round=held, interviewer_id=one, slot=held.slot, is_booked=held.is_booked, sequence=held.sequence
        )
        for one in interviewers
        if one not in known
    )
    ScorecardScore.objects.bulk_create(
        ScorecardScore(card=card, competency_id=competency) for card in cards for competency in judged
    )


def arrange(
    *,
    interview_id: int,
    opens_at: datetime,
    closes_at: datetime,
    interviewers: Collection[int],
    by: Actor,
    room: str = "",
    meeting_link: str = "",
) -> Round:
    """Bring a round to this time, place and interviewers; whoever is concerned is told, and nobody of no change.

    Whoever is replaced keeps no booking; a card that was handed in stays.
    Invalid: as for plan. NotFound: round_unknown. Refused: step_not_allowed, handed_in_already, interviewer_busy,
    room_taken, changed_meanwhile, and what scheduling.reschedule says.
    """
    require_recruiting(by, Interview, interview_id)
    room, meeting_link = require_place(room, meeting_link)
    with reading_once(), transaction.atomic():
        interview, _lease = locking.interview_and_lease(interview_id)
        held = of_interview(interview_id)
        called = set(held.cards.filter(is_called=True).values_list("interviewer", flat=True))
        wanted = set(interviewers)
        moves = (opens_at, closes_at) != (interview.window_opens_at, interview.window_closes_at)
        stays = (room, meeting_link, wanted) == (held.room, held.meeting_link, called)
        if stays and not moves and interview.state == InterviewState.SCHEDULED:
            return held
        require_as_seen(interview)
        if interview.state != InterviewState.SCHEDULED and not moves:
            raise Refused(
                "step_not_allowed",
                _("This step is not possible in the present state."),
                state=interview.state,
            )
        require_interviewers(wanted - called, at_all=wanted)
        if not stays:
            # Who moves it as well books the new time, and never the old one with the new people.
            held.is_booked = held.is_booked and not moves
            _change(held, interview, room=room, meeting_link=meeting_link, wanted=wanted, called=called)
        if moves:
            scheduling.reschedule(interview_id=interview_id, opens_at=opens_at, closes_at=closes_at, by=by)
        else:
            _announce(interview, by=by, is_new=False)
        held.refresh_from_db()
        return held


def _change(
    held: Round, interview: Interview, *, room: str, meeting_link: str, wanted: set[int], called: set[int]
) -> None:
    gone = held.cards.filter(interviewer__in=called - wanted)
    if gone.filter(handed_in_at__isnull=False).exists():
        raise Refused(
            "handed_in_already", _("Whoever has handed in a scorecard stays an interviewer of this round.")
        )
    sequence = held.sequence + 1
    # First whoever goes: their time, and the old room, are free for what comes.
    gone.update(is_called=False, is_booked=False, sequence=sequence)
    with bookings.named_clash(
        interview.window_opens_at,
        interview.window_closes_at,
        interviewers=wanted if held.is_booked else (),
        room=room if held.is_booked else "",
        but=held.pk,
    ):
        held.room, held.meeting_link, held.sequence = room, meeting_link, sequence
        held.save(update_fields=["room", "meeting_link", "sequence", "is_booked"])
        held.cards.filter(is_called=True).update(sequence=sequence, is_booked=held.is_booked)
        _call(held, sorted(wanted - called), list(held.competencies.values_list("pk", flat=True)))


def of_interview(interview_id: int) -> Round:
    """The round under its row lock. NotFound: round_unknown."""
    held = Round.objects.select_for_update().filter(interview=interview_id).first()
    if held is None:
        raise NotFound("round_unknown", _("There is no such round."))
    return held


def rebook(*, round_id: int) -> None:
    """Bring a round and its cards to the window and the state of its interview, as the database does with each change.

    Safe on what is well; nobody is told. Refused: interviewer_busy, room_taken (it needs another time).
    """
    with transaction.atomic():
        interview, _lease = locking.interview_and_lease(Round.objects.get(pk=round_id).interview_id)
        held = of_interview(interview.pk)
        opens, closes = interview.window_opens_at, interview.window_closes_at
        slot, is_booked = DateTimeTZRange(opens, closes), interview.state in InterviewState.running
        called = held.cards.filter(is_called=True)
        people = list(called.values_list("interviewer", flat=True)) if is_booked else []
        room = held.room if is_booked else ""
        with bookings.named_clash(opens, closes, interviewers=people, room=room, but=held.pk):
            sequence = held.sequence + 1
            Round.objects.filter(pk=held.pk).update(slot=slot, is_booked=is_booked, sequence=sequence)
            called.update(slot=slot, is_booked=is_booked, sequence=sequence)


def ask_for_all(*, card_id: int) -> None:
    """Give a card the competencies of its round that it lacks; what stands on it stays. Safe on one that has all."""
    with transaction.atomic():
        card = Scorecard.objects.select_for_update(of=("self",)).get(pk=card_id)
        there = set(card.scores.values_list("competency", flat=True))
        ScorecardScore.objects.bulk_create(
            ScorecardScore(card=card, competency_id=one)
            for one in card.round.competencies.values_list("pk", flat=True)
            if one not in there
        )


def _announce(interview: Interview, *, by: Actor, is_new: bool) -> None:
    signals.round_arranged.emit(
        subject=interview,
        facts={"attempt": interview.attempt, "is_new": is_new},
        by=actor_label(by),
        is_held=True,
    )


def require_place(room: str, meeting_link: str) -> tuple[str, str]:
    """A room as it is spelt once, and a link that a browser may open; one of them at least."""
    room = " ".join(unicodedata.normalize("NFKC", room).split())[:LONGEST_ROOM]
    meeting_link = meeting_link.strip()
    if not room and not meeting_link:
        raise Invalid("place_missing", _("Please enter a room or a meeting link."))
    parts = urlsplit(meeting_link)
    if meeting_link and not (parts.scheme == "https" and parts.hostname):
        raise Invalid("link_invalid", _("A meeting link begins with https://."))
    return room, meeting_link


def require_interviewers(asked: Collection[int], *, at_all: Collection[int] | None = None) -> None:
    """Colleagues who may hold a round. Invalid: interviewers_missing, too_many_interviewers, interviewer_unknown."""
    named = asked if at_all is None else at_all
    if not named:
        raise Invalid("interviewers_missing", _("Please name at least one interviewer."))
    if len(named) > MOST_INTERVIEWERS:
        raise Invalid("too_many_interviewers", _("A round has eight interviewers at most."))
    if User.objects.filter(colleagues(), pk__in=asked).count() != len(set(asked)):
        raise Invalid("interviewer_unknown", _("Only colleagues with an open account hold a round."))


def planned_competencies(application: Application) -> list[int]:
    """What the opening's published plan measures, in the order of the competencies."""
    version = application.opening.interview_plan.published
    stages = Stage.objects.filter(version=version) if version is not None else Stage.objects.none()
    found = Competency.objects.filter(pk__in=stages.values("competencies")).order_by("pk")
    return list(found.values_list("pk", flat=True))


def anchors_now(version: PlanVersion | None, judged: Collection[int]) -> dict[str, dict[str, str]]:
    """What the levels of these competencies look like today, by competency and level: as the plan's published version
    says it, or as the house does where that version does not measure the competency. One query."""
    asked = Q(version=None) if version is None else Q(version=None) | Q(version=version)
    rows = RubricLevel.objects.filter(asked, competency__in=judged).order_by("competency", "level")
    of_version: dict[str, dict[str, str]] = {}
    of_house: dict[str, dict[str, str]] = {}
    for row in rows:
        found = of_house if row.version_id is None else of_version
        found.setdefault(str(row.competency_id), {})[str(row.level)] = row.anchor
    return of_house | of_version


def require_competencies(application: Application, asked: Collection[int]) -> list[int]:
    """What the cards ask for: these, or what the plan measures. Invalid: competencies_missing."""
    known = Competency.objects.filter(pk__in=asked).order_by("pk").values_list("pk", flat=True)
    found = list(known) if asked else planned_competencies(application)
    if not found or len(found) != len(set(asked) or found):
        raise Invalid("competencies_missing", _("Please choose what the scorecards are to ask for."))
    return found
