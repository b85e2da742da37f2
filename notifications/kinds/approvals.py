"""What is said of approvals: that one waits, what was decided, and what became of a request in WeCom."""

from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind, Placeholder
from messaging.models import Message
from notifications import faces
from notifications.enums import Audience
from notifications.kinds.many import block
from notifications.rendering import render
from notifications.validity import stays_true
from onboarding.enums import CaseState, StepKind, StepState
from onboarding.models import OnboardingStep
from recruitment.enums import ApplicationStage, OfferState
from recruitment.models import Offer

OFFERS, STARTS = "offer_approval", "start_approval"


def _is_draft(message: Message) -> bool:
    return Offer.objects.filter(pk=message.topic_id, state=OfferState.DRAFT).exists()


def _waits(message: Message) -> bool:
    steps = OnboardingStep.objects.filter(case=message.topic_id, kind=StepKind.APPROVAL)
    waiting = steps.filter(state=StepState.READY, case__state__in=CaseState.running)
    return waiting.filter(case__application__stage=ApplicationStage.HIRED).exists()


def _named(message: Message) -> str:
    """How many drafts wait, and whose, made when it goes out: what was decided until then is not in it."""
    with translation.override(message.language):
        rows = list(faces.drafts_of(message))
        said = ngettext("%(n)s offer waits for approval:", "%(n)s offers wait for approval:", len(rows))
        lines = [f"{row.application.candidate} · {row.application.opening}" for row in rows]
        return block(said % {"n": len(rows)}, lines) if rows else ""


OFFER = MessageKind(
    code="offer_to_approve",
    title=_("Offer to be approved"),
    audiences=(Audience.SPECIALIST, Audience.LEAD),
    words=render,
    holds=_is_draft,
    family=OFFERS,
    waits_at_night=True,
    face=faces.offer,
    press=faces.take_offer,
)
DRAFTS = MessageKind(
    code="offers_to_approve",
    title=_("Offers to be approved"),
    audiences=(Audience.SPECIALIST, Audience.LEAD),
    words=render,
    holds=lambda message: faces.drafts_of(message).exists(),
    family=None,
    waits_at_night=True,
    face=faces.drafts,
    press=faces.take_drafts,
    names_others=True,
)
DECIDED = MessageKind(
    code="offer_decided",
    title=_("Decision on an offer"),
    audiences=(Audience.COLLEAGUE,),
    words=render,
    holds=stays_true,
    family=OFFERS,
)
START = MessageKind(
    code="start_to_approve",
    title=_("Start to be approved"),
    audiences=(Audience.LEAD, Audience.ONBOARDING, Audience.MANAGER),
    words=render,
    holds=_waits,
    family=STARTS,
    waits_at_night=True,
    face=faces.start,
    press=faces.take_start,
)
OBJECTED = MessageKind(
    code="start_not_agreed",
    title=_("Start not agreed to"),
    audiences=(Audience.ONBOARDING,),
    words=render,
    holds=stays_true,
    family=STARTS,
)
ENDED = MessageKind(
    code="approval_ended",
    title=_("What became of an approval in WeCom"),
    audiences=(Audience.COLLEAGUE,),
    words=render,
    holds=stays_true,
    family=None,
)

DRAFTS_NAMED = Placeholder(
    mark="{drafts_named}",
    shown=lambda: gettext("[How many and whom is filled in when this goes out.]"),
    fill=_named,
    is_kept=True,
)

KINDS = (OFFER, DRAFTS, DECIDED, START, OBJECTED, ENDED)
