"""What is sent over the public page, or by mail, becomes an application, or a question to HR."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound, Refused
from core.seen import require_as_seen
from people.actors import Actor, Party, actor_label, actor_user
from recruitment import signals
from recruitment.enums import ApplicationSource, OpeningState
from recruitment.enums_incoming import IntakeState, IntakeWay
from recruitment.models import Application, Candidate, Opening, PublicApplication
from recruitment.recordings import storage
from recruitment.resumes.services import adding
from recruitment.rules import require_recruiting
from recruitment.services import applications, applying
from recruitment.services.applying import Newcomer

CONSENT_VERSION = "2026-11"
# A form that is sent twice in this time is sent once.
ONCE_WITHIN = timedelta(minutes=10)
SLUG_BYTES = 16


def publish(*, opening_id: int, by: Actor) -> Opening:
    """Open the public page of an opening, under an address that nobody can guess. Open already, it stays as it is.

    Forbidden: not_permitted. Refused: opening_closed, changed_meanwhile.
    """
    require_recruiting(by, Opening, opening_id)
    with transaction.atomic():
        opening = Opening.objects.select_for_update().get(pk=opening_id)
        if opening.apply_slug:
            return opening
        require_as_seen(opening)
        if opening.state != OpeningState.OPEN:
            raise Refused("opening_closed", _("This opening is closed."))
        opening.apply_slug = secrets.token_urlsafe(SLUG_BYTES)
        opening.save(update_fields=["apply_slug"])
        return opening


def take_offline(*, opening_id: int, by: Actor) -> Opening:
    """Close the page: its address leads nowhere from now on. What was sent stays."""
    require_recruiting(by, Opening, opening_id)
    with transaction.atomic():
        opening = Opening.objects.select_for_update().get(pk=opening_id)
        if opening.apply_slug:
            require_as_seen(opening)
            opening.apply_slug = ""
            opening.save(update_fields=["apply_slug"])
        return opening


def find(slug: str) -> Opening:
    """The opening whose page this is. NotFound: page_unknown, for one that never was, is closed or taken offline."""
    found = Opening.objects.filter(apply_slug=slug, state=OpeningState.OPEN).first() if slug else None
    if found is None:
        raise NotFound("page_unknown", _("There is no such page."))
    return found


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent: who, the file that was looked at, and the version of the words agreed to."""

    person: Newcomer
    looked: adding.Looked
    consent_version: str = CONSENT_VERSION


def receive(*, opening_id: int, sent: Sent) -> PublicApplication:
    """Keep what was sent. The same answer, whether the person is known or not.

    Nobody known by number or address: candidate, application (source "public page") and résumé at once. Somebody
    known: it waits for a person, and nothing of the candidate changes. Sent twice within ten minutes it is one.
    StorageDown (503): storage_down.
    """
    name = storage.new_name(adding.FOLDER, f".{sent.looked.kind}")
    storage.put(sent.looked.content, name=name)
    with transaction.atomic():
        _one_at_a_time(sent.person)
        if (before := _sent_before(opening_id, sent)) is not None:
            transaction.on_commit(lambda: storage.delete(name))
            return before
        row = PublicApplication(
            opening_id=opening_id,
            name=sent.person.name,
            phone=sent.person.phone,
            email=sent.person.email,
            language=sent.person.language,
            consent_version=sent.consent_version,
            stored_name=name,
            file_name=sent.looked.name,
            kind=sent.looked.kind,
            sha256=sent.looked.sha256,
            bytes=sent.looked.bytes,
            pages=sent.looked.pages,
            state=IntakeState.WAITING,
        )
        if applying.known_as(sent.person) is None:
            row.application = applying.enter(
                person=sent.person,
                opening_id=opening_id,
                source=ApplicationSource.PUBLIC_PAGE,
                by=Party.CANDIDATE,
            )
            row.state = IntakeState.TAKEN
            row.save()
            _hand_over_file(row, by=Party.CANDIDATE)
            _announce(row, by=Party.CANDIDATE)
        row.save()
        return row


