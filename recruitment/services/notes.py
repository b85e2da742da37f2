"""Notes about a candidate: written, changed, and seen by the colleagues whom they name."""

import re
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, NotFound, Refused
from core.text import several_lines
from people.actors import Actor, actor_label, actor_user
from people.models import User
from people.rights import Right
from people.rules import is_hr
from recruitment import next_steps, signals
from recruitment.enums import ApplicationStage, EnquiryWay, NoteReaders
from recruitment.models import Application, Candidate, CandidateNote, NoteMention
from recruitment.rules import require_not_erased
from recruitment.services import enquiries

LONGEST = 4000
MOST_NAMED = 10
# The same words of the same person within this time are one note, sent twice.
ONE_CLICK, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
# An @ inside an address (a@b.com) names nobody.
_AT = re.compile(r"(?<![A-Za-z0-9._%+@-])@")


def write(*, candidate_id: int, text: str, readers: str = NoteReaders.HR, by: Actor) -> CandidateNote:
    """Write a note; whoever it names by @ finds it on their first page.

    Emits `note_written` where it names somebody. Forbidden: not_permitted. NotFound: candidate_unknown. Refused:
    erased_already. Invalid: note_empty, note_too_long, readers_invalid, colleague_unknown, colleague_ambiguous,
    too_many_named.
    """
    user, text = _writer(by), _text(text)
    if readers not in NoteReaders.values:
        raise Invalid("readers_invalid", _("Please say who may read it."))
    with transaction.atomic():
        candidate = Candidate.objects.visible_to(user).select_for_update().filter(pk=candidate_id).first()
        if candidate is None:
            raise NotFound("candidate_unknown", _("There is no such candidate."))
        require_not_erased(candidate)
        just_now = candidate.notes.filter(
            written_by=user, readers=readers, written_at__gt=timezone.now() - ONE_CLICK
        )
        if twice := next((note for note in just_now if note.text == text), None):
            return twice
        named = _named(text, readers, user)
        note = CandidateNote.objects.create(candidate=candidate, text=text, readers=readers, written_by=user)
        _name(note, named, by)
        return note


def log_enquiry(*, application_id: int, by: Actor) -> CandidateNote:
    """Somebody asked how it stands: what they were told is noted, as it stood, and the enquiry counted. Twice within a
    minute is once.

    Forbidden: not_permitted. NotFound: application_unknown.
    """
    user = _writer(by)
    row = (
        Application.objects.visible_to(user)
        .select_related("candidate", "opening__specialist")
        .filter(pk=application_id)
        .first()
    )
    if row is None:
        raise NotFound("application_unknown", _("There is no such application."))
    comes = next_steps.of([row])[row.pk]
    text = gettext("Asked about “%(opening)s” (%(stage)s). What we say: %(say)s") % {
        "opening": row.opening,
        "stage": ApplicationStage(row.stage).label,
        "say": comes.say or comes.what,
    }
    with transaction.atomic():
        # Under the lock of the candidate's row, which the writing takes.
        note = write(candidate_id=row.candidate_id, text=text.replace("@", "＠"), by=by)
        enquiries.keep(application_id=row.pk, way=EnquiryWay.COLLEAGUE, once_within=ONE_CLICK)
    return note


def enquired(application: Application) -> None:
    """The candidate asked on their own how it stands: noted beside what colleagues note. Within an hour it is once."""
    with translation.override(settings.LANGUAGE_CODE):
        text = gettext("Asked about “%(opening)s” (%(stage)s) in WeChat, and was answered there.") % {
            "opening": application.opening,
            "stage": ApplicationStage(application.stage).label,
        }
    since = timezone.now() - AN_HOUR
    lately = CandidateNote.objects.filter(
        candidate=application.candidate_id, written_by=None, written_at__gt=since
    )
    if not any(note.text == text for note in lately):
        CandidateNote.objects.create(candidate_id=application.candidate_id, text=text)
        enquiries.keep(application_id=application.pk, way=EnquiryWay.WECHAT)


