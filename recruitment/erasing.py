"""What goes of a candidate, and what stays without a name: states, times, scores and figures."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.history import erasing
from core.persons import ANONYMOUS, Part, Person, Records, without
from people.models import Employee, User
from people.names import sort_key
from recruitment.enums import DeletionReason
from recruitment.models import (
    Candidate,
    CandidateNote,
    PersonRequest,
    PublicApplication,
    ReceivedMail,
    Resume,
    Segment,
    VendorEvent,
    VendorInterview,
)
from recruitment.privacy.services import holding
from recruitment.recordings import retention, storage

# Read at once: what is sealed the database cannot look into.
NOTES = 1000


def _sent_over_the_page(records: Records) -> Records:
    """What the person sent and nobody has taken in yet: under the same number or address."""
    label = PublicApplication._meta.label_lower
    found = set(records.get(label, ()))
    for candidate in Candidate.objects.filter(pk__in=records.get(Candidate._meta.label_lower, ())):
        same = Q(pk__in=[])
        if candidate.phone:
            same |= Q(phone=candidate.phone)
        if candidate.email:
            same |= Q(email=candidate.email)
        found |= set(PublicApplication.objects.filter(same).values_list("pk", flat=True))
    return {label: sorted(found)}


def _sent_by_mail(records: Records) -> Records:
    """The mails that brought what is found, and those from the same address."""
    label = ReceivedMail._meta.label_lower
    brought = PublicApplication.objects.filter(
        pk__in=records.get(PublicApplication._meta.label_lower, ()), mail__isnull=False
    )
    found = set(records.get(label, ())) | set(brought.values_list("mail", flat=True))
    theirs = Candidate.objects.filter(pk__in=records.get(Candidate._meta.label_lower, ()))
    for candidate in theirs.exclude(email=""):
        found |= set(ReceivedMail.objects.filter(sender=candidate.email).values_list("pk", flat=True))
    return {label: sorted(found)}


def _recordings(person: Person) -> int:
    """The bytes first, then the names: what storage does not delete now is tried again. Refused: files_left."""
    segments = Segment.objects.filter(pk__in=person.of(Segment), deleted_at=None)
    count = segments.count()
    retention.mark(segments, DeletionReason.BY_HR)
    for answer_id in sorted(set(segments.values_list("answer", flat=True))):
        retention.delete_marked(answer_id=answer_id)
    if segments.exists():
        raise Refused("files_left", _("Not every file could be deleted yet; it is tried again."))
    return count


def _files(person: Person) -> int:
    """Résumés as they were sent, pictures of their pages, what was sent over the page, and copies that were made."""
    names = set(PublicApplication.objects.filter(pk__in=person.of(PublicApplication)).values_list(
        "stored_name", flat=True
    ))  # fmt: skip
    for stored, pages in Resume.objects.filter(pk__in=person.of(Resume)).values_list(
        "stored_name", "page_names"
    ):
        names |= {stored, *pages}
    copies = PersonRequest.objects.filter(pk__in=person.of(PersonRequest))
    names |= set(copies.values_list("stored_name", flat=True))
    names -= {""}
    for name in sorted(names):
        storage.delete(name)
    return len(names)


def _vendors(person: Person) -> int:
    """What vendors sent about the person's interviews, scores of theirs included."""
    count = 0
    for at in VendorInterview.objects.filter(pk__in=person.of(VendorInterview)):
        reports = VendorEvent.objects.filter(vendor=at.vendor_id, reference=at.reference)
        count += reports.update(payload={}, reference="")
    return count


def _notes(person: Person) -> int:
    """Where a note about somebody else names the person: by number or address always, by name where nobody else in the
    house is called so, for then it can mean nobody else."""
    words = [word for word in person.words if word != person.name or not _others_are_called_so(person)]
    found, last = [], 0
    while words and (batch := list(CandidateNote.objects.filter(pk__gt=last).order_by("pk")[:NOTES])):
        last = batch[-1].pk
        for note in batch:
            if (text := without(note.text, words)) != note.text:
                CandidateNote.objects.filter(pk=note.pk).update(text=text)
                found.append(note.pk)
    erasing.forget(CandidateNote, ["text"], found)
    return len(found)


def _others_are_called_so(person: Person) -> bool:
    others = Candidate.objects.exclude(pk__in=person.of(Candidate))
    files = Employee.objects.exclude(pk__in=person.of(Employee))
    return any(
        rows.filter(name__contains=person.name).exists() for rows in (others, files, User.objects.all())
    )


DELETED = [
    "CandidateNote",
    "CandidateTag",
    "FaceFigures",
    "GroupAnswer",
    "HandoverCode",
    "NoteMention",
    "Problem",
    "RecordingAccess",
    "Resume",
    "ResumeAccess",
    "ResumeProposal",
    "RoomLink",
    "RoomSession",
    "Scoring",
    "Transcript",
    "VendorInterview",
]
KEPT = {
    "Application": ["stood_at"],
    "Assessment": ["method"],
    "Chunk": ["sha256"],
    "Consent": ["version"],
    "EarlierScore": ["method"],
    "Erasure": ["reason", "records", "done", "failing"],
    "Interview": ["stood_at"],
    "Offer": ["currency", "range_currency", "place", "letter_sha256", "letter_missing"],
    "PublicApplication": ["consent_version"],
    # By the digest a mail is known again that still lies in the mailbox: it does not come in a second time.
    "ReceivedMail": ["digest", "code"],
    "Recording": ["mime"],
    "RubricScore": ["method"],
    "Segment": ["mime"],
}
REPLACED = {
    "Candidate": {"name": ANONYMOUS, "name_key": sort_key(ANONYMOUS)[:120]},
    "CandidateMerge": {"name": ANONYMOUS},
    "PublicApplication": {"name": ANONYMOUS},
    "ResumeFact": {"title": ANONYMOUS},
}
HELD = [holding.records]
ALSO = [_sent_over_the_page, _sent_by_mail]
PARTS = [
    Part("recordings", _("Recordings"), 10, _recordings),
    Part("files", _("Files of résumés"), 10, _files),
    Part("vendors", _("Vendors' reports"), 20, _vendors),
    Part("notes", _("Notes about others"), 30, _notes),
]
