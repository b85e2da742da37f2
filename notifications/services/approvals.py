"""Who is asked to approve an offer or a start: by WeCom's own approval where a template is set; by a card otherwise,
and where that approval came to nothing."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from core.events import note
from core.events.models import Event
from messaging import approving
from messaging.enums import ApprovalState
from messaging.kinds import family
from messaging.models import Approval
from messaging.refs import Ref, ref
from messaging.services import approvals
from messaging.services.deciding import NOTHING_NEW, Brief, Ledger, Need, bring, bring_all
from notifications import audiences, faces, facts
from notifications.enums import Audience
from notifications.kinds import approvals as kinds
from notifications.services import gathering
from notifications.services.scene import Scene
from onboarding.enums import StepKind, StepState
from onboarding.models import OnboardingCase, OnboardingStep
from onboarding.services import steps
from onboarding.signals import onboarding_step_reopened as step_reopened
from people.enums import Role
from people.models import User
from recruitment import signals
from recruitment.enums import ApplicationStage, OfferState
from recruitment.models import Offer
from recruitment.offers import approval as whose
from recruitment.offers.services import offers
from recruitment.rules import may_recruit, may_see_pay

OFFER, START = "offer", "start"
TOLD = (Audience.SPECIALIST, Audience.LEAD, Audience.ONBOARDING, Audience.MANAGER, Audience.COLLEAGUE)
_WHY: dict[str, Any] = {
    **faces.OVER,
    "decided_here": _("it was decided here"),
    "creator_unknown": _("whoever drafted it has no WeCom account on their account here"),
    "approval_template": _("the template has no text field, or other fields that have to be filled"),
    "who_unknown": _("nobody with an account here decided on it"),
    "own_offer": _("whoever drafted an offer does not approve it"),
    "lead_needed": _("the HR lead has to approve it"),
    "not_permitted": _("whoever decided in WeCom may not do so here"),
    "pay_not_permitted": _("whoever decided in WeCom does not see salaries here"),
}


# Of what was deleted with its application.
GONE = approving.Over("application_over")


def align_offer(offer_id: int, event: Event) -> None:
    """Bring what is asked and said about an offer's approval to its state; the caller's transaction holds its row."""
    rows = Offer.objects.select_for_update(no_key=True, of=("self",)).defer("letter")
    offer = rows.select_related(
        "made_by", "approved_by", "application__candidate", "application__opening__specialist",
        "application__opening__department",
    ).get(pk=offer_id)  # fmt: skip
    is_draft = offer.state == OfferState.DRAFT
    approvals.align(
        OFFER,
        subject=ref(offer),
        asked_by=offer.made_by if is_draft else None,
        words=lambda reference: _words_of_offer(offer, reference),
    )
    needs = list(_of_draft(offer)) if is_draft else list(_of_decision(offer, event))
    _bring(ref(offer), needs, kinds.OFFERS, event)


def align_case(case_id: int, event: Event) -> None:
    """The same of the approval among a case's steps: asked once the offer was accepted, before that it is early."""
    _align_case(OnboardingCase.objects.filter(pk=case_id), event)


def align_application(application_id: int, event: Event) -> None:
    """`align_case` of an application's case, where it has one."""
    _align_case(OnboardingCase.objects.filter(application=application_id), event)


def _align_case(cases: QuerySet[OnboardingCase], event: Event) -> None:
    """One query for a case of whose approval nothing was or is to be said: most steps on the way are such."""
    if event.kind != signals.application_reopened.kind:
        cases = cases.filter(application__stage__in=(ApplicationStage.HIRED, *ApplicationStage.called_off))
    rows = cases.select_for_update(no_key=True, of=("self",)).select_related(
        "application__candidate", "application__opening__specialist", "application__opening__department"
    )
    case = rows.first()
    if case is None:
        note(NOTHING_NEW)
        return
    steps = _approvals_of(case)
    for step in steps:
        waits = _waits(case, step)
        holder = audiences.holder(Role.ONBOARDING, case.application.opening.department) if waits else None
        approvals.align(
            START,
            subject=ref(step),
            asked_by=holder,
            words=lambda reference, step=step, to=holder: _words_of_start(  # type: ignore[misc]
                case, step, reference, language=to.language
            ),
        )
    _bring(ref(case), list(_of_case(case, steps)), kinds.STARTS, event)


