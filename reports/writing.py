"""The weekly letter on its way: to each lead and each manager whose openings look for somebody, once for each week."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from core.jobs.sets import each
from messaging.models import Message
from messaging.services import messages
from notifications import audiences
from notifications.enums import Audience
from notifications.kinds.reports import LETTER
from people.enums import Role
from people.models import User
from reports.letter import letter_of, openings_of, week_before

USEFUL_FOR = timedelta(days=3)


def write_letters() -> int:
    """Queue last week's letter for everybody who has not got it; safe to run twice. Returns how many are new.

    Whoever is both lead and manager gets the lead's. What is wrong with one letter stays with it.
    """
    today = timezone.localdate()
    first, _last = week_before(today)
    leads = {person.pk: person for person in audiences.leads()}
    managers = {
        person.pk: person for person in User.objects.with_role(Role.MANAGER) if person.pk not in leads
    }
    readers = {**managers, **leads}
    keys = {
        pk: f"{LETTER}:{Audience.LEAD if pk in leads else Audience.MANAGER}:{first}:user-{pk}"
        for pk in readers
    }
    written = set(Message.objects.filter(idem_key__in=list(keys.values())).values_list("idem_key", flat=True))
    waiting = [pk for pk in sorted(readers) if keys[pk] not in written]
    return each(
        waiting,
        lambda pk: _write(readers[pk], Audience.LEAD if pk in leads else Audience.MANAGER, keys[pk], today),
        what="the weekly letter to account",
    )


def _write(person: User, audience: Audience, key: str, today: date) -> int:
    if audience == Audience.MANAGER and not openings_of(person).exists():
        return 0
    letter = letter_of(person, today)
    with transaction.atomic():
        message = messages.queue(
            kind=LETTER,
            audience=audience,
            recipient=person,
            context={
                "person": person,
                "week_first": letter.first,
                "week_last": letter.last,
                "is_quiet": letter.is_quiet,
                "changes": letter.changes,
                "risks": letter.risks,
                "tasks": letter.tasks,
            },
            idem_key=key,
            expires_at=timezone.now() + USEFUL_FOR,
        )
    return int(message is not None)
