"""What colleagues may do about a message where it can be pressed, as things stand, and doing it by their own rights."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError, Invalid
from core.events.models import Event
from messaging.enums import MessageState
from messaging.faces import Button, Face
from messaging.models import Message
from notifications import facts
from notifications.enums import Audience
from onboarding.enums import CaseState, StepKind, StepState
from onboarding.models import OnboardingStep
from onboarding.services import steps
from people.models import User
from recruitment import signals
from recruitment.enums import (
    ApplicationStage,
    ContactChannel,
    FollowUpKind,
    FollowUpState,
    OfferState,
    Outcome,
)
from recruitment.models import ContactAttempt, FollowUp, Offer, Scorecard
from recruitment.offers.services import offers
from recruitment.services import follow_ups

# Why nobody has to decide any more, by code; short, because a card has room for ten Chinese letters.
OVER = {
    "application_over": gettext_lazy("application over"),
    "offer_withdrawn": gettext_lazy("offer withdrawn"),
    "not_hired": gettext_lazy("offer not accepted"),
    "start_off": gettext_lazy("start called off"),
    "started": gettext_lazy("has started"),
}
CLAIM, REACHED, MISSED = "claim", "reached", "missed"
APPROVE, REFUSE = "approve", "refuse"


def follow_up(message: Message) -> Face | None:
    """Open: take it on. One's own: got through, or not, another time. Else a word that says whose, or how it ended."""
    row = FollowUp.objects.select_related("assignee", "interview").filter(pk=message.topic_id or 0).first()
    if row is None:
        return Face(ending=_("No longer needed"))
    page = facts.admin_url(f"recruitment/followup/{row.pk}/change/")
    if row.state == FollowUpState.CLOSED:
        return Face(ending=_("Done: %(outcome)s") % {"outcome": Outcome(row.outcome).label}, url=page)
    is_held = row.state == FollowUpState.CLAIMED and row.assignee.is_active
    if is_held and row.assignee_id != message.user_id:
        return Face(ending=_("Taken on by %(name)s") % {"name": row.assignee}, url=page)
    look = Button(_("See the details"), url=page)
    if row.kind == FollowUpKind.DAY_OFF or message.audience == Audience.LEAD:
        return Face(buttons=(look,), url=page)
    if not is_held:
        return Face(buttons=(Button(_("I'll call"), key=CLAIM), look), url=page)
    return _own(row, page)


def _own(row: FollowUp, page: str) -> Face:
    """Of somebody who took it on: what is left to do after the last try."""
    last = ContactAttempt.objects.filter(follow_up=row).order_by("-at").first()
    move = Button(_("Reschedule"), url=facts.admin_url(f"recruitment/interview/{row.interview_id}/change/"))
    if last is not None and last.reached:
        note = _("You got through at %(at)s.") % {"at": _minute(last)}
        return Face(note=note, buttons=(Button(_("Go and close it"), url=page), move), url=page)
    note = _("You have taken this on.")
    if last is not None:
        note = _("Not reached at %(at)s; you have taken this on.") % {"at": _minute(last)}
    return Face(
        note=note,
        buttons=(Button(_("Got through"), key=REACHED), Button(_("Not reached"), key=MISSED), move),
        url=page,
    )


def _minute(attempt: ContactAttempt) -> str:
    return date_format(timezone.localtime(attempt.at), "n-j H:i")


def take_follow_up(message: Message, key: str, person: User) -> None:
    """What a button of `follow_up` stands for. Raises what the service raises, and Invalid("button_unknown").

    Who got through to somebody that asked for contact has answered: nothing is left to do.
    """
    number = message.topic_id or 0
    if key == CLAIM:
        follow_ups.claim(follow_up_id=number, by=person)
    elif key in (REACHED, MISSED):
        follow_ups.record_contact(
            follow_up_id=number, by=person, channel=ContactChannel.PHONE, reached=key == REACHED
        )
        asked = FollowUp.objects.filter(
            pk=number, kind=FollowUpKind.ASKED, state__in=FollowUpState.unfinished
        )
        if key == REACHED and asked.exists():
            follow_ups.close(follow_up_id=number, outcome=Outcome.REACHED, by=person)
    else:
        raise _unknown()


def _unknown() -> Invalid:
    return Invalid("button_unknown", _("There is no such button."))


def offer(message: Message) -> Face | None:
    """Of a draft: agree to it or not. Then who did which."""
    row = _offers().filter(pk=message.topic_id or 0).first()
    if row is None:
        return Face(ending=_("No longer needed"))
    page = facts.offer_url(row.pk)
    ending = ending_of_offer(row)
    if not ending:
        page = facts.approval_url("offer", row.pk)
        buttons = (
            Button(_("Agree"), key=APPROVE),
            Button(_("Do not agree"), key=REFUSE),
            Button(_("See the offer"), url=page),
        )
        return Face(buttons=buttons, url=page)
    return Face(ending=ending, url=page)


def _offers() -> QuerySet[Offer]:
    return Offer.objects.defer("letter").select_related("approved_by", "application")


def ending_of_offer(row: Offer) -> str:
    """Who decided on the offer, and how, or why nobody has to; nothing while it is a draft."""
    if row.state == OfferState.DRAFT:
        return ""
    if row.approved_by is not None:
        return _("Agreed by %(name)s") % {"name": row.approved_by}
    if refuser := _who_refused(row):
        return _("Not agreed by %(name)s") % {"name": refuser}
    return _not_needed(why_no_offer(row))


def decider_of_offer(row: Offer) -> User | None:
    """Who agreed to it or refused it here."""
    return row.approved_by or _who_refused(row)


