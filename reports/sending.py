"""Kept views on their way to those who may read them: the link, once for each day on which a view is due."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.errors import DomainError
from core.jobs.sets import each
from messaging.refs import ref
from messaging.services import messages
from messaging.services.deciding import Need
from notifications.enums import Audience
from notifications.kinds.reports import VIEW
from people.models import User
from people.rules import is_hr
from reports.asking import asked_for, report_named
from reports.models import Rhythm, SavedView
from reports.saved import due_on, parameters_of

USEFUL_FOR = timedelta(days=3)


def send_due() -> int:
    """Queue the message of every view that is due, to each who may read it; safe to run twice. Returns how many are
    new. What whoever keeps it cannot count any more, that person is told with the reason.

    A view that was kept on the day itself or later is due the next time.
    """
    today = timezone.localdate()
    sent = SavedView.objects.exclude(rhythm=Rhythm.NEVER).order_by("pk")
    due = [view.pk for view in sent if _is_due(view, today)]
    return each(due, lambda pk: _send(pk, today), what="the kept view")


def _is_due(view: SavedView, today: date) -> bool:
    day = due_on(view.rhythm, today)
    return day is not None and timezone.localdate(view.saved_at) < day


def readers_of(view: SavedView, today: date) -> tuple[list[User], list[User]]:
    """Of whoever keeps it and those it is shared with, those who may ask what it asks; and those who may not."""
    people = list(
        User.objects.filter(
            Q(pk=view.owner_id) | Q(roles__overlap=list(view.shared_with)), is_active=True
        ).order_by("pk")
    )
    readers = [person for person in people if not _why_not(view, person, today)]
    return readers, [person for person in people if person not in readers]


def _why_not(view: SavedView, person: User, today: date) -> str:
    """Why this person cannot read what the view asks; nothing for whoever can."""
    if not is_hr(person):
        return _("Only HR staff may do this.")
    with override(person.language):
        try:
            report = report_named(view.report, view.filters.get("version", ""))
            asked_for(report, parameters_of(view, report, today), person)
        except DomainError as error:
            return str(error.message)
    return ""


def _send(view_id: int, today: date) -> int:
    with transaction.atomic():
        view = SavedView.objects.select_for_update(of=("self",)).filter(pk=view_id).first()
        if view is None or not _is_due(view, today):
            return 0
        day = due_on(view.rhythm, today)
        address = f"{settings.BASE_URL}{reverse('report-view', args=[view.pk])}"
        readers, others = readers_of(view, today)
        # Whose own view cannot be counted any more hears why, and is not left waiting for it.
        told = readers + [one for one in others if one.pk == view.owner_id and is_hr(one)]
        needs = [
            Need(
                kind=VIEW,
                audience=Audience.COLLEAGUE,
                to=person,
                key=f"{VIEW}:{view.pk}:{day}:user-{person.pk}",
                context={
                    "person": person,
                    "view": view.name,
                    "report_url": address,
                    "xlsx_url": f"{address}xlsx/",
                    "pdf_url": f"{address}pdf/",
                    # Whoever keeps it hears who is not sent it any more.
                    "left_out": [str(one) for one in others if one != person]
                    if person.pk == view.owner_id
                    else [],
                    "refused": "" if person in readers else _why_not(view, person, today),
                    "reports_url": f"{settings.BASE_URL}{reverse('reports')}#views",
                },
                expires_at=timezone.now() + USEFUL_FOR,
                whole_key=True,
            )
            for person in told
        ]
        return len(messages.queue_all(needs, topic=ref(view), origin=None))
