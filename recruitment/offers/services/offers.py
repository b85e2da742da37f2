"""The steps of an offer: made, approved by somebody else, sent with its letter, answered by the candidate."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, NotFound, Refused
from core.events import DurableSignal, effect, note
from core.events.running import shared_step
from core.jobs.sets import in_sets
from core.seen import require_as_seen
from core.trouble import wall
from people.actors import Actor, Party, actor_label, actor_user
from people.calendar import require_start_day
from people.models import User
from people.rules import is_lead
from recruitment import signals
from recruitment.enums import ApplicationStage, DeclineReason, OfferState
from recruitment.models import Application, Offer
from recruitment.offers import approval, letters
from recruitment.offers.services import letter_templates
from recruitment.rules import require_pay, require_recruiting
from recruitment.services import applications, locking

LONGEST_NAME, LONGEST_WORDS, LONGEST_REASON = 80, 500, 200
MADE_FROM = (ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is offered. `answer_by` is a moment ahead, `start_on` a working day not before it.

    `letter_template`: in which words; None for the first template in use.
    """

    salary: Decimal
    period: str
    start_on: date
    place: str
    answer_by: datetime
    conditions: str = ""
    currency: str = "CNY"
    letter_template: int | None = None


def make(*, application_id: int, terms: Terms, by: Actor) -> Offer:
    """Draft an offer; an application in the second round moves to the offer stage with it; `offer_drafted`.

    Invalid: start_in_the_past, start_not_a_working_day, calendar_year_missing, answer_too_early, start_before_answer.
    Forbidden: not_permitted, pay_not_permitted. Refused: offer_open (somebody has made one), step_not_allowed.
    NotFound: letter_template_unknown. It keeps the opening's salary range and the letter's version as they are now: by
    those it is approved and sent.
    """
    require_recruiting(by, Application, application_id)
    require_pay(by, Application, application_id)
    person = actor_user(by)
    if person is None:
        raise Forbidden("not_permitted", _("An offer is made by a person."))
    require_sensible(start_on=terms.start_on, answer_by=terms.answer_by)
    version = letter_templates.version_for(terms.letter_template)
    with transaction.atomic():
        application = locking.application_after_interviews(application_id)
        require_as_seen(application)
        if application.offers.filter(state__in=OfferState.open).exists():
            raise Refused("offer_open", _("An offer to this candidate is open already. See it first."))
        if application.stage not in MADE_FROM:
            raise Refused(
                "step_not_allowed", _("An offer is made after the second round."), stage=application.stage
            )
        if application.stage == ApplicationStage.SECOND_ROUND:
            applications.take_step(application_id=application_id, step="make_offer", by=by)
        opening = application.opening
        is_ranged = opening.salary_high is not None
        offer = Offer.objects.create(
            application=application, made_by=person, salary=terms.salary, currency=terms.currency,
            range_low=opening.salary_low, range_high=opening.salary_high,
            range_currency=opening.salary_currency if is_ranged else "",
            range_period=opening.salary_period if is_ranged else "",
            period=terms.period, start_on=terms.start_on, place=terms.place.strip(),
            conditions=terms.conditions.strip(), answer_by=terms.answer_by, letter_version=version,
        )  # fmt: skip
        _announce(signals.offer_drafted, offer, by)
        return offer


def require_sensible(*, start_on: date, answer_by: datetime) -> None:
    """A first day that is one, and an answer awaited until before it. Invalid: as `make`."""
    require_start_day(start_on)
    if answer_by <= timezone.now():
        raise Invalid("answer_too_early", _("The answer has to be awaited for some time yet."))
    if start_on < timezone.localdate(answer_by):
        raise Invalid("start_before_answer", _("The first day lies before the day of the answer."))


def approve(*, offer_id: int, by: Actor) -> Offer:
    """Somebody else than its maker agrees; beyond the headcount or above the salary range only the lead.

    `offer_approved`. Forbidden: not_permitted, pay_not_permitted, own_offer, lead_needed. Refused: step_not_allowed.
    """
    with transaction.atomic():
        offer, person = _to_approve(offer_id, by)
        offer.approve()
        offer.approved_by, offer.approved_at = person, timezone.now()
        offer.save()
        _announce(signals.offer_approved, offer, by, approver=str(person.pk))
        return offer


def refuse(*, offer_id: int, reason: str, by: Actor) -> Offer:
    """Whoever may approve it does not: the draft is withdrawn for their reason, and another one may be made.

    `offer_withdrawn`. Invalid: reason_missing. Forbidden: as `approve`. Refused: step_not_allowed.
    """
    reason = _reason(reason)
    with transaction.atomic():
        offer, person = _to_approve(offer_id, by)
        _withdraw(offer, reason, by, refused_by=str(person.pk))
        return offer


