"""A hire's identity document and home address: given on the own page, or entered by a colleague."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from onboarding import signals
from onboarding.documents import address_of, number_of
from onboarding.enums import CaseState
from onboarding.models import EmployeeIdentity, OnboardingCase
from onboarding.services import locking
from people.actors import Actor, Party, actor_label, actor_user, require_right
from people.models import Employee
from people.rights import Right
from recruitment.enums import ApplicationStage


@dataclass(frozen=True, slots=True)
class Given:
    """What stands now, and the files of other people in which the same number stands."""

    identity: EmployeeIdentity
    same_as: list[Employee]


def give(*, case_id: int, kind: str, number: str, address: str, by: Actor) -> Given:
    """Keep identity document and address of a case's person, in the place of what stood before.

    The person gives them once the offer was accepted, until the start; a colleague with the right later, too. A number
    that stands in somebody else's file is taken, since one of the two may be a slip, and named to colleagues.
    Effects in order: the row, `identity_given`. Given once more without a change: nothing.
    Raises Forbidden("not_permitted"), NotFound("case_unknown"), Refused: not_hired, case_over, started_already;
    Invalid as `documents.number_of` and `documents.address_of` say.
    """
    is_person = by is Party.CANDIDATE
    if not is_person:
        require_right(by, Right.IDENTITY)
    with transaction.atomic():
        case = locking.case(case_id)
        _require_open(case, is_person=is_person)
        number, address = number_of(kind, number), address_of(address)
        row = EmployeeIdentity.objects.filter(employee=case.employee_id).first()
        others = sharing(employee_id=case.employee_id, number=number)
        if row is not None and (row.kind, row.number, row.address) == (kind, number, address):
            return Given(row, others)
        row = row or EmployeeIdentity(employee=case.employee)
        row.kind, row.number, row.address = kind, number, address
        row.given_at, row.given_by = timezone.now(), actor_user(by)
        row.save()
        facts = {"kind": kind, "by_person": is_person, "same_as": [other.pk for other in others]}
        signals.identity_given.emit(subject=case, facts=facts, by=actor_label(by))
        return Given(row, others)


def sharing(*, employee_id: int, number: str) -> list[Employee]:
    """The files of other people in which this number stands. One query, by its mark."""
    same = EmployeeIdentity.objects.filter(number=number).exclude(pk=employee_id)
    return [row.employee for row in same.select_related("employee").order_by("pk")]


def _require_open(case: OnboardingCase, *, is_person: bool) -> None:
    if case.state == CaseState.CANCELLED:
        raise Refused("case_over", _("The onboarding was cancelled."), state=case.state)
    if not is_person:
        return
    if case.application.stage != ApplicationStage.HIRED:
        raise Refused("not_hired", _("This is asked once you have accepted the offer."))
    if not case.is_running:
        raise Refused("started_already", _("You have started already: please tell HR what has changed."))
