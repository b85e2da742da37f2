"""What closed accounts still answer for, and who acts for them until somebody takes it over."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from people.enums import Role
from people.models import Department, User
from recruitment.enums import OpeningState
from recruitment.models import Opening
from recruitment.services import leavers

MOST = 8


@dataclass(frozen=True, slots=True)
class Left:
    """One thing to hand over: what, whose it was, who acts now (empty for nobody), and where it is changed."""

    what: str
    whose: str
    acting: str
    link: str


def to_hand_over(request: HttpRequest) -> list[Left]:
    """Open openings whose specialist left, departments whose manager left, and follow-ups that nobody could take.

    One query where nobody left anything behind, five at most.
    """
    theirs = Opening.objects.visible_to(request.user).filter(
        state=OpeningState.OPEN, specialist__is_active=False
    )
    headless = Department.objects.filter(manager__is_active=False)
    if not _any_of(theirs, headless, leavers.of_leavers()):
        return []
    openings = theirs.select_related("specialist").order_by("pk")[:MOST]
    acting = _acting() if openings else ""
    found = [
        Left(
            str(opening),
            str(opening.specialist),
            acting,
            reverse("admin:recruitment_opening_change", args=[opening.pk]),
        )
        for opening in openings
    ]
    led = headless.select_related("manager").order_by("path")[:MOST]
    found += [
        Left(
            _("%(department)s, manager") % {"department": department},
            str(department.manager),
            _("the nearest manager above"),
            reverse("admin:people_department_change", args=[department.pk]),
        )
        for department in led
    ]
    waiting = leavers.of_leavers().aggregate(last=Max("pk"))["last"]
    if waiting is not None:
        link = reverse("admin:recruitment_followup_changelist")
        found.append(Left(_("Follow-ups that nobody could take over"), "", "", link))
    return found


def _any_of(*kinds: QuerySet[Any]) -> bool:
    """Whether any of these has a row. One query."""
    first, *others = (rows.order_by().values("pk")[:1] for rows in kinds)
    return first.union(*others, all=True).exists()


def _acting() -> str:
    """Whoever acts for every recruiting specialist who left: the longest-serving one who is there, else a lead."""
    for role in (Role.RECRUITING, Role.LEAD):
        if (person := User.objects.with_role(role).first()) is not None:
            return str(person)
    return ""
