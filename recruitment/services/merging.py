"""Two entries of one person become one, with the history of both."""

from django.db import transaction
from django.db.models import Exists
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import contacts
from core.errors import Invalid, NotFound, Refused
from core.joining import joined
from core.seen import require_as_seen
from messaging.refs import ref
from messaging.services.messages import readdress
from people.actors import Actor, actor_user
from recruitment.enums import ApplicationStage
from recruitment.models import (
    Application,
    Candidate,
    CandidateMerge,
    CandidateNote,
    Erasure,
    GroupAnswer,
    Hold,
    PersonRequest,
    Resume,
)
from recruitment.models.privacy import ErasureState, RequestState
from recruitment.rules import require_recruiting
from recruitment.services import objections, tags
from recruitment.services.candidates import FOLLOWED, announce_corrected


def merge(*, keep_id: int, gone_id: int, by: Actor) -> CandidateMerge:
    """Bring everything of the entry `gone_id` to `keep_id`, and let it go.

    Effects in order: both are locked; applications (with their interviews, files, follow-ups), résumés, notes, tags
    and messages move; an entry keeps what stood there; the other row goes; an address or number that `keep` lacks is
    taken over, one beside its own stands in its other contact details; `candidate_corrected`.
    Forbidden: not_permitted. NotFound: candidate_unknown. Invalid: merge_with_oneself. Refused: both_applied, while
    both have an open application at one opening; held,
    being_erased, erased_already, asked_for; changed_meanwhile; what floors above have against it.
    """
    if keep_id == gone_id:
        raise Invalid("merge_with_oneself", _("Choose another entry: this is the same one."))
    with transaction.atomic():
        rows = Candidate.objects.select_for_update().filter(pk__in=[keep_id, gone_id]).order_by("pk")
        both = {row.pk: row for row in rows}
        if len(both) != len({keep_id, gone_id}):
            raise NotFound("candidate_unknown", _("There is no such candidate."))
        keep, gone = both[keep_id], both[gone_id]
        moved = _locked(keep, gone, by)
        for error in against(keep, gone):
            raise error
        objections.ask_of_merging(keep, gone)
        require_as_seen(keep)
        Application.objects.filter(pk__in=moved).update(candidate=keep)
        Resume.objects.filter(candidate=gone).update(candidate=keep)
        CandidateNote.objects.filter(candidate=gone).update(candidate=keep)
        tags.bring_along(keep=keep, gone=gone)
        # Those that ended by their day are over on both: one person has one hold at a time.
        past = Hold.objects.filter(candidate__in=[keep, gone], lifted_at=None)
        past.update(lifted_at=timezone.now())
        Hold.objects.filter(candidate=gone).update(candidate=keep)
        Erasure.objects.filter(candidate=gone).update(candidate=keep)
        PersonRequest.objects.filter(candidate=gone).update(candidate=keep)
        # One for each person; where both said something, the word of the record that stays.
        own = GroupAnswer.objects.filter(candidate=keep)
        GroupAnswer.objects.filter(~Exists(own), candidate=gone).update(candidate=keep)
        readdress(was=ref(gone), now=ref(keep))
        CandidateMerge.objects.filter(kept=gone).update(kept=keep)
        entry = CandidateMerge.objects.create(
            kept=keep,
            gone=gone.pk,
            name=gone.name,
            email=gone.email,
            phone=gone.phone,
            other_contacts=gone.other_contacts,
            applications=moved,
            merged_by=actor_user(by),
        )
        gone.delete()
        _take_over(keep, entry)
        announce_corrected(keep, fields=FOLLOWED, by=by)
        return entry


def against(keep: Candidate, gone: Candidate) -> list[Refused]:
    """What speaks against their being one as both stand now, whoever asks. Reads only."""
    found = []
    if titles := _at_both(keep, gone):
        found.append(
            Refused(
                "both_applied",
                _("Both have an open application for %(openings)s: end one of them first.")
                % {"openings": joined(titles)},
            )
        )
    both = {"candidate__in": [keep, gone]}
    if keep.erased_at or gone.erased_at:
        found.append(Refused("erased_already", _("One of the two was erased: it is nobody's any more.")))
    if Erasure.objects.filter(**both, state__in=ErasureState.unfinished).exists():
        found.append(Refused("being_erased", _("One of the two is being erased.")))
    if PersonRequest.objects.filter(**both, state=RequestState.OPEN).exists():
        found.append(
            Refused("asked_for", _("One of the two asked for their data or its erasure: answer that first."))
        )
    ready = PersonRequest.objects.filter(**both, state=RequestState.READY).order_by("ends_at").last()
    if ready is not None and ready.ends_at is not None:
        until = date_format(timezone.localtime(ready.ends_at), "Y-m-d H:i")
        found.append(
            Refused(
                "asked_for",
                _("A copy of the data of one of the two lies ready until %(until)s: merge them after that.")
                % {"until": until},
            )
        )
    if Hold.objects.standing().filter(**both).exists():
        found.append(Refused("held", _("One of the two is held for a dispute: lift the hold first.")))
    return found


def _at_both(keep: Candidate, gone: Candidate) -> list[str]:
    """The openings at which both have an application that goes on, by their names. One query."""
    standing = Application.objects.exclude(stage__in=ApplicationStage.called_off)
    theirs = standing.filter(candidate=gone).values("opening")
    shared = standing.filter(candidate=keep, opening__in=theirs)
    return [str(one.opening) for one in shared.select_related("opening").order_by("pk")]


def _locked(keep: Candidate, gone: Candidate, by: Actor) -> list[int]:
    """The applications that move, with those that stay locked; refused where one is in others' care."""
    runs = (
        Application.objects.select_for_update(of=("self",)).filter(candidate__in=[keep, gone]).order_by("pk")
    )
    held = [(run.pk, run.candidate_id) for run in runs]
    for pk, _candidate in held or [(None, 0)]:
        require_recruiting(by, Application, pk)
    return [pk for pk, candidate_id in held if candidate_id == gone.pk]


def _take_over(keep: Candidate, entry: CandidateMerge) -> None:
    also = []
    for field in ("phone", "email"):
        theirs, mine = getattr(entry, field), getattr(keep, field)
        if theirs and not mine:
            setattr(keep, field, theirs)
        elif theirs and theirs != mine:
            also.append(contacts.shown(theirs) if field == "phone" else theirs)
    lines = [keep.other_contacts, *also, entry.other_contacts]
    keep.other_contacts = "\n".join(dict.fromkeys(line for line in lines if line))
    keep.save()
