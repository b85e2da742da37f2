"""The calendar file that goes with a message about a round of people: made as it is sent, from what stands then."""

from django.utils import translation
from django.utils.translation import gettext as _

from messaging.addressbook import DEFAULT_LANGUAGE
from messaging.kinds import Attachment
from messaging.models import Message
from recruitment.models import Interview, Round, Scorecard
from recruitment.rounds import entries

INTERVIEW = Interview._meta.label_lower
NAME = "interview.ics"


def of_round(message: Message) -> Attachment | None:
    """The entry as it is now, for the message's own reader; None of an interview that is no round of people.

    Whoever is not an interviewer any more gets its cancellation.
    """
    if message.origin_type != INTERVIEW:
        return None
    there = Round.objects.select_related(
        "interview__application__candidate", "interview__application__opening"
    )
    held = there.filter(interview=message.origin_id).first()
    person = message.recipient if held is not None else None
    if held is None or person is None:
        return None
    is_off = False
    if message.user_id is not None:
        is_off = not Scorecard.objects.filter(
            round=held, interviewer=message.user_id, is_called=True
        ).exists()
    application = held.interview.application
    with translation.override(message.language or DEFAULT_LANGUAGE):
        words = {"candidate": application.candidate, "opening": application.opening}
        title = (
            _("Interview: %(opening)s") % words
            if message.user_id is None
            else _("Interview with %(candidate)s: %(opening)s") % words
        )
    content = entries.invitation(held, title=title, attendee=person.addresses.get("email", ""), is_off=is_off)
    method = "CANCEL" if b"METHOD:CANCEL" in content else "REQUEST"
    return Attachment(NAME, f"text/calendar; method={method}; charset=utf-8", content)
