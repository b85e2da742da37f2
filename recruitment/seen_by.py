"""Who looked at what of a candidate: the log of pages and files, and the one of recordings, read as one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from core.history import looks
from core.history.models import Look, LookKind, Why
from core.persons import Records
from messaging.models import Message
from recruitment.models import (
    Application,
    Assessment,
    Candidate,
    FollowUp,
    Interview,
    Offer,
    PublicApplication,
    RecordingAccess,
    Resume,
    ResumeAccess,
    Transcript,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Once that somebody looked."""

    at: datetime
    who: str
    what: str


More = Callable[[Records], Records]
_more: list[More] = []


def register(more: More) -> None:
    """Read these rows of a higher floor, too, by those that recruiting knows of a candidate. Once for each."""
    if more not in _more:
        _more.append(more)


def looks_at(candidate_id: int, *, limit: int | None = None, records: Records | None = None) -> list[Seen]:
    """Who opened the candidate's page, applications, interviews, transcripts, follow-ups, offers, what came over a
    public page and what was sent to them, or read one of these by the API, opened a résumé or heard a recording; the
    newest first.

    For the lead, twelve statements and those of what is `register`ed; and for what a person is told who asks for the
    own data: there `records` names every row that hangs on the person, of merged entries and higher floors too.
    """
    found = records if records is not None else _records(candidate_id)
    heard = RecordingAccess.objects.filter(
        recording__segment__answer__interview__in=found.get(Interview._meta.label_lower, ())
    )
    opened = ResumeAccess.objects.filter(resume__in=found.get(Resume._meta.label_lower, ()))
    seen = [
        Seen(one.at, looks.viewer_of(one), _words(one)) for one in looks.of_records(found.items())[:limit]
    ]
    seen += [Seen(one.at, one.who, _("a recording")) for one in heard.order_by("-id")[:limit]]
    seen += [
        Seen(one.at, one.who, _("a résumé, its file taken along") if one.fetched else _("a résumé"))
        for one in opened.order_by("-id")[:limit]
    ]
    return sorted(seen, key=lambda one: one.at, reverse=True)[:limit]


def _records(candidate_id: int) -> Records:
    """What recruits for this candidate has pages of, and what they were sent."""
    applications = list(Application.objects.filter(candidate=candidate_id).values_list("pk", flat=True))
    interviews = list(Interview.objects.filter(application__in=applications).values_list("pk", flat=True))
    whom = {"addressee_type": Candidate._meta.label_lower, "addressee_id": candidate_id}
    hanging: dict[type[Model], dict[str, Any]] = {
        Assessment: {"interview__in": interviews},
        FollowUp: {"interview__in": interviews},
        Offer: {"application__in": applications},
        PublicApplication: {"application__in": applications},
        Resume: {"candidate": candidate_id},
        Transcript: {"recording__segment__answer__interview__in": interviews},
        Message: whom,
    }
    found = {
        Candidate._meta.label_lower: [candidate_id],
        Application._meta.label_lower: applications,
        Interview._meta.label_lower: interviews,
    } | {
        model._meta.label_lower: list(model._default_manager.filter(**asked).values_list("pk", flat=True))
        for model, asked in hanging.items()
    }
    for more in _more:
        found |= more(found)
    return found


def _words(one: Look) -> str:
    said = f"{looks.title_of(one)} · {one.facts.get('format') or one.get_kind_display()}"
    why = one.facts.get("why") if one.kind in LookKind.in_full else None
    return f"{said} · {Why(why).label}" if why in Why.values else said
