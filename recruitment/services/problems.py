"""Problem reports: raised by whoever has one, taken on by one colleague, answered in words that reach them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, NotFound, Refused
from core.text import several_lines
from people.actors import Actor, Party, actor_label, actor_user, require_right
from people.models import User
from people.rights import Right
from recruitment import signals
from recruitment.enums import ProblemState
from recruitment.models import Application, Problem

LONGEST, LONGEST_PAGE = 2000, 300
# The same words of the same person within this time are one report, sent twice.
ONE_CLICK = timedelta(minutes=10)
# More than this nobody raises in a day who means it.
MOST_IN_A_DAY = 20
ANSWERED_BY = (Right.KEEP, Right.RECRUIT)


def report(*, words: str, by: Actor, page: str = "", application_id: int | None = None) -> Problem:
    """Raise a problem: a colleague's own, or of the candidate whose application it is. Emits `problem_reported`.

    Forbidden: not_permitted. NotFound: application_unknown. Invalid: problem_empty, problem_too_long. Refused:
    too_many_problems.
    """
    user, words = actor_user(by), _words(words)
    if (user is None or not user.is_active) and not (by is Party.CANDIDATE and application_id is not None):
        raise Forbidden("not_permitted", _("Please sign in first."))
    with transaction.atomic():
        if user is not None:
            User.objects.select_for_update(of=("self",)).get(pk=user.pk)
            mine = Problem.objects.filter(raised_by=user)
        else:
            row = Application.objects.select_for_update(of=("self",)).filter(pk=application_id).first()
            if row is None:
                raise NotFound("application_unknown", _("There is no such application."))
            mine = Problem.objects.filter(application=row)
        now = timezone.now()
        today = list(mine.filter(raised_at__gt=now - timedelta(days=1)))
        if twice := next(
            (each for each in today if each.words == words and each.raised_at > now - ONE_CLICK), None
        ):
            return twice
        if len(today) >= MOST_IN_A_DAY:
            raise Refused(
                "too_many_problems", _("We have your reports of today. Please call us for anything else.")
            )
        found = Problem.objects.create(
            words=words,
            page=page.replace("\x00", "")[:LONGEST_PAGE],
            raised_by=user,
            application_id=None if user is not None else application_id,
        )
        signals.problem_reported.emit(subject=found, by=actor_label(by))
        return found


def take(*, problem_id: int, by: Actor) -> Problem:
    """One colleague looks into it. Taken by oneself already it stays so.

    Forbidden: not_permitted. NotFound: problem_unknown. Refused: problem_answered, problem_taken.
    """
    with transaction.atomic():
        found, user = _held(problem_id, by)
        if found.state == ProblemState.TAKEN and found.owner_id not in (None, user.pk):
            raise Refused("problem_taken", _("%(owner)s looks into it already.") % {"owner": found.owner})
        if found.state == ProblemState.OPEN or found.owner_id is None:
            found.state, found.owner, found.taken_at = ProblemState.TAKEN, user, timezone.now()
            found.save(update_fields=["state", "owner", "taken_at"])
        return found


def answer(*, problem_id: int, words: str, by: Actor) -> Problem:
    """Answer it, once: whoever raised it is told. Who answers is its owner. Emits `problem_answered`.

    Forbidden: not_permitted. NotFound: problem_unknown. Refused: problem_answered. Invalid: problem_empty,
    problem_too_long.
    """
    words = _words(words)
    with transaction.atomic():
        found, user = _held(problem_id, by)
        found.state, found.answer, found.answered_at = ProblemState.ANSWERED, words, timezone.now()
        found.owner = user
        found.save(update_fields=["state", "answer", "answered_at", "owner"])
        signals.problem_answered.emit(subject=found, by=actor_label(by))
        return found


def _held(problem_id: int, by: Actor) -> tuple[Problem, User]:
    require_right(by, *ANSWERED_BY)
    user = actor_user(by)
    if user is None:
        raise Forbidden("not_permitted", _("Your role does not include this."))
    rows = Problem.objects.visible_to(user).select_for_update(of=("self",))
    found = rows.filter(pk=problem_id).select_related("owner").first()
    if found is None:
        raise NotFound("problem_unknown", _("There is no such problem report."))
    if found.state == ProblemState.ANSWERED:
        raise Refused("problem_answered", _("This report was answered already."))
    return found, user


def _words(typed: str) -> str:
    words = several_lines(typed)
    if not words:
        raise Invalid("problem_empty", _("Please write something."))
    if len(words) > LONGEST:
        raise Invalid("problem_too_long", _("Please use 2,000 characters at most."))
    return words
