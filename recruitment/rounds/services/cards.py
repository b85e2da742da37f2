"""A scorecard as it is written: saved while it is typed, handed in once, mended with a reason."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound, Refused, TooLarge
from core.history.context import because
from people.actors import Party, actor_label
from people.models import User
from recruitment import signals
from recruitment.enums import InterviewState
from recruitment.models import Interview, Scorecard, ScorecardScore
from recruitment.models.rounds import HIGHEST, LOWEST
from recruitment.services import locking, meetings

LONGEST_NOTES, LONGEST_REASON = 5_000, 300
Scores = Mapping[int, int | None]


def save(*, card_id: int, base: int, notes: str, scores: Scores, by: User) -> Scorecard:
    """Save a draft that was written upon revision `base`: the next revision, or the same one where nothing differs.

    Two pages of one card never overwrite each other: whose base is older is refused, and told what stands.
    NotFound: card_unknown. Invalid: score_unknown. TooLarge: notes_too_long.
    Refused: revision_conflict (with revision, notes, scores), handed_in.
    """
    notes = _clean(notes, scores)
    with transaction.atomic():
        card = _own(card_id, by)
        if card.handed_in_at is not None:
            raise Refused("handed_in", _("This scorecard is handed in: changing it takes a reason."))
        _write(card, base=base, notes=notes, scores=scores)
        return card


def hand_in(*, card_id: int, base: int, notes: str, scores: Scores, by: User) -> Scorecard:
    """Hand the card in as it is here: final, and read by the others. The first one says that the round took place.

    Handed in before with the same content changes nothing. Invalid: scores_missing, and as for save.
    Refused: round_ahead, round_off, handed_in, revision_conflict.
    """
    notes = _clean(notes, scores)
    with transaction.atomic():
        # The interview before its rows, as everywhere: the card may complete it.
        interview = locking.interview(_interview_of(card_id, by))
        card = _own(card_id, by)
        if card.handed_in_at is not None:
            if _content(card) != (notes, dict(scores)):
                raise Refused("handed_in", _("This scorecard is handed in: changing it takes a reason."))
            return card
        _require_held(interview)
        _write(card, base=base, notes=notes, scores=scores)
        _require_whole(scores)
        card.handed_in_at = timezone.now()
        card.save(update_fields=["handed_in_at"])
        if interview.state in InterviewState.running:
            meetings.took_place(interview_id=interview.pk, by=Party.SYSTEM)
        _announce(interview, card, by=by)
        return card


def correct(*, card_id: int, base: int, notes: str, scores: Scores, reason: str, by: User) -> Scorecard:
    """Change a card that was handed in, for a reason that its history keeps. The same content changes nothing.

    Invalid: reason_missing, scores_missing. Refused: not_handed_in, revision_conflict.
    """
    notes = _clean(notes, scores)
    reason = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if not reason:
        raise Invalid("reason_missing", _("Please say why the scorecard changes."))
    with transaction.atomic(), because(reason):
        interview = locking.interview(_interview_of(card_id, by))
        card = _own(card_id, by)
        if card.handed_in_at is None:
            raise Refused("not_handed_in", _("This scorecard is not handed in yet."))
        if _content(card) == (notes, dict(scores)):
            return card
        _require_whole(scores)
        old = _content(card)[1]
        _write(card, base=base, notes=notes, scores=scores)
        changed = [
            [competency, old[competency], new] for competency, new in scores.items() if old[competency] != new
        ]
        _announce(interview, card, by=by, reason=reason, changed=changed)
        return card


def _interview_of(card_id: int, by: User) -> int:
    found = Scorecard.objects.filter(pk=card_id, interviewer=by, is_called=True)
    interview_id: int | None = found.values_list("round__interview", flat=True).first()
    if interview_id is None:
        raise _unknown()
    return interview_id


def _own(card_id: int, by: User) -> Scorecard:
    """The person's own card under its row lock; nobody writes another's, whatever the rights."""
    rows = Scorecard.objects.select_for_update().filter(pk=card_id, interviewer=by, is_called=True)
    card = rows.first()
    if card is None or not by.is_active:
        raise _unknown()
    return card


def _unknown() -> NotFound:
    return NotFound("card_unknown", _("There is no such scorecard."))


def _require_held(interview: Interview) -> None:
    if interview.state not in (*InterviewState.running, InterviewState.COMPLETED):
        raise Refused("round_off", _("This round does not take place; nothing can be handed in."))
    if interview.state == InterviewState.SCHEDULED and timezone.now() < interview.window_opens_at:
        raise Refused("round_ahead", _("The round has not begun: hand the scorecard in afterwards."))


def _clean(notes: str, scores: Scores) -> str:
    notes = notes.replace("\x00", "").replace("\r\n", "\n")
    if len(notes) > LONGEST_NOTES:
        raise TooLarge("notes_too_long", _("Please use 5,000 characters at most."))
    if any(value is not None and not LOWEST <= value <= HIGHEST for value in scores.values()):
        raise Invalid("score_unknown", _("A score is a number from 1 to 5."))
    return notes


def _require_whole(scores: Scores) -> None:
    missing = [competency for competency, value in scores.items() if value is None]
    if missing:
        raise Invalid("scores_missing", _("Please score every competency."), competencies=missing)


def _content(card: Scorecard) -> tuple[str, dict[int, int | None]]:
    return card.notes, dict(card.scores.order_by("pk").values_list("competency", "value"))


def _write(card: Scorecard, *, base: int, notes: str, scores: Scores) -> None:
    old_notes, old = _content(card)
    if set(scores) != set(old):
        raise Invalid("score_unknown", _("These are not the competencies of this scorecard."))
    if (old_notes, old) == (notes, dict(scores)):
        return
    if base != card.revision:
        raise Refused(
            "revision_conflict",
            _(
                "This scorecard was changed on another page. Please load it again; what you typed stands here."
            ),
            revision=card.revision,
            notes=old_notes,
            scores={str(competency): value for competency, value in old.items()},
        )
    for competency, value in scores.items():
        if old[competency] != value:
            ScorecardScore.objects.filter(card=card, competency=competency).update(value=value)
    card.notes, card.revision, card.saved_at = notes, card.revision + 1, timezone.now()
    card.save(update_fields=["notes", "revision", "saved_at"])


def _announce(interview: Interview, card: Scorecard, *, by: User, **more: object) -> None:
    facts = {"attempt": interview.attempt, "card": card.pk, **more}
    signals.scorecard_handed_in.emit(subject=interview, facts=facts, by=actor_label(by), is_held=True)