def _bring(topic: Ref, needs: Collection[Need], name: str, event: Event | None) -> None:
    scene = Scene()
    scene.ledger = Ledger.of([topic])
    brief = Brief(topic=topic, needs=needs, kinds=family(name), audiences=TOLD, event=event)
    bring_all(gathering.gathered([brief], scene), scene.ledger)


def _of_draft(offer: Offer) -> Iterator[Need]:
    if approvals.is_left_to_them(OFFER, ref(offer)):
        return
    reasons = whose.why_lead(offer)
    context = {
        **facts.of_application(offer.application),
        **_of_offer(offer),
        "reasons": reasons,
        "approval_url": facts.approval_url(OFFER, offer.pk),
    }
    for audience, person in _approvers(offer, for_lead=bool(reasons)):
        yield Need(
            kind=kinds.OFFER, audience=audience, to=person, key=f"offer:{offer.pk}:draft", context=context
        )


def _approvers(offer: Offer, *, for_lead: bool) -> Iterator[tuple[Audience, User]]:
    """The opening's specialist, who did not make it and sees what it pays; else every lead."""
    specialist = facts.specialist_of(offer.application)
    is_theirs = specialist.pk != offer.made_by_id and specialist.is_active
    sees = is_theirs and may_recruit(specialist, Offer, offer.pk) and may_see_pay(specialist, Offer, offer.pk)
    if sees and not for_lead:
        yield Audience.SPECIALIST, specialist
        return
    for lead in audiences.leads():
        if lead.pk != offer.made_by_id:
            yield Audience.LEAD, lead


def _of_decision(offer: Offer, event: Event) -> Iterator[Need]:
    """To whoever drafted it, what a colleague decided."""
    decider = offer.approved_by if offer.state == OfferState.APPROVED else facts.refused_by(event)
    if decider is None or decider.pk == offer.made_by_id:
        return
    context = {
        **facts.of_application(offer.application), **_of_offer(offer),
        "state": str(offer.state), "approver": decider, "reason": offer.withdraw_reason,
    }  # fmt: skip
    key = f"offer:{offer.pk}:{offer.state}"
    yield Need(kind=kinds.DECIDED, audience=Audience.COLLEAGUE, to=offer.made_by, key=key, context=context)


def _waits(case: OnboardingCase, step: OnboardingStep) -> bool:
    is_hired = case.is_running and case.application.stage == ApplicationStage.HIRED
    return is_hired and step.state == StepState.READY


def _approvals_of(case: OnboardingCase) -> list[OnboardingStep]:
    return list(case.steps.filter(kind=StepKind.APPROVAL).select_related("objected_by"))


def _of_case(case: OnboardingCase, steps: Collection[OnboardingStep]) -> Iterator[Need]:
    for step in steps:
        if _waits(case, step):
            yield from _of_start(case, step)
            yield from _of_objection(case, step)


def _of_start(case: OnboardingCase, step: OnboardingStep) -> Iterator[Need]:
    if approvals.is_left_to_them(START, ref(step)):
        return
    context = {
        **facts.of_application(case.application),
        "planned": case.planned_start,
        "approval_url": facts.approval_url(START, step.pk),
    }
    anew = _asked_anew(case, step)
    key = f"step:{step.pk}:{anew}" if anew else f"step:{step.pk}"
    for audience, person in _who_agrees(case, step):
        yield Need(kind=kinds.START, audience=audience, to=person, key=key, context=context)