def why_no_offer(row: Offer) -> str:
    """Why an offer that nobody decided on has not to be decided: one of OVER."""
    return "application_over" if row.application.stage in ApplicationStage.called_off else "offer_withdrawn"


def _not_needed(why: str) -> str:
    return _("Not needed: %(why)s") % {"why": OVER[why]}


def _who_refused(row: Offer) -> User | None:
    said = Event.objects.filter(
        kind=signals.offer_withdrawn.kind, subject_type=Offer._meta.label_lower, subject_id=row.pk
    ).last()
    return None if said is None else facts.refused_by(said)


def take_offer(message: Message, key: str, person: User) -> None:
    """What a button of `offer` stands for. Raises what the service raises, and Invalid("button_unknown")."""
    number = message.topic_id or 0
    if key == APPROVE:
        offers.approve(offer_id=number, by=person)
    elif key == REFUSE:
        reason = _("%(name)s did not agree, in WeCom.") % {"name": person}
        offers.refuse(offer_id=number, reason=reason, by=person)
    else:
        raise _unknown()


def drafts_of(message: Message) -> "QuerySet[Offer]":
    """Of a message about many drafts: those of its parts that still wait, with candidate and opening."""
    label = Offer._meta.label_lower
    parts = Message.objects.filter(coalesced_into=message.pk, state=MessageState.COALESCED, topic_type=label)
    rows = _offers().filter(pk__in=parts.values("topic_id"), state=OfferState.DRAFT).order_by("pk")
    return rows.select_related("application__candidate", "application__opening")


def drafts(message: Message) -> Face | None:
    """Of drafts made in one go: agree to all that still wait, or see them. Then that all are decided."""
    waiting = drafts_of(message).count()
    page = facts.approvals_url()
    if not waiting:
        return Face(ending=_("All are decided"), url=page)
    buttons = (
        Button(_("Agree to all (%(n)s)") % {"n": waiting}, key=APPROVE),
        Button(_("See the offers"), url=page),
    )
    return Face(buttons=buttons, url=page)


def take_drafts(message: Message, key: str, person: User) -> None:
    """What the button of `drafts` stands for: each draft is agreed to by itself, and one that may not be stays.

    Raises what the service raises of the first where none could be, and Invalid("button_unknown").
    """
    if key != APPROVE:
        raise _unknown()
    refused: list[DomainError] = []
    waiting = list(drafts_of(message).values_list("pk", flat=True))
    for number in waiting:
        try:
            with transaction.atomic():
                offers.approve(offer_id=number, by=person)
        except DomainError as error:
            refused.append(error)
    if refused and len(refused) == len(waiting):
        raise refused[0]


def start(message: Message) -> Face | None:
    """Of a start that waits for its approval: agree to it or not. Then who did, or why nobody has to."""
    row = _approval_of(message)
    if row is None:
        return Face(ending=_("No longer needed"))
    if ending := ending_of_start(row):
        return Face(ending=ending, url=facts.case_url(row.case_id) if row.state == StepState.DONE else "")
    page = facts.approval_url("start", row.pk)
    buttons = (
        Button(_("Agree"), key=APPROVE),
        Button(_("Do not agree"), key=REFUSE),
        Button(_("See the case"), url=page),
    )
    note = _("Not agreed by %(name)s") % {"name": row.objected_by} if row.objected_by else ""
    return Face(note=note, buttons=buttons, url=page)


def ending_of_start(row: OnboardingStep) -> str:
    """Who agreed to the start, or why nobody has to any more; nothing while it waits."""
    if row.state == StepState.DONE:
        return _("Agreed by %(name)s") % {"name": row.done_by or "–"}
    is_hired = row.case.application.stage == ApplicationStage.HIRED
    return "" if row.case.is_running and is_hired else _not_needed(why_no_start(row))


def why_no_start(row: OnboardingStep) -> str:
    """Why a start that nobody decided on has not to be decided: one of OVER."""
    if row.case.application.stage in ApplicationStage.called_off:
        return "application_over"
    if row.case.is_running:
        return "not_hired"
    return "started" if row.case.state == CaseState.STARTED else "start_off"


def _approval_of(message: Message) -> OnboardingStep | None:
    """The approval that waits; when none does, the last one."""
    rows = OnboardingStep.objects.filter(case=message.topic_id or 0, kind=StepKind.APPROVAL)
    rows = rows.select_related("case__application", "done_by", "objected_by")
    return rows.exclude(state=StepState.DONE).order_by("number").first() or rows.order_by("-number").first()


def take_start(message: Message, key: str, person: User) -> None:
    """What a button of `start` stands for. Raises what the service raises, and Invalid("button_unknown")."""
    row = _approval_of(message)
    if key == APPROVE and row is not None:
        steps.complete_step(step_id=row.pk, by=person)
    elif key == REFUSE and row is not None:
        reason = _("%(name)s did not agree, in WeCom.") % {"name": person}
        steps.object_to_step(step_id=row.pk, reason=reason, by=person)
    else:
        raise _unknown()


def scorecard(message: Message) -> Face | None:
    """The way to the own card while it is owed."""
    cards = Scorecard.objects.filter(round__interview=message.origin_id, interviewer=message.user_id)
    card = cards.order_by("-pk").first()
    if card is None or not Scorecard.objects.owed().filter(pk=card.pk).exists():
        return Face(ending=_("No longer needed"))
    page = facts.admin_url(f"rounds/{card.pk}/")
    return Face(buttons=(Button(_("Fill it in"), url=page),), url=page)