def _to_approve(offer_id: int, by: Actor) -> tuple[Offer, User]:
    """The offer under its lock, for a person who may decide on it."""
    require_recruiting(by, Offer, offer_id)
    require_pay(by, Offer, offer_id)
    offer = _held(offer_id)
    person = actor_user(by)
    if person is None or person.pk == offer.made_by_id:
        raise Forbidden("own_offer", _("Whoever made an offer does not approve it: ask a colleague."))
    if offer.state != OfferState.DRAFT:
        raise _not_now(offer)
    if not is_lead(person) and (reasons := approval.why_lead(offer)):
        words = {"reasons": approval.in_words(reasons)}
        raise Forbidden("lead_needed", gettext("The HR lead approves this offer: %(reasons)s.") % words)
    return offer, person


def send(*, offer_id: int, by: Actor) -> Offer:
    """Make the letter, keep it with its hash, and let the candidate answer; `offer_sent`.

    The letter is made before the row is held: what it says cannot change. DocumentError as `core.pdf.make` says;
    Refused: step_not_allowed, answer_time_over.
    """
    require_recruiting(by, Offer, offer_id)
    read = Offer.objects.select_related(
        "application__candidate", "application__opening__department", "application__opening__specialist",
        "letter_version",
    )  # fmt: skip
    drawn = read.filter(pk=offer_id, state=OfferState.APPROVED).first()
    # One that was drafted before there were templates has none yet.
    version = (drawn.letter_version or letter_templates.version_for(None)) if drawn else None
    letter = letters.make(drawn, version, company=settings.COMPANY_NAME) if drawn and version else None
    with transaction.atomic():
        offer = _held(offer_id)
        if offer.answer_by <= timezone.now():
            raise Refused(
                "answer_time_over", _("The day of the answer has passed. Withdraw it, make a new one.")
            )
        if letter is None or offer.application.stage != ApplicationStage.OFFER:
            raise _not_now(offer)
        offer.send()
        offer.sent_at = timezone.now()
        offer.letter_version, offer.letter_text = version, letter.text
        offer.letter, offer.letter_sha256 = letter.document.content, letter.document.digest
        offer.letter_missing = "".join(letter.document.missing)[:80]
        offer.save()
        _announce(signals.offer_sent, offer, by, answer_by=offer.answer_by.isoformat())
        return offer


def accept(*, application_id: int, name: str, offer_id: int | None = None) -> Offer:
    """The candidate takes the offer, by typing the name; once more is the same again.

    Effects in order: offer, `offer_accepted`, the application's planned start, its hire.
    Invalid: name_differs. NotFound: offer_unknown. Refused: offer_over.
    """
    with transaction.atomic():
        offer = _of_candidate(application_id, offer_id)
        if offer.state == OfferState.ACCEPTED:
            return offer
        _require_answerable(offer)
        typed = " ".join(name.split())
        if _plain(typed) != _plain(offer.application.candidate.name):
            raise Invalid("name_differs", _("Please type your name as it stands in the letter."))
        offer.accept()
        offer.signed_name, offer.ended_at = typed[:LONGEST_NAME], timezone.now()
        offer.save()
        _announce(signals.offer_accepted, offer, Party.CANDIDATE, start_on=offer.start_on.isoformat())
        applications.plan_start(application_id=application_id, planned_start=offer.start_on, by=Party.SYSTEM)
        applications.take_step(
            application_id=application_id, step="hire", by=Party.SYSTEM,
            reason=_in_the_house(gettext_noop("The candidate accepted the offer.")),
        )  # fmt: skip
        return offer


def decline(*, application_id: int, reason: str, words: str = "", offer_id: int | None = None) -> Offer:
    """The candidate does not take it, for a reason of the list; once more is the same again.

    The planned start goes, and with it the preparation; another offer may be made.
    Invalid: reason_unknown. NotFound: offer_unknown. Refused: offer_over.
    """
    if reason not in DeclineReason.values:
        raise Invalid("reason_unknown", _("Please choose one of the reasons."))
    with transaction.atomic():
        offer = _of_candidate(application_id, offer_id)
        if offer.state == OfferState.DECLINED:
            return offer
        _require_answerable(offer)
        offer.decline()
        offer.decline_reason, offer.decline_words = reason, words.strip()[:LONGEST_WORDS]
        offer.ended_at = timezone.now()
        offer.save()
        _announce(signals.offer_declined, offer, Party.CANDIDATE, reason=reason)
        applications.plan_start(application_id=application_id, planned_start=None, by=Party.SYSTEM)
        return offer