def edit(*, note_id: int, text: str, was: str, by: Actor) -> CandidateNote:
    """Change the text of one's own note; whoever it names now and did not before is told.

    `was` is the text as it stood before the writer. Forbidden: not_permitted, not_yours. NotFound: note_unknown.
    Refused: changed_meanwhile. Invalid: as for write.
    """
    user, text = _writer(by), _text(text)
    with transaction.atomic():
        note = CandidateNote.objects.visible_to(user).select_for_update().filter(pk=note_id).first()
        if note is None:
            raise NotFound("note_unknown", _("There is no such note."))
        if note.written_by_id != user.pk:
            raise Forbidden("not_yours", _("A note is changed by its writer alone."))
        if note.text != _text(was):
            raise Refused("changed_meanwhile", _("This note was changed meanwhile: please look at it again."))
        if text == note.text:
            return note
        named = _named(text, note.readers, user)
        note.text, note.edited_at = text, timezone.now()
        note.save(update_fields=["text", "edited_at"])
        note.mentions.filter(seen_at=None).exclude(person__in=named).delete()
        _name(note, named, by)
        return note


def see(*, mention_id: int, by: Actor) -> None:
    """It has been read: the line goes from the person's first page. NotFound: mention_unknown, for anybody else's."""
    user = actor_user(by)
    mine = NoteMention.objects.filter(pk=mention_id, person=user.pk if user else 0)
    if not mine.exists():
        raise NotFound("mention_unknown", _("There is nothing here for you to have seen."))
    mine.filter(seen_at=None).update(seen_at=timezone.now())


def unseen_of(user: User, *, most: int) -> list[NoteMention]:
    """What names this person and was not seen yet, the newest first, as far as they may still read it. One query."""
    readable = CandidateNote.objects.visible_to(user)
    rows = NoteMention.objects.filter(person=user.pk, seen_at=None, note__in=readable)
    return list(rows.select_related("note__candidate", "note__written_by").order_by("-pk")[:most])


def _writer(by: Actor) -> User:
    user = actor_user(by)
    if user is None or not is_hr(user):
        raise Forbidden("not_permitted", _("Only HR staff may do this."))
    return user


def _text(typed: str) -> str:
    text = several_lines(typed)
    if not text:
        raise Invalid("note_empty", _("Please write something."))
    if len(text) > LONGEST:
        raise Invalid("note_too_long", _("Please use 4,000 characters at most."))
    return text


def _named(text: str, readers: str, writer: User) -> set[int]:
    """The colleagues whom a text names: by user name or full name, the longest that fits, who may read the note."""
    places = [one.end() for one in _AT.finditer(text)]
    if not places:
        return set()
    needed = Right.RECRUIT if readers == NoteReaders.RECRUITING else Right.READ
    roles = [role for role, right in writer.grid.cells if right == needed]
    called: dict[str, set[int]] = {}
    able = User.objects.filter(Q(is_superuser=True) | Q(roles__overlap=roles), is_active=True)
    for person in able.only("username", "name"):
        for name in {person.username, person.name} - {""}:
            called.setdefault(name.casefold(), set()).add(person.pk)
    found = set(_each(text, places, called))
    if len(found) > MOST_NAMED:
        raise Invalid("too_many_named", _("Please name ten colleagues at most."))
    return found - {writer.pk}


def _each(text: str, places: list[int], called: dict[str, set[int]]) -> Iterator[int]:
    longest = max(map(len, called), default=0)
    for place in places:
        after = text[place : place + longest].casefold()
        name = max((one for one in called if after.startswith(one)), key=len, default="")
        if not name:
            raise Invalid(
                "colleague_unknown",
                _("Nobody who may read this note is called “%(name)s”.") % {"name": text[place : place + 12]},
            )
        if len(called[name]) > 1:
            raise Invalid(
                "colleague_ambiguous",
                _("Several colleagues are called “%(name)s”: please write the user name.") % {"name": name},
            )
        yield from called[name]


def _name(note: CandidateNote, named: set[int], by: Actor) -> None:
    known = set(note.mentions.values_list("person", flat=True))
    new = sorted(named - known)
    if not new:
        return
    NoteMention.objects.bulk_create([NoteMention(note=note, person_id=one) for one in new])
    signals.note_written.emit(subject=note, facts={"named": len(new)}, by=actor_label(by))
