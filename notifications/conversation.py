"""What is answered to a candidate who writes in WeChat: how it stands, in the words of their own page, or that a person
will call."""

import re
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.joining import joined
from core.language import is_english
from messaging.addressbook import DEFAULT_LANGUAGE
from messaging.conversations.answering import Reply, Speaker
from messaging.refs import Ref
from people.colleagues import whom_to_turn_to
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Candidate, Interview
from recruitment.room.status import Status, status_of
from recruitment.services import follow_ups, notes

CANDIDATE = Candidate._meta.label_lower
HOW_IT_STANDS = re.compile(r"进度|进展|状态|查询|结果|到哪|status|progress|result", re.IGNORECASE)
A_PERSON = re.compile(r"人工|真人|客服|找人|\bhuman\b|\bperson\b|\bagent\b", re.IGNORECASE)


def greet(whom: Ref | None) -> str:
    """To somebody who comes, in their language where it is known; nobody is told anything about anybody here."""
    candidate = _candidate(whom) if whom is not None else None
    with translation.override(candidate.language if candidate else DEFAULT_LANGUAGE):
        if candidate is None:
            return _(
                "Hello! We cannot see yet who you are. Please open the link that we sent you, and come by “Ask in"
                " WeChat” on your page, or by the WeChat link in our e-mail."
            )
        return _("Hello %(name)s! Write “progress” to read how it stands, “person” to be called by us.") % {
            "name": candidate.name
        }


def answer(whom: Ref, text: str) -> Reply:
    """How it stands at once, which counts as an enquiry; anything else is for a person, who calls within a day."""
    candidate = _candidate(whom)
    if candidate is None:
        return Reply(text=greet(None))
    with translation.override(candidate.language):
        if HOW_IT_STANDS.search(text) and not A_PERSON.search(text):
            return Reply(text=how_it_stands(candidate))
        return _to_a_person(candidate, text)


def how_it_stands(candidate: Candidate) -> str:
    """Of each application that goes on, else of the last one, what its page says."""
    rows = list(_applications(candidate))
    going_on = [row for row in rows if row.stage not in ApplicationStage.ended] or rows[:1]
    for row in going_on:
        notes.enquired(row)
    told = [_of(row) for row in going_on]
    return "\n\n".join(told) if told else _("We have no application of yours. Please call or write to us.")


def _applications(candidate: Candidate) -> Any:
    rows = Application.objects.filter(candidate=candidate).select_related("opening__specialist")
    return rows.order_by("-pk")


def _of(application: Application) -> str:
    interview = Interview.objects.filter(application=application).order_by("-pk").first()
    if interview is None:
        received = _("We have received your application and are looking at it. You will hear from us.")
        return f"{_heading(application)}\n{received}"
    return f"{_heading(application)}\n{in_words(status_of(interview.pk))}"


def _heading(application: Application) -> str:
    return f"{application.opening}:" if is_english() else f"【{application.opening}】"


def in_words(status: Status) -> str:
    """The page's own sentences, one below the other."""
    kept = _("What is kept: %(stages)s") % {"stages": joined(status.kept)} if status.kept else ""
    contact = " ".join(part for part in (status.specialist["name"], status.specialist["phone"]) if part)
    lines = [
        status.heading,
        status.sentence,
        kept or status.kept_words,
        status.next_words,
        status.next_line,
        status.do_words,
        _("Your contact: %(contact)s") % {"contact": contact},
    ]
    return "\n".join(str(line) for line in lines if line)


def _to_a_person(candidate: Candidate, text: str) -> Reply:
    """Noted for whoever calls; who asks for a person is handed over at once as well."""
    rows = [row for row in _applications(candidate) if row.stage not in ApplicationStage.ended]
    interview = Interview.objects.filter(application__in=rows).order_by("-pk").first()
    if interview is None:
        return Reply(text=_("Please call or write to your contact; we cannot note it here."), hand_over=True)
    words = text.strip()[: follow_ups.LONGEST_NOTE] or "-"
    follow_up = follow_ups.ask(interview_id=interview.pk, note=words)
    specialist = whom_to_turn_to(follow_up.assignee)
    asks_for_one = bool(A_PERSON.search(text))
    # Nothing is answered by itself once a colleague has the conversation.
    said = (
        _(
            "%(name)s has been told and will call you within 24 hours. Your page, by the link that we sent you,"
            " says how it stands."
        )
        if asks_for_one
        else _(
            "%(name)s has been told and will call you within 24 hours. Write “progress” to read how it stands."
        )
    )
    return Reply(
        text=said % {"name": specialist.name or str(specialist)},
        hand_over=asks_for_one,
        colleague=specialist.wecom_userid,
    )


def _candidate(whom: Ref) -> Candidate | None:
    return Candidate.objects.filter(pk=whom.id, erased_at=None).first() if whom.type == CANDIDATE else None


SPEAKER = Speaker(greet=greet, answer=answer)
