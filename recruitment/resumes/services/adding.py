"""A résumé comes in: looked at by content before anything is kept, stored, then read by a job."""

import hashlib
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core.errors import NotFound
from core.text import one_line
from people.actors import Actor, Party, actor_user
from recruitment.models import Application, Candidate, Resume
from recruitment.recordings import storage, workroom
from recruitment.resumes import child, kinds
from recruitment.rules import require_not_erased, require_recruiting

FOLDER = "resumes"
PIECE = 64 * 1024
LONGEST_NAME = 120


class Looked:
    """A file that was looked at and may be kept: its kind, pages, hash and bytes."""

    def __init__(self, content: IO[bytes], name: str) -> None:
        self.name = _name(name)
        content.seek(0, 2)
        self.bytes = content.tell()
        content.seek(0)
        # Whole where it may be kept at all; of a larger one, its beginning.
        body = content.read(kinds.MOST_BYTES)
        self.kind = kinds.kind_of(body, self.bytes)
        self.sha256 = hashlib.sha256(body).hexdigest()
        self.content = content
        with workroom.folder() as folder:
            source = folder / "file"
            source.write_bytes(body)
            self.pages = child.inspect(self.kind, source)


def look(content: IO[bytes], name: str) -> Looked:
    """Look at a file; nothing is kept. At most ten seconds of a processor, in a process of its own.

    TooLarge: too_large. Invalid: empty_file, picture, old_word, password, kind_unknown, broken, macros, active,
    entities, too_large_inside, too_many_pages, too_much.
    """
    return Looked(content, name)


def add(*, looked: Looked, candidate_id: int, application_id: int | None, by: Actor) -> Resume:
    """Keep the file of a candidate, with the application that it came with, and have it read.

    The same content of the same candidate once more is the row that is there. Bytes come first, then the row; what a
    crash leaves between them the sweep takes. Forbidden: not_permitted. NotFound: application_unknown,
    candidate_unknown. Refused: erased_already. StorageDown (503): storage_down.
    """
    if by is not Party.CANDIDATE:
        require_recruiting(by, Application, application_id)
    known = Resume.objects.filter(candidate=candidate_id, sha256=looked.sha256)
    name = ""
    if not known.exists():
        name = storage.new_name(FOLDER, f".{looked.kind}")
        storage.put(looked.content, name=name)
    with transaction.atomic():
        candidate = Candidate.objects.select_for_update().filter(pk=candidate_id).first()
        if candidate is None:
            raise NotFound("candidate_unknown", _("There is no such candidate."))
        require_not_erased(candidate)
        theirs = Application.objects.filter(pk=application_id, candidate=candidate)
        if application_id is not None and not theirs.exists():
            raise NotFound("application_unknown", _("There is no such application."))
        if (there := known.first()) is not None:
            return there
        row = Resume.objects.create(
            candidate=candidate,
            application_id=application_id,
            kind=looked.kind,
            name=looked.name,
            stored_name=name,
            sha256=looked.sha256,
            bytes=looked.bytes,
            pages=looked.pages,
            uploaded_by=actor_user(by),
        )
        async_task("recruitment.tasks.read_resume", row.pk, group="resumes", cluster="slow")
        return row


def keep_stored(
    *,
    stored_name: str,
    name: str,
    kind: str,
    sha256: str,
    size: int,
    pages: int | None,
    application: Application,
    by: Actor,
) -> Resume:
    """Make a file that lies in the storage already, and was looked at, the résumé of an application, and have it read.

    Inside the caller's transaction, which holds the right to it. The same content once more is the row that is there.
    """
    known = Resume.objects.filter(candidate=application.candidate_id, sha256=sha256).first()
    if known is not None:
        transaction.on_commit(lambda: storage.delete(stored_name))
        return known
    row = Resume.objects.create(
        candidate_id=application.candidate_id,
        application=application,
        kind=kind,
        name=name,
        stored_name=stored_name,
        sha256=sha256,
        bytes=size,
        pages=pages,
        uploaded_by=actor_user(by),
    )
    async_task("recruitment.tasks.read_resume", row.pk, group="resumes", cluster="slow")
    return row


def remove(*, resume_id: int, by: Actor) -> None:
    """Delete a résumé that should not be there: its row, what was proposed from it, who opened it, then its bytes.

    Facts that were confirmed stay. Forbidden: not_permitted. NotFound: resume_unknown.
    """
    require_recruiting(by, Resume, resume_id)
    with transaction.atomic():
        row = Resume.objects.select_for_update().filter(pk=resume_id).first()
        if row is None:
            raise NotFound("resume_unknown", _("There is no such résumé."))
        names = [row.stored_name, *row.page_names]
        row.delete()
        transaction.on_commit(lambda: _delete(names))


def _delete(names: list[str]) -> None:
    for name in names:
        storage.delete(name)


def _name(typed: str) -> str:
    """What the sender called it, without its folders, shortened in the middle so that the ending stays."""
    name = one_line(Path(typed.replace("\\", "/")).name) or "–"
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}…{name[-8:]}"
