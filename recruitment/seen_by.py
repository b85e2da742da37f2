"""Who looked at what of a candidate: the log of pages and files, and the one of recordings, read as one."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from core.history import looks
from core.history.models import Look, LookKind, Why
from recruitment.models import Application, FollowUp, Interview, RecordingAccess


@dataclass(frozen=True, slots=True)
class Seen:
    """Once that somebody looked."""

    at: datetime
    who: str
    what: str


def looks_at(candidate_id: int, *, limit: int | None = None) -> list[Seen]:
    """Who opened the candidate's page, applications, interviews and follow-ups, or heard a recording; the newest first.

    For the lead, and for what a person is told who asks for the own data. Five statements.
    """
    applications = list(Application.objects.filter(candidate=candidate_id).values_list("pk", flat=True))
    interviews = list(Interview.objects.filter(application__in=applications).values_list("pk", flat=True))
    records = {
        "recruitment.candidate": [candidate_id],
        "recruitment.application": applications,
        "recruitment.interview": interviews,
        "recruitment.followup": FollowUp.objects.filter(interview__in=interviews).values_list(
            "pk", flat=True
        ),
    }
    heard = RecordingAccess.objects.filter(recording__segment__answer__interview__in=interviews)
    found = [Seen(one.at, _name(one), _words(one)) for one in looks.of_records(records.items())[:limit]]
    found += [Seen(one.at, one.who, _("a recording")) for one in heard.order_by("-id")[:limit]]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


def _name(one: Look) -> str:
    person = one.by
    return str(person) if person is not None else _("account %(id)s") % {"id": one.by_id}


def _words(one: Look) -> str:
    said = f"{looks.title_of(one)} · {one.get_kind_display()}"
    why = one.facts.get("why") if one.kind == LookKind.CONTACT else None
    return f"{said} · {Why(why).label}" if why in Why.values else said