def _asked_anew(case: OnboardingCase, step: OnboardingStep) -> int | None:
    """What made it wait once more after it was decided, or called off, by its event's number."""
    of_step = Q(subject_type=ref(case).type, subject_id=case.pk, kind=step_reopened.kind, facts__step=step.pk)
    of_case = Q(
        subject_type=ref(case.application).type,
        subject_id=case.application_id,
        kind=signals.application_reopened.kind,
    )
    found = Event.objects.filter(of_step | of_case).order_by("-pk").values_list("pk", flat=True)
    return found.first()


def _who_agrees(case: OnboardingCase, step: OnboardingStep) -> list[tuple[Audience, User]]:
    """Who is asked: the department's manager or whoever prepares starts, where it is theirs; else every lead."""
    department = case.application.opening.department
    owner = {Role.ONBOARDING: Audience.ONBOARDING, Role.MANAGER: Audience.MANAGER}.get(Role(step.owner_role))
    if owner is Audience.ONBOARDING:
        person = audiences.holder(Role.ONBOARDING, department)
    else:
        person = audiences.manager(department) if owner else None
    if owner and person:
        return [(owner, person)]
    return [(Audience.LEAD, lead) for lead in audiences.leads()]


def _of_objection(case: OnboardingCase, step: OnboardingStep) -> Iterator[Need]:
    """To whoever prepares the start, who did not agree to it and why, unless it is them."""
    holder = audiences.holder(Role.ONBOARDING, case.application.opening.department)
    if step.objected_at is None or holder is None or step.objected_by_id == holder.pk:
        return
    context = {
        **facts.of_application(case.application),
        "objector": step.objected_by,
        "reason": step.objection,
        "case_url": facts.case_url(case.pk),
    }
    key = f"step:{step.pk}:objected:{step.objected_at.isoformat()}"
    yield Need(kind=kinds.OBJECTED, audience=Audience.ONBOARDING, to=holder, key=key, context=context)


def _of_offer(offer: Offer) -> dict[str, Any]:
    return {
        "start_on": offer.start_on,
        "place": offer.place,
        "answer_by": offer.answer_by,
        "offer_url": facts.offer_url(offer.pk),
    }


def _words_of_offer(offer: Offer, reference: str) -> str:
    """What stands in WeCom. What is paid is read here, by whoever may: not in WeCom, whose administrators read all."""
    with override(offer.made_by.language or "zh-hans"):
        lines = [
            gettext("Offer: %(candidate)s, %(opening)s"),
            gettext("First day %(day)s, %(place)s"),
            gettext("Reference %(reference)s"),
            gettext("Salary and letter, before you decide: %(url)s"),
        ]
        opening = str(offer.application.opening)
    named = {
        "candidate": offer.application.candidate.name,
        "opening": opening,
        "day": offer.start_on.isoformat(),
        "place": offer.place,
        "reference": reference,
        "url": facts.approval_url(OFFER, offer.pk),
    }
    return "\n".join(line % named for line in lines)


def _words_of_start(case: OnboardingCase, step: OnboardingStep, reference: str, *, language: str) -> str:
    """What stands in WeCom, in the language of whoever prepares it: the candidate's own answer asks for it."""
    with override(language or "zh-hans"):
        lines = [
            gettext("%(step)s: %(candidate)s, %(opening)s"),
            gettext("First day %(day)s"),
            gettext("Reference %(reference)s"),
            gettext("Score and what it stands on, before you decide: %(url)s"),
        ]
        title, opening = str(step), str(case.application.opening)
    named = {
        "step": title,
        "candidate": case.application.candidate.name,
        "opening": opening,
        "day": case.planned_start.isoformat(),
        "reference": reference,
        "url": facts.approval_url(START, step.pk),
    }
    return "\n".join(line % named for line in lines)


def _offer_stands(row: Approval) -> bool:
    return Offer.objects.filter(pk=row.subject_id, state=OfferState.DRAFT).exists()


def _decide_on_offer(row: Approval, agreed: bool, person: User, words: str) -> None:
    if agreed:
        offers.approve(offer_id=row.subject_id, by=person)
    else:
        offers.refuse(offer_id=row.subject_id, reason=words or gettext("Not agreed in WeCom."), by=person)


