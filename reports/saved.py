"""Views of reports that somebody keeps: the question under a name. Whoever opens one is answered by the own rights."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.errors import Forbidden, Invalid, NotFound, Refused
from core.text import one_line
from messaging.refs import ref
from messaging.services import messages
from notifications.kinds.reports import VIEW
from people.enums import HR_ROLES, Role
from people.models import User
from people.rules import is_hr, is_lead
from reports.asking import PARAMETERS, asked_for, report_named
from reports.models import Rhythm, SavedView

if TYPE_CHECKING:
    from reports.registry import Report

MOST_VIEWS, LONGEST_NAME = 50, 80
# The files of a view, by the end of their address.
FILES = {"xlsx": "report-workbook", "pdf": "report-pdf"}
# Those who read what HR knows: the reports are their pages.
SHARED_WITH = tuple(role for role in Role if role in HR_ROLES)


def views_of(user: User) -> "QuerySet[SavedView]":
    """The views that this person may open: the own, and those shared with a role that the person has; the lead's are
    all that are shared, since somebody has to clear up."""
    shared = ~Q(shared_with=[]) if is_lead(user) else Q(shared_with__overlap=list(user.roles))
    return SavedView.objects.filter(Q(owner=user) | shared).select_related("owner").order_by("name", "pk")


def keep(
    *,
    name: str,
    report: str,
    filters: Mapping[str, str],
    by: User,
    moves: bool = False,
    shared_with: Collection[str] = (),
    rhythm: str = Rhythm.NEVER,
) -> SavedView:
    """Keep what was asked of a report under a name; one's own view of that name becomes this one.

    Forbidden: not_permitted (no HR colleague). Invalid: view_name_empty, view_name_too_long, view_roles_invalid,
    view_rhythm_invalid, and NotFound, Invalid as `asked_for` says. Refused: too_many_views.
    """
    if not is_hr(by):
        raise Forbidden("not_permitted", _("Only HR staff may do this."))
    name = one_line(name)
    if not name:
        raise Invalid("view_name_empty", _("Give the view a name."))
    if len(name) > LONGEST_NAME:
        raise Invalid(
            "view_name_too_long", _("A name has at most %(most)s characters.") % {"most": LONGEST_NAME}
        )
    if not set(shared_with) <= HR_ROLES:
        raise Invalid("view_roles_invalid", _("A view is shared with roles of HR."))
    if rhythm not in Rhythm.values:
        raise Invalid("view_rhythm_invalid", _("A view is sent weekly, monthly or not at all."))
    wanted = report_named(report, filters.get("version", ""))
    given = {key: filters[key] for key in PARAMETERS if filters.get(key)}
    asked = asked_for(wanted, given, by)
    if not moves:
        given |= {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        mine = SavedView.objects.filter(owner=by)
        found = mine.filter(name=name).first() or SavedView(owner=by, name=name)
        if found._state.adding and mine.count() >= MOST_VIEWS:
            raise Refused(
                "too_many_views",
                _("You keep %(most)s views already. Delete one that nobody needs.") % {"most": MOST_VIEWS},
            )
        found.report, found.filters, found.moves = report, given, moves
        found.shared_with, found.rhythm = sorted(set(shared_with)), rhythm
        found.save()
        _call_off(found)
    return found


def drop(*, view_id: int, by: User) -> None:
    """Delete one's own view, as the lead also a shared one; what waits to be sent of it is called off.

    NotFound: view_unknown. Forbidden: not_permitted.
    """
    with transaction.atomic():
        found = SavedView.objects.select_for_update(of=("self",)).filter(pk=view_id).first()
        if found is None or not views_of(by).filter(pk=view_id).exists():
            raise NotFound("view_unknown", _("There is no such view."))
        if not may_drop(found, by):
            raise Forbidden("not_permitted", _("Only whoever keeps the view, or the HR lead, may delete it."))
        _call_off(found)
        found.delete()


def may_drop(view: SavedView, user: User) -> bool:
    """Whether this person may delete the view, as far as the person may see it at all."""
    return view.owner_id == user.pk or is_lead(user)


def parameters_of(view: SavedView, report: "Report", today: date) -> dict[str, str]:
    """What the view asks of its report on this day: as many days as were kept, up to today, where they go along.

    A report that looks ahead then begins anew with the month, as it does without dates.
    """
    # In the order of every address: the database keeps another.
    given: dict[str, str] = {key: view.filters[key] for key in PARAMETERS if key in view.filters}
    if not view.moves:
        return given
    first, last = given.pop("from", ""), given.pop("to", "")
    # As of the day on which it is opened: as it stands then.
    given.pop("as_of", None)
    if report.looks_ahead or not first:
        return given
    ended = date.fromisoformat(last) if last else timezone.localdate(view.saved_at)
    return given | {
        "from": (today - (ended - date.fromisoformat(first))).isoformat(),
        "to": today.isoformat(),
    }


def address_of(view: SavedView, today: date, place: str = "report") -> str:
    """The report's page as the view asks for it, or one of its files (`FILES`).

    NotFound `report_unknown` where there is no such report any more.
    """
    query = urlencode(parameters_of(view, report_named(view.report), today))
    return reverse(place, args=[view.report]) + (f"?{query}" if query else "")


def opened(view_id: int, user: User) -> SavedView:
    """The view, of whoever may open it. NotFound: view_unknown."""
    found = views_of(user).filter(pk=view_id).first()
    if found is None:
        raise NotFound("view_unknown", _("There is no such view."))
    return found


def due_on(rhythm: str, today: date) -> date | None:
    """The latest day on which such a view was due, today included; None for one that is not sent."""
    if rhythm == Rhythm.WEEKLY:
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if rhythm == Rhythm.MONTHLY else None


def _call_off(view: SavedView) -> None:
    messages.cancel(topic=ref(view), kinds=[VIEW.code], audiences=VIEW.audiences, reason="overtaken")
