"""The job that reads a résumé: text, the words it is found by, pictures of its pages, and what may be a fact."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.errors import Invalid
from core.fulltext import key_of_text
from core.trouble import wall
from recruitment.enums_incoming import ResumeState
from recruitment.models import OpeningSkill, PublicApplication, Resume, ResumeProposal, Skill
from recruitment.recordings import storage, workroom
from recruitment.resumes import child, proposing
from recruitment.resumes.services.adding import FOLDER

# A job that was enqueued has had its turn by then.
LEFT_BEHIND_AFTER = timedelta(minutes=2)
# A file that ends every process that reads it is given up.
MOST_TRIES = 3
logger = logging.getLogger(__name__)


def read(*, resume_id: int) -> bool:
    """Read one résumé: fetch, read apart, store the pictures, then the row and its proposals. Safe to run twice.

    What cannot be read says why in `note`; a machine that gave out leaves it for the next run, MOST_TRIES times.
    Returns whether it is settled.
    """
    row = Resume.objects.filter(pk=resume_id, state=ResumeState.READING).first()
    if row is None:
        return False
    # Before the work: a job that is killed in the middle of it does not begin with the same one for ever.
    row.tries += 1
    row.save(update_fields=["tries", "changed_at"])
    pictures: list[str] = []
    try:
        text = _read(row, pictures)
        note = "" if text.strip() else "no_text"
    except Invalid as error:
        text, note = "", error.code
    except (OSError, storage.StorageDown) as error:
        logger.error("Résumé %s could not be read: %s", resume_id, type(error).__name__)
        if row.tries < MOST_TRIES:
            _forget(pictures)
            return False
        text, note = "", "too_much"
    if not _settle(resume_id, text, note, pictures):
        _forget(pictures)
        return False
    return True


def _read(row: Resume, pictures: list[str]) -> str:
    with workroom.folder() as folder:
        source, drawn = folder / "file", folder / "pages"
        drawn.mkdir()
        with storage.opened(row.stored_name) as content:
            source.write_bytes(content.read())
        text, files = child.read(row.kind, source, drawn)
        for file in files:
            name = storage.new_name(FOLDER, ".webp")
            with file.open("rb") as picture:
                storage.put(picture, name=name)
            pictures.append(name)
    return proposing.clean(text)


def text_of(kind: str, body: bytes) -> str:
    """The words of a file that was looked at, and is kept by nobody yet. Invalid: as it is read; NotNowError."""
    with workroom.folder() as folder:
        source, drawn = folder / "file", folder / "pages"
        drawn.mkdir()
        source.write_bytes(body)
        return proposing.clean(child.read(kind, source, drawn)[0])


def _settle(resume_id: int, text: str, note: str, pictures: list[str]) -> bool:
    with transaction.atomic():
        row = Resume.objects.select_for_update(of=("self",)).filter(pk=resume_id).first()
        if row is None or row.state != ResumeState.READING:
            return False  # removed, or read by another job meanwhile
        row.text, row.word_key, row.note, row.page_names = text, key_of_text(text), note, pictures
        row.state = ResumeState.UNREADABLE if note else ResumeState.READ
        row.save()
        skills = Skill.objects.none()
        if row.application_id is not None:
            asked = OpeningSkill.objects.filter(opening__applications=row.application_id)
            skills = Skill.objects.filter(pk__in=asked.values("skill")).order_by("pk")
        ResumeProposal.objects.bulk_create(
            (
                ResumeProposal(
                    resume=row,
                    kind=each.kind,
                    value=each.value,
                    passage=each.passage,
                    start=each.start,
                    months=each.months,
                    skill_id=each.skill,
                )
                for each in proposing.proposals(text, list(skills))
            ),
            ignore_conflicts=True,
        )
        return True


def read_waiting(*, limit: int = 20) -> int:
    """The net below the queue: what nobody read for a while. Returns how many were settled."""
    waiting = Resume.objects.filter(
        state=ResumeState.READING, changed_at__lte=timezone.now() - LEFT_BEHIND_AFTER
    ).order_by("changed_at")
    return sum(read(resume_id=pk) for pk in list(waiting.values_list("pk", flat=True)[:limit]))


def sweep(*, everything: bool = False) -> int:
    """Delete stored bytes of no résumé: what a crash left, and what belonged to candidates who are deleted."""
    deleted, before = 0, wall.earliest() - timedelta(hours=2)
    for day in storage.days_of(FOLDER, since=None if everything else timedelta(days=14)):
        names = storage.names_of(FOLDER, day)
        spoken = set(Resume.objects.filter(stored_name__in=names).values_list("stored_name", flat=True))
        waiting = PublicApplication.objects.filter(stored_name__in=names)
        spoken |= set(waiting.values_list("stored_name", flat=True))
        for pages in Resume.objects.filter(page_names__overlap=names).values_list("page_names", flat=True):
            spoken |= set(pages)
        for name in set(names) - spoken:
            try:
                is_old = storage.written_at(name) < before
            except FileNotFoundError:
                continue
            if is_old:
                storage.delete(name)
                deleted += 1
    return deleted


def _forget(pictures: list[str]) -> None:
    for name in pictures:
        storage.delete(name)
