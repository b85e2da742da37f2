"""One person of whom the house holds something everywhere, and a search for them through everything."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from core.exchange.models import Export, Import, ImportFile, ImportRow
from core.history.models import Change, Look
from core.sealed import resealing
from people.actors import Party
from people.models import User
from recruitment.models import (
    Answer,
    Application,
    AssessmentScore,
    CandidateMerge,
    Chunk,
    ContactAttempt,
    EarlierScore,
    FollowUp,
    Interview,
    Judgement,
    Mailbox,
    Offer,
    PublicApplication,
    ReceivedMail,
    Recording,
    Resume,
    ResumeProposal,
    RoomLink,
    RubricScore,
    Scoring,
    Segment,
    Transcript,
    Vendor,
    VendorEvent,
    VendorInterview,
)
from recruitment.recordings import storage
from recruitment.services import applications, interviews
from tests.factories import onboarding
from tests.factories import recruitment as make

NAME, PHONE, MAIL, SAYS = "欧阳试无痕", "13911112222", "traceless@example.com", "只有此人说过的话"
# As the house writes a number, and as people do.
TRACES = (NAME, "13911112222", "139 1111 2222", MAIL, SAYS)


def somebody(lead: User) -> Interview:
    """Interviewed as far as the exit, with everything; then withdrawn."""
    candidate = make.candidate(f"{NAME}甲", phone=PHONE, email=MAIL, other_contacts=f"{SAYS}：微信")
    candidate.name = NAME
    candidate.save()
    row = make.interview(make.application(candidate=candidate, stage="interviewing"), state="in_progress")
    application = row.application
    onboarding.case(application)
    make.written_test(application)
    make.project(application, title=SAYS)
    checkpoint = make.saved_stage(row, 1, text=f"{SAYS}，我是{NAME}")
    score, _made = RubricScore.objects.update_or_create(
        checkpoint=checkpoint,
        competency=make.competency(),
        defaults={
            "value": 80,
            "method": "rubric-1",
            "evidence": [{"point": SAYS, "quote": SAYS, "weight": 1, "mentioned": True}],
        },
    )
    _judged(score, lead)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={"note": SAYS}, by=Party.SYSTEM)
    for follow_up in FollowUp.objects.filter(interview=row):
        FollowUp.objects.filter(pk=follow_up.pk).update(note=f"{NAME} {SAYS}")
        ContactAttempt.objects.create(
            follow_up=follow_up, attempt=1, by=lead, channel="phone", reached=False, note=SAYS
        )
    AssessmentScore.objects.filter(assessment__interview=row).update(evidence=[{"quote": SAYS}])
    _files(row)
    _beside(row, lead)
    applications.take_step(application_id=application.pk, step="reject", reason=f"{NAME}：{SAYS}", by=lead)
    row.refresh_from_db()
    return row


def _files(row: Interview) -> None:
    for name in (
        "resumes/2026-11-02/a.pdf",
        "resumes/2026-11-02/a.png",
        "chunks/2026-11-02/a",
        "resumes/2026-11-02/b",
    ):
        storage.put(ContentFile(SAYS.encode()), name=name)
    resume = Resume.objects.create(
        candidate=row.application.candidate, application=row.application, kind="pdf", name=f"{NAME}.pdf",
        stored_name="resumes/2026-11-02/a.pdf", page_names=["resumes/2026-11-02/a.png"], sha256="a" * 64, bytes=9,
        state="read", text=f"{NAME} {PHONE} {SAYS}", word_key=SAYS,
    )  # fmt: skip
    ResumeProposal.objects.create(
        resume=resume, kind="phone", value=PHONE, passage=f"{SAYS} {PHONE}", start=0
    )
    answer = Answer.objects.filter(interview=row).first()
    segment = Segment.objects.create(answer=answer, number=0, epoch=1, mime="audio/webm")
    Chunk.objects.create(segment=segment, seq=0, bytes=9, sha256="b" * 64, stored_name="chunks/2026-11-02/a")
    Transcript.objects.create(
        recording=Recording.objects.create(segment=segment), state="written", model="whisper-base", measures={},
        pieces=[{"from": 0, "to": 1, "text": SAYS, "confidence": None}], written_at=timezone.now(),
    )  # fmt: skip
    box = Mailbox.objects.create(name="招聘邮箱", host="imap.example.com", account="jobs@example.com")
    letter = ReceivedMail.objects.create(
        mailbox=box, digest="f" * 64, sender=f"other-{MAIL}", sender_name=NAME, subject=f"{NAME} {SAYS}",
        state="proposed", received_at=timezone.now(),
    )  # fmt: skip
    # From the same address, with nothing in it.
    ReceivedMail.objects.create(
        mailbox=box, digest="0" * 64, sender=MAIL, sender_name=NAME, subject=SAYS, state="no_resume",
        received_at=timezone.now(),
    )  # fmt: skip
    PublicApplication.objects.create(
        way="mail", mail=letter, words=f"{NAME} {SAYS}",
        opening=row.application.opening, name=NAME, phone="+8613911112222", email=MAIL, language="zh-hans",
        consent_version="1", stored_name="resumes/2026-11-02/b", file_name=f"{NAME}.pdf", kind="pdf", sha256="c" * 64,
        bytes=9, state="waiting",
    )  # fmt: skip


def _judged(score: RubricScore, lead: User) -> None:
    EarlierScore.objects.create(
        score=score, value=70, method="rubric-0", evidence=[{"point": SAYS, "quote": SAYS}]
    )
    Judgement.objects.create(score=score, reviewer=lead, level=4, note=f"{NAME} {SAYS}")
    Scoring.objects.create(
        checkpoint=score.checkpoint, state="scored", model="m", digest="d" * 64, result=[{"quote": SAYS}]
    )


def _beside(row: Interview, lead: User) -> None:
    candidate = row.application.candidate
    CandidateMerge.objects.create(kept=candidate, gone=candidate.pk + 9000, name=NAME, email=f"old-{MAIL}")
    RoomLink.objects.create(interview=row, token_hash="h" * 64, expires_at=timezone.now())
    vendor = Vendor.objects.create(code="v", name="V", mapping="generic", secret="x")
    VendorInterview.objects.create(vendor=vendor, interview=row, reference="r-1")
    VendorEvent.objects.create(
        vendor=vendor, event_id="1", reference="r-1", kind="report", occurred_at=timezone.now(),
        payload={"who": NAME, "said": SAYS},
    )  # fmt: skip
    # Turned down in the candidate's words; the letter holds the name, and what was offered is kept by a trigger.
    Offer.objects.create(
        application=row.application, state="declined", salary=18000, start_on=timezone.localdate(), place="上海",
        answer_by=timezone.now(), made_by=lead, sent_at=timezone.now(), ended_at=timezone.now(),
        letter=f"{NAME}，您好".encode(), letter_sha256="e" * 64, conditions=SAYS, signed_name=NAME,
        decline_reason="process", decline_words=SAYS,
    )  # fmt: skip
    batch = Import.objects.create(kind="candidates", name="file.xlsx", digest="d" * 64, size=9, owner=lead)
    ImportFile.objects.create(batch=batch, content=f"{NAME},{PHONE}".encode())
    ImportRow.objects.create(
        batch=batch, number=2, cells=[NAME, PHONE], values={"name": NAME, "phone": PHONE}, fate="new",
        made={"candidate": candidate.pk},
    )  # fmt: skip
    Export.objects.create(
        model="recruitment.candidate", query=f"q={NAME}", format="csv", owner=lead, content=NAME.encode()
    )
    Look.objects.create(by=lead, kind="page", model="recruitment.candidate", object_id=str(candidate.pk))
    Look.objects.create(by=lead, kind="export", model="recruitment.candidate", facts={"query": f"q={NAME}"})
    LogEntry.objects.create(
        user=lead, content_type=ContentType.objects.get_for_model(Application),
        object_id=str(row.application_id), object_repr=f"{NAME} · 岗位", action_flag=CHANGE, change_message=SAYS,
    )  # fmt: skip


def files() -> set[str]:
    """Every file that lies in the storage, whatever its folder."""
    root = Path(storage.recordings().path(""))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def traces() -> dict[str, int]:
    """Every table and column in which the person is still found, whatever its type, with the number of rows."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table, column in columns():
            words = " OR ".join([f'"{column}"::text ILIKE %s'] * len(TRACES))
            if "bytea" in kinds[table, column]:
                words = " OR ".join([f"encode(\"{column}\", 'hex') LIKE %s"] * len(TRACES))
                asked = [f"%{word.encode().hex()}%" for word in TRACES]
            else:
                asked = [f"%{word}%" for word in TRACES]
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {words}', asked)
            if count := cursor.fetchone()[0]:
                found[f"{table}.{column}"] = count
    return found | _sealed_traces()


