"""How long recruitment keeps what is of use to nobody any more.

What candidates said, and what vendors reported of them, stays as long as their record does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.jobs.models import KeepRule
from core.jobs.retention import MOST_COUNTED, Keep, Told
from core.persons import Records
from recruitment.models import (
    BusyTime,
    Candidate,
    HandoverCode,
    PersonRequest,
    PublicApplication,
    ReceivedMail,
    RoomLink,
    RoomSession,
    Segment,
)
from recruitment.models.privacy import RequestState
from recruitment.privacy.services import expiring


def _all_that_opens_with(links: list[int]) -> None:
    HandoverCode.objects.filter(link__in=links)._raw_delete("default")
    RoomSession.objects.filter(link__in=links)._raw_delete("default")


def _what_they_brought_stays(mails: list[int]) -> None:
    PublicApplication.objects.filter(mail__in=mails).update(mail=None)


@dataclass(frozen=True, slots=True)
class KeepPeople(Keep):
    """Records of people who were not hired: erased as a whole by `erasing`, since no row of theirs goes alone."""

    def due(self, moment: datetime, rule: KeepRule | None) -> int:
        """How many records will be over by then, counted up to MOST_COUNTED."""
        if rule is None or rule.days is None:
            return 0
        return expiring.over(moment - timedelta(days=rule.shortest(self.days)))[: MOST_COUNTED + 1].count()

    def forget(self, now: datetime, held: Records | None = None, rule: KeepRule | None = None) -> int:
        """Decide on those that are over; how many. Whom the law or a dispute keeps, `expiring` leaves out."""
        if rule is None or rule.days is None:
            return 0
        return expiring.decide(
            now, shortest=rule.shortest(self.days), days_of=lambda since: rule.days_of(since, self.days)
        )


KEPT = [
    KeepPeople(
        Candidate,
        since="created_at",
        days=730,
        may_go={},
        title=_("Candidates who were not hired: résumés, answers, scores and enquiries"),
        why=_(
            "For the application and a later one, counted from the end of the last application; at the person's word "
            "within 15 days, or by the lead (Personal Information Protection Law, article 47)."
        ),
        bounds=(180, 3660),
        until=_("until they are erased, as no period was chosen"),
    ),
    # Which link was given when, and until when it was good: a year and a month after its end, as what receivers did.
    Keep(
        RoomLink,
        since="expires_at",
        days=400,
        may_go={},
        first=_all_that_opens_with,
        why=_("Which link was given when, as long as what receivers did."),
        bounds=(30, 1100),
    ),
    # A mailbox that is numbered anew is read 300 days back: until then it is known which mails were read.
    Keep(
        ReceivedMail,
        since="read_at",
        days=400,
        may_go={},
        first=_what_they_brought_stays,
        why=_("What became of every mail, and that none is read twice."),
        bounds=(365, 1100),
    ),
]


def _recordings(moment: datetime) -> int:
    """Recordings that end by then."""
    rows = Segment.objects.order_by().filter(deleted_at__isnull=True, deletion_due__lte=moment)
    return rows[:10_001].count()


def _busy_times(moment: datetime) -> int:
    """Those that will lie behind by then."""
    return BusyTime.objects.order_by().filter(slot__endswith__lte=moment)[:10_001].count()


def _copies(moment: datetime) -> int:
    return PersonRequest.objects.filter(state=RequestState.READY, ends_at__lte=moment).count()


TOLD = [
    Told(
        _("Recordings"),
        lambda: gettext("days of the opening, counted from each recording"),
        _(
            "As the candidate agreed when entering; a later change of the opening does not touch what is recorded."
        ),
        _recordings,
    ),
    Told(
        _("Figures of faces"),
        lambda: gettext("with the recording that they were counted in"),
        _("At once when the candidate takes the consent back."),
    ),
    Told(
        _("Incoming applications"),
        lambda: gettext("with the candidate's record"),
        _("What was typed and agreed to, as evidence of the consent."),
    ),
    Told(
        _("Copies of the own data"),
        lambda: gettext("7 days"),
        _("Long enough to fetch it; it can be asked for again."),
        _copies,
    ),
    Told(
        _("Busy times from colleagues' own calendars"),
        lambda: gettext("until the day after"),
        _("From when until when alone; they go with the address, too, and with the account."),
        _busy_times,
    ),
    Told(
        _("Files of hired people"),
        lambda: gettext("the contract's time and at least two years"),
        _("Labour Contract Law, article 50."),
    ),
    Told(
        _("Backups"),
        lambda: gettext("7 days, 5 weeks, 12 months: the newest of each"),
        _("To bring the house back; who was erased meanwhile is erased again."),
    ),
]