def same_person(
    *, intake_id: int, candidate_id: int, by: Actor, opening_id: int | None = None
) -> PublicApplication:
    """It is this candidate: their application begins, the file is theirs; number and address stay as they are.

    `opening_id`: where it is not for the opening that it came for, or that is not known. Taken already, nothing
    changes. Forbidden: not_permitted. NotFound: intake_unknown, candidate_unknown. Invalid: opening_missing. Refused:
    intake_settled (put aside meanwhile), already_applied, opening_closed, changed_meanwhile.
    """
    with transaction.atomic():
        row = _waiting(intake_id, by)
        if row.state == IntakeState.TAKEN:
            return row
        opening = _opening_of(row, opening_id)
        candidate = Candidate.objects.filter(pk=candidate_id).first()
        if candidate is None:
            raise NotFound("candidate_unknown", _("There is no such candidate."))
        application = applications.apply(
            candidate_id=candidate.pk, opening_id=opening, source=_source(row), by=by
        )
        return _taken(row, application, by)


def newcomer(*, intake_id: int, person: Newcomer, opening_id: int, by: Actor) -> PublicApplication:
    """Nobody known: candidate and application are made of what a person read in the file, which is theirs from then on.

    Taken already, nothing changes. Forbidden: not_permitted. NotFound: intake_unknown. Refused: intake_settled,
    candidate_known, opening_closed.
    """
    with transaction.atomic():
        row = _waiting(intake_id, by)
        if row.state == IntakeState.TAKEN:
            return row
        opening = _opening_of(row, opening_id)
        application = applying.enter(person=person, opening_id=opening, source=_source(row), by=by)
        row.name, row.phone, row.email = person.name, person.phone, person.email
        return _taken(row, application, by)


def _opening_of(row: PublicApplication, opening_id: int | None) -> int:
    """For which opening it begins. Invalid: opening_missing. Refused: intake_settled."""
    if row.state == IntakeState.DISMISSED:
        raise Refused("intake_settled", _("It was put aside meanwhile."))
    found = opening_id or row.opening_id
    if found is None:
        raise Invalid("opening_missing", _("Please choose the opening."))
    return found


def _source(row: PublicApplication) -> str:
    return ApplicationSource.OWN if row.way == IntakeWay.MAIL else ApplicationSource.PUBLIC_PAGE


def _taken(row: PublicApplication, application: Application, by: Actor) -> PublicApplication:
    row.application, row.opening_id = application, application.opening_id
    row.state, row.settled_by, row.words = IntakeState.TAKEN, actor_user(by), ""
    row.save()
    _hand_over_file(row, by=by)
    _announce(row, by=by)
    return row


def dismiss(*, intake_id: int, by: Actor) -> PublicApplication:
    """Put it aside: no application comes of it, and its file is deleted. Refused: intake_settled, once taken."""
    with transaction.atomic():
        row = _waiting(intake_id, by)
        if row.state == IntakeState.TAKEN:
            raise Refused("intake_settled", _("An application came of it meanwhile."))
        if row.state != IntakeState.DISMISSED:
            name, row.stored_name = row.stored_name, ""
            row.state, row.settled_by, row.words = IntakeState.DISMISSED, actor_user(by), ""
            row.save()
            transaction.on_commit(lambda: storage.delete(name))
        return row


def _waiting(intake_id: int, by: Actor) -> PublicApplication:
    # What nobody knows the opening of is everybody's; the step itself asks for the right to the one that is chosen.
    rows = PublicApplication.objects.filter(pk=intake_id)
    require_recruiting(by, PublicApplication, None if rows.filter(opening=None).exists() else intake_id)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound("intake_unknown", _("There is no such application."))
    return row


def _hand_over_file(row: PublicApplication, *, by: Actor) -> None:
    """From here on the file is the candidate's résumé."""
    application: Application = row.application  # type: ignore[assignment]
    adding.keep_stored(
        stored_name=row.stored_name,
        name=row.file_name,
        kind=row.kind,
        sha256=row.sha256,
        size=row.bytes,
        pages=row.pages,
        application=application,
        by=by,
    )
    row.stored_name = ""
    row.save(update_fields=["stored_name"])


def _announce(row: PublicApplication, *, by: Actor) -> None:
    signals.application_received.emit(
        subject=row.application,  # type: ignore[arg-type]
        facts={"source": _source(row)},
        by=actor_label(by),
    )


def _one_at_a_time(person: Newcomer) -> None:
    """Two forms of one person, sent at once, come one after the other."""
    words = hashlib.sha256(f"{person.phone} {person.email}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(words[:8], "big", signed=True)])


def _sent_before(opening_id: int, sent: Sent) -> PublicApplication | None:
    since = timezone.now() - ONCE_WITHIN
    rows = PublicApplication.objects.filter(opening=opening_id, sent_at__gte=since, sha256=sent.looked.sha256)
    return rows.filter(phone=sent.person.phone, email=sent.person.email).first()