def _sealed_traces() -> dict[str, int]:
    """The same of what the database alone cannot read: rows and the history, opened."""
    found: Counter[str] = Counter()
    for model, fields in resealing.columns():
        for field in fields:
            name = f"{model._meta.db_table}.{field.column}"
            found[name] += sum(map(_speaks, model._base_manager.values_list(field.attname, flat=True)))
            for change in Change.objects.filter(model=model._meta.label_lower):
                for values in (change.before, change.after):
                    kept = (values or {}).get(field.column)
                    found[f"history of {name}"] += isinstance(kept, str) and _speaks(field.unseal(kept))
    return {name: count for name, count in found.items() if count}


def _speaks(value: object) -> bool:
    return any(word in str(value) for word in (*TRACES, f"+86{PHONE}"))


kinds: dict[tuple[str, str], str] = {}


def columns() -> list[tuple[str, str]]:
    """Every text, JSON, list and binary column of every table that there is, ours or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'bytea')"
            " ORDER BY table_name, column_name"
        )
        for table, column, kind in cursor.fetchall():
            kinds[table, column] = kind
    return list(kinds)


def counted() -> dict[str, int]:
    """How many rows each table of ours has."""
    with connection.cursor() as cursor:
        found: dict[str, Any] = {}
        for model in apps.get_models():
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            found[model._meta.label_lower] = cursor.fetchone()[0]
    return found
