"""What waits for a colleague's agreement, offers and starts, and deciding on it: for the phone's page and the API."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotFound, Refused
from notifications import faces
from onboarding.enums import CaseState, StepKind, StepState
from onboarding.models import OnboardingStep
from onboarding.services import steps
from people.enums import Role
from people.models import User
from people.rules import is_hr, is_lead
from recruitment import queries
from recruitment.enums import ApplicationStage, OfferState
from recruitment.models import Application, Offer, Opening
from recruitment.offers import approval
from recruitment.offers.services import offers
from recruitment.rules import recruits_for, sees_pay_of

MOST = 100
UNKNOWN = _("There is no such approval, or it is not yours to give.")


class Kind(StrEnum):
    """What is to be decided."""

    OFFER = "offer"
    START = "start"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One matter. `day`: the first day of work; `since`: from when on it waits, where that is known; `ending`: who
    decided and how, where somebody did. `row` is the offer or the step."""

    kind: Kind
    row: Offer | OnboardingStep
    application: Application
    day: date
    since: datetime | None
    ending: str

    @property
    def title(self) -> str | Promise:
        """What it is, in words."""
        return _("Offer approval") if self.kind is Kind.OFFER else str(self.row)


def waiting_for(user: User) -> list[Waiting]:
    """What waits for this person, the earliest first day first: drafts of others that the person may approve, as far as
    the list says (`why_lead` of one is asked when it is opened), and approvals of starts that are the person's.

    As many statements for one as for many.
    """
    found = [_of_offer(row) for row in _drafts(user)] + [_of_step(row) for row in _steps(user)]
    return sorted(found, key=lambda one: (one.day, one.kind, one.row.pk))


def offers_waiting_for(user: User) -> list[Waiting]:
    """The drafts among `waiting_for`. One query, none for whoever is not of HR."""
    return [_of_offer(row) for row in _drafts(user)]


def number_waiting(user: User) -> int:
    """How many wait for this person: nothing of a start is read but whose it is."""
    of_steps = _to_decide(user).select_related(None).values_list("owner_role", flat=True)
    return len(_drafts(user)) + sum(_is_theirs(user, role) for role in of_steps)


def matter(kind: str, pk: int, user: User) -> Waiting:
    """One matter that this person decides on or decided, whatever became of it. NotFound: approval_unknown."""
    found: Waiting | None = None
    if kind == Kind.OFFER:
        offer = queries.offers_for(user).select_related("approved_by", "made_by").filter(pk=pk).first()
        found = _of_offer(offer) if offer and _decides(user, offer) else None
    elif kind == Kind.START:
        step = _approvals(user).filter(pk=pk).first()
        found = _of_step(step) if step and _is_theirs(user, step.owner_role) else None
    if found is None:
        raise NotFound("approval_unknown", UNKNOWN)
    return found


def why_not(user: User, one: Waiting) -> list[str | Promise]:
    """Why somebody else decides on this offer: the lead, for each of these reasons. Two queries of an offer."""
    if isinstance(one.row, Offer) and not is_lead(user):
        return approval.why_lead(one.row)
    return []


def agree(kind: str, pk: int, *, by: User) -> Waiting:
    """Give the approval.

    NotFound: approval_unknown. Refused: already_decided (the sentence says by whom), and what the services raise.
    """
    one = matter(kind, pk, by)
    try:
        if one.kind is Kind.OFFER:
            offers.approve(offer_id=pk, by=by)
        else:
            steps.complete_step(step_id=pk, by=by)
    except Refused as error:
        raise _decided(kind, pk, by, error) from error
    return matter(kind, pk, by)


def agree_to_offers(ids: Iterable[int], *, by: User) -> list[tuple[Waiting, DomainError]]:
    """Approve these drafts, each by itself; answers those that stay, with why. What is not theirs is passed over."""
    stay = []
    for pk in ids:
        try:
            agree(Kind.OFFER, pk, by=by)
        except NotFound:
            continue
        except DomainError as error:
            stay.append((matter(Kind.OFFER, pk, by), error))
    return stay


def disagree(kind: str, pk: int, *, reason: str, by: User) -> Waiting:
    """Do not give it, in words: an offer's draft is withdrawn, a start stays to be decided and its preparer hears why.

    As `agree`; Invalid: reason_missing.
    """
    one = matter(kind, pk, by)
    try:
        if one.kind is Kind.OFFER:
            offers.refuse(offer_id=pk, reason=reason, by=by)
        else:
            steps.object_to_step(step_id=pk, reason=reason, by=by)
    except Refused as error:
        raise _decided(kind, pk, by, error) from error
    return matter(kind, pk, by)


def _decided(kind: str, pk: int, user: User, error: Refused) -> Refused:
    """The refusal in words that say who was first, where somebody was."""
    ending = matter(kind, pk, user).ending
    return Refused("already_decided", ending) if ending else error


def drafts_of_others(user: User) -> "QuerySet[Offer]":
    """The drafts that this person sees and did not make: some of them may be the person's to approve."""
    return queries.offers_for(user).filter(state=OfferState.DRAFT).exclude(made_by=user)


def _drafts(user: User) -> list[Offer]:
    if not is_hr(user):
        return []
    rows = drafts_of_others(user).order_by("start_on", "pk")[:MOST]
    return [row for row in rows if _decides(user, row)]


def _decides(user: User, row: Offer) -> bool:
    opening = row.application.opening
    return row.made_by_id != user.pk and recruits_for(user, opening) and sees_pay_of(user, opening)


def _approvals(user: User) -> "QuerySet[OnboardingStep]":
    rows = OnboardingStep.objects.visible_to(user).filter(kind=StepKind.APPROVAL)
    return rows.select_related(
        "case__application__candidate", "case__application__opening__department",
        "case__employee__onboarding_score", "done_by", "objected_by",
    )  # fmt: skip


def _to_decide(user: User) -> "QuerySet[OnboardingStep]":
    """Of these the first that stand open."""
    rows = _approvals(user).filter(
        state=StepState.READY,
        case__state__in=CaseState.running,
        case__application__stage=ApplicationStage.HIRED,
    )
    if not is_hr(user):
        # Few openings beside all the starts that run: each row knows its own.
        openings = Opening.objects.visible_to(user).values_list("pk", flat=True)
        rows = rows.filter(case__of_opening__in=list(openings))
    return rows.order_by("due_on", "pk")[:MOST]


def _steps(user: User) -> list[OnboardingStep]:
    return [row for row in _to_decide(user) if _is_theirs(user, row.owner_role)]


def _is_theirs(user: User, owner_role: str) -> bool:
    if is_lead(user) or (is_hr(user) and owner_role in user.roles):
        return True
    return owner_role == Role.MANAGER and user.is_manager


def _of_offer(row: Offer) -> Waiting:
    ending = faces.ending_of_offer(row)
    return Waiting(Kind.OFFER, row, row.application, row.start_on, row.made_at, ending)


def _of_step(row: OnboardingStep) -> Waiting:
    ending = faces.ending_of_start(row)
    return Waiting(Kind.START, row, row.case.application, row.case.planned_start, None, ending)