def _tell_of_offer(row: Approval, people: Collection[User]) -> None:
    rows = Offer.objects.select_for_update(no_key=True, of=("self",)).defer("letter")
    offer = rows.select_related(
        "made_by", "approved_by", "application__candidate", "application__opening__specialist",
        "application__opening__department",
    ).filter(pk=row.subject_id).first()  # fmt: skip
    if offer is None:
        return
    cards = (
        list(_of_draft(offer))
        if row.state == ApprovalState.FAILED and offer.state == OfferState.DRAFT
        else []
    )
    if cards:
        _bring(ref(offer), cards, kinds.OFFERS, None)
    page = facts.offer_url(offer.pk)
    about = facts.of_application(offer.application)
    _tell(row, people, about, page=page, by_card=bool(cards))


def _start_stands(row: Approval) -> bool:
    there = OnboardingStep.objects.unfinished().filter(pk=row.subject_id, state=StepState.READY)
    return there.filter(case__application__stage=ApplicationStage.HIRED).exists()


def _decide_on_start(row: Approval, agreed: bool, person: User, words: str) -> None:
    """A start that was not agreed to stays to be decided: whoever prepares it hears why."""
    if agreed:
        steps.complete_step(step_id=row.subject_id, by=person)
    else:
        reason = words.strip() or gettext("Not agreed in WeCom.")
        steps.object_to_step(step_id=row.subject_id, reason=reason, by=person)


def _offer_over(row: Approval) -> approving.Over:
    rows = Offer.objects.defer("letter").select_related("approved_by", "application")
    offer = rows.filter(pk=row.subject_id).first()
    if offer is None:
        return GONE
    decider = faces.decider_of_offer(offer)
    return approving.Over("decided_here", decider) if decider else approving.Over(faces.why_no_offer(offer))


def _start_over(row: Approval) -> approving.Over:
    rows = OnboardingStep.objects.select_related("case__application", "done_by")
    step = rows.filter(pk=row.subject_id).first()
    if step is None:
        return GONE
    if step.state == StepState.DONE:
        return approving.Over("decided_here", step.done_by)
    return approving.Over(faces.why_no_start(step))


def _tell_of_start(row: Approval, people: Collection[User]) -> None:
    cases = OnboardingCase.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "application__candidate", "application__opening__specialist", "application__opening__department"
    )
    case = cases.filter(steps=row.subject_id).first()
    if case is None:
        return
    cards = list(_of_case(case, _approvals_of(case))) if row.state == ApprovalState.FAILED else []
    if cards:
        _bring(ref(case), cards, kinds.STARTS, None)
    about = facts.of_application(case.application)
    _tell(row, people, about, page=facts.case_url(case.pk), by_card=bool(cards))


def _tell(
    row: Approval,
    people: Collection[User],
    about: dict[str, Any],
    *,
    page: str,
    by_card: bool,
) -> None:
    """Each once; whoever decided it here knows."""
    decider = row.decided_by
    context = {
        **about,
        "matter": approving.kind(row.kind).title,
        "state": str(row.state),
        "approver": decider,
        "reason": approvals.how_it_ended(row),
        "page_url": page,
        "by_card": by_card,
    }
    told = {person.pk: person for person in people if decider is None or person.pk != decider.pk}
    needs = [
        Need(
            kind=kinds.ENDED,
            audience=Audience.COLLEAGUE,
            to=person,
            key=f"approval:{row.pk}:{row.state}",
            context=context,
        )
        for person in told.values()
    ]
    bring(Brief(topic=row.subject, needs=needs, audiences=()))


KINDS = (
    approving.ApprovalKind(
        code=OFFER,
        title=_("Offer approval"),
        stands=_offer_stands,
        decide=_decide_on_offer,
        tell=_tell_of_offer,
        over=_offer_over,
        sentences=_WHY,
    ),
    approving.ApprovalKind(
        code=START,
        title=_("Approval of a start"),
        stands=_start_stands,
        decide=_decide_on_start,
        tell=_tell_of_start,
        over=_start_over,
        sentences=_WHY,
    ),
)