def withdraw(*, offer_id: int, reason: str, by: Actor) -> Offer:
    """We take an open offer back, for a reason. Invalid: reason_missing. Refused: step_not_allowed."""
    require_recruiting(by, Offer, offer_id)
    reason = _reason(reason)
    with transaction.atomic():
        offer = _held(offer_id)
        require_as_seen(offer)
        _withdraw(offer, reason, by)
        return offer


def align(*, application_id: int) -> None:
    """Bring the open offer to its application: none stands of one that was called off, or hired by other means."""
    with shared_step():
        stage = Application.objects.values_list("stage", flat=True).get(pk=application_id)
        open_ones = Offer.objects.filter(application=application_id, state__in=OfferState.open)
        offer = open_ones.select_for_update(no_key=True).first() if stage in ApplicationStage.ended else None
        if offer is None:
            note("nothing to do")
            return
        _withdraw(offer, _in_the_house(gettext_noop("The application has ended.")), Party.SYSTEM)
        effect(offer, gettext_noop("Offer withdrawn"))


def expire_due() -> int:
    """End what no answer came to in time; how many."""
    due = Offer.objects.filter(state=OfferState.SENT, answer_by__lte=wall.earliest())
    return in_sets(list(due.order_by("answer_by").values_list("pk", flat=True)[:1000]), expire, what="offer")


def expire(offer_ids: Collection[int]) -> int:
    """End those of these to which no answer came in time, within a transaction; how many. All concerned are told."""
    due = Offer.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(
        pk__in=offer_ids, state=OfferState.SENT, answer_by__lte=wall.earliest()
    )
    expired = list(due.order_by("pk"))
    for offer in expired:
        offer.expire()
        offer.ended_at = timezone.now()
        offer.save()
    signals.offer_expired.emit_all(
        [(offer, {"answer_by": offer.answer_by.isoformat()}) for offer in expired],
        by=actor_label(Party.SYSTEM),
    )
    return len(expired)


def _in_the_house(words: str) -> str:
    """What colleagues read, whoever's page it came from."""
    with override(settings.LANGUAGE_CODE):
        return gettext(words)


def _reason(typed: str) -> str:
    """Why a draft or an open offer goes. Invalid: reason_missing."""
    reason = typed.strip()[:LONGEST_REASON]
    if not reason:
        raise Invalid("reason_missing", _("Withdrawing an offer needs its reason."))
    return reason


def _withdraw(offer: Offer, reason: str, by: Actor, **facts: str) -> None:
    was = offer.state
    offer.withdraw()
    offer.withdraw_reason, offer.ended_at = reason, timezone.now()
    offer.save()
    _announce(signals.offer_withdrawn, offer, by, was=was, reason=reason, **facts)


def _announce(signal: DurableSignal, offer: Offer, by: Actor, **facts: str) -> None:
    signal.emit(subject=offer, facts=facts, by=actor_label(by))


def _held(offer_id: int) -> Offer:
    """The offer under its lock, behind its application's. NotFound: offer_unknown."""
    application_id = Offer.objects.filter(pk=offer_id).values_list("application_id", flat=True).first()
    if application_id is None:
        raise NotFound("offer_unknown", _("There is no such offer."))
    application = locking.application_after_interviews(application_id)
    offer = Offer.objects.select_for_update(no_key=True).get(pk=offer_id)
    offer.application = application
    return offer


def _of_candidate(application_id: int, offer_id: int | None) -> Offer:
    """The offer that the candidate answers: the one that the page showed, or the last that was sent."""
    sent = Offer.objects.filter(application=application_id, sent_at__isnull=False)
    if offer_id is not None:
        sent = sent.filter(pk=offer_id)
    found = sent.order_by("-pk").values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("offer_unknown", _("There is no such offer."))
    return _held(found)


def _require_answerable(offer: Offer) -> None:
    is_over = wall.is_past(offer.answer_by) or offer.application.stage != ApplicationStage.OFFER
    if offer.state != OfferState.SENT or is_over:
        raise Refused(
            "offer_over",
            _("This offer can no longer be answered here. Please call or write to your contact."),
            state=offer.state,
        )


def _not_now(offer: Offer) -> Refused:
    return Refused(
        "step_not_allowed", _("This step is not possible in the present state."), state=offer.state
    )


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
