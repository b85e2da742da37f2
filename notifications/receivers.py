"""Who is told when something happens. Each brings the messages to what the subject's present state requires."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.utils.translation import gettext_lazy as _

from core.events import titled
from core.events.models import Event
from notifications.audiences import CANDIDATE, STAFF
from notifications.models import WaitBeforeTelling, Wording
from notifications.services import approvals, telling, waits, wordings


@titled(_("Message to the candidate"))
def tell_candidate(event: Event) -> None:
    """The candidate's messages about the event's subject."""
    telling.tell(event, CANDIDATE)


@titled(_("Messages to colleagues"))
def tell_staff(event: Event) -> None:
    """The messages to specialists, manager and lead about the event's subject."""
    telling.tell(event, STAFF)


@titled(_("Interview guide"))
def align_guide(event: Event) -> None:
    """The guide for the interview's present window."""
    telling.guide(event)


@titled(_("Approval of an offer"))
def ask_about_offer(event: Event) -> None:
    """Who is asked to approve the offer, in WeCom or by a card."""
    approvals.align_offer(event.subject_id, event)


@titled(_("Approval of a start"))
def ask_about_case(event: Event) -> None:
    """Who is asked to approve the start that the case prepares."""
    approvals.align_case(event.subject_id, event)


@titled(_("Approval of a start"))
def ask_about_application(event: Event) -> None:
    """The same of the application's case."""
    approvals.align_application(event.subject_id, event)


def seed_waits(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After every migration: a waiting time for each kind of notice that has none."""
    if (
        using == DEFAULT_DB_ALIAS
        and WaitBeforeTelling._meta.db_table in connection.introspection.table_names()
    ):
        waits.ensure_rows()


def seed_wordings(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After every migration: a row for each text that the product comes with."""
    if using == DEFAULT_DB_ALIAS and Wording._meta.db_table in connection.introspection.table_names():
        wordings.ensure_rows()
