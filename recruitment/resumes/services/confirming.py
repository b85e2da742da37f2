"""A proposal becomes part of the record, or is put aside: a person's word, one click."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import contacts
from core.errors import Invalid, NotFound, Refused
from people.actors import Actor, actor_user
from recruitment.enums_incoming import ProposalKind, ProposalState, ResumeFactKind
from recruitment.models import Application, Candidate, Resume, ResumeFact, ResumeProposal
from recruitment.resumes import degrees
from recruitment.rules import require_recruiting
from recruitment.services import candidates, evidence

LEVELS = range(1, 6)
LONGEST_TITLE = 120
# What is no project.
FACTS = {
    ProposalKind.EDUCATION: ResumeFactKind.EDUCATION,
    ProposalKind.INTERNSHIP: ResumeFactKind.INTERNSHIP,
}


def confirm(*, resume_id: int, proposal_id: int, by: Actor, level: int | None = None) -> ResumeProposal:
    """Take over what a résumé says, as the record keeps it.

    A number or address fills the candidate's empty field, beside one that stands there it goes into the other contact
    details. Education, internships, experience and skills become facts of the application with the level that the
    person chose, an education with the degree that it names.
    Confirmed once more changes nothing. Forbidden: not_permitted. NotFound: proposal_unknown. Invalid: level_missing.
    Refused: candidate_known (another candidate has it), no_application, proposal_settled (put aside meanwhile).
    """
    require_recruiting(by, Resume, resume_id)
    with transaction.atomic():
        proposal = _locked(resume_id, proposal_id)
        if proposal.state == ProposalState.CONFIRMED:
            return proposal
        if proposal.state == ProposalState.DISMISSED:
            raise Refused("proposal_settled", _("This was put aside meanwhile."))
        if proposal.kind in ProposalKind.judged:
            _take_fact(proposal, level, by)
        else:
            _take_contact(proposal, by)
        return _settled(proposal, ProposalState.CONFIRMED, by)


def dismiss(*, resume_id: int, proposal_id: int, by: Actor) -> ResumeProposal:
    """Put a proposal aside: it is not offered any more. Refused: proposal_settled, once it was confirmed."""
    require_recruiting(by, Resume, resume_id)
    with transaction.atomic():
        proposal = _locked(resume_id, proposal_id)
        if proposal.state == ProposalState.CONFIRMED:
            raise Refused("proposal_settled", _("This was confirmed meanwhile."))
        return _settled(proposal, ProposalState.DISMISSED, by)


def _locked(resume_id: int, proposal_id: int) -> ResumeProposal:
    rows = ResumeProposal.objects.select_for_update(of=("self",)).select_related("resume")
    found = rows.filter(pk=proposal_id, resume=resume_id).first()
    if found is None:
        raise NotFound("proposal_unknown", _("There is no such proposal."))
    return found


def _settled(proposal: ResumeProposal, state: str, by: Actor) -> ResumeProposal:
    if proposal.state != state:
        proposal.state, proposal.settled_by, proposal.settled_at = state, actor_user(by), timezone.now()
        proposal.save(update_fields=["state", "settled_by", "settled_at"])
    return proposal


def _take_contact(proposal: ResumeProposal, by: Actor) -> None:
    candidate = Candidate.objects.select_for_update().get(pk=proposal.resume.candidate_id)
    field, value = str(proposal.kind), proposal.value
    if getattr(candidate, field) == value:
        return
    if getattr(candidate, field):
        shown = contacts.shown(value) if field == "phone" else value
        if value not in candidate.other_contacts and shown not in candidate.other_contacts:
            candidate.other_contacts = "\n".join(filter(None, [candidate.other_contacts, shown]))
            candidate.save(update_fields=["other_contacts"])
        return
    if Candidate.objects.filter(**{field: value}).exists():
        raise Refused(
            "candidate_known",
            _("Another candidate has this already: is it the same person? Merge the two entries."),
        )
    setattr(candidate, field, value)
    candidate.save(update_fields=[field])
    candidates.announce_corrected(candidate, fields=[field], by=by)


def _take_fact(proposal: ResumeProposal, level: int | None, by: Actor) -> None:
    if level is None or level not in LEVELS:
        raise Invalid("level_missing", _("Please choose the level, from 1 to 5."))
    resume = proposal.resume
    theirs = Application.objects.filter(candidate=resume.candidate_id)
    own = theirs.filter(pk=resume.application_id) if resume.application_id else theirs.order_by("-pk")
    application = own.first()
    if application is None:
        raise Refused("no_application", _("There is no application yet that the fact could stand with."))
    kind = FACTS.get(ProposalKind(proposal.kind), ResumeFactKind.PROJECT)
    titles = {
        ProposalKind.EXPERIENCE: _("years of experience: %(years)s") % {"years": proposal.value},
        ProposalKind.SKILL: proposal.value,
    }
    ResumeFact.objects.create(
        application=application,
        kind=kind,
        title=str(titles.get(ProposalKind(proposal.kind), proposal.value))[:LONGEST_TITLE],
        detail=proposal.passage,
        skill_id=proposal.skill_id,
        level=level,
        months=proposal.months,
        degree=degrees.named(proposal.value) if kind == ResumeFactKind.EDUCATION else None,
    )
    evidence.announce_changed(application, by=by)
