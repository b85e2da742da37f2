"""What is said of many rows on which somebody took a step in one go: one message for each colleague concerned."""

from typing import Any

from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import seen
from core.many.models import ManyRow, ManyRun, RowState
from messaging import kinds
from messaging.enums import MessageState
from messaging.kinds import MessageKind, Placeholder
from messaging.models import Message
from notifications import audiences
from notifications.enums import Audience
from notifications.rendering import render
from recruitment.models import Application, FollowUp, Interview, Offer

# Beyond these it is only said how many more there are.
MOST_NAMED = 30
# From a row of a run to its application.
_WAYS: dict[type[Model], str] = {
    Application: "",
    Interview: "application__",
    Offer: "application__",
    FollowUp: "interview__application__",
}
_NAMED = {model._meta.label_lower: (model, way) for model, way in _WAYS.items()}


def _parts(message: Message) -> list[Message]:
    """What became part of it, and is true."""
    rows = Message.objects.filter(coalesced_into=message.pk, state=MessageState.COALESCED).order_by("pk")
    return [row for row in rows.defer("body") if kinds.kind(row.kind).holds(row)]


def _named(message: Message) -> list[str]:
    """For the specialist: whom of the own openings it was done to, as far as it stands as the run left it."""
    run = None if message.topic_id is None else ManyRun.objects.filter(pk=message.topic_id).first()
    if run is None or message.audience != Audience.SPECIALIST or run.model not in _NAMED:
        return []
    done = dict(ManyRow.objects.filter(run=run, state=RowState.DONE).values_list("row_id", "after"))
    model, way = _NAMED[run.model]
    rows: Any = seen.without_bytes(model._base_manager.filter(pk__in=done)).order_by("pk")
    found = []
    for row in rows.select_related(f"{way}candidate", f"{way}opening__specialist"):
        application = row
        for name in filter(None, way.split("__")):
            application = getattr(application, name)
        responsible = audiences.specialist(application.opening)
        if responsible and responsible.pk == message.user_id and seen.version_of(row) == done[row.pk]:
            found.append(f"{application.candidate} · {application.opening}")
    return found


def _stands(message: Message) -> bool:
    return bool(_parts(message) or _named(message))


def _lines(message: Message) -> str:
    """How many and whom, made when it goes out: what was taken back until then is not in it."""
    with translation.override(message.language):
        named = _named(message)
        by_kind: dict[str, list[str]] = {}
        for part in _parts(message):
            by_kind.setdefault(part.kind, []).append(part.subject)
        said = ngettext("%(n)s candidate", "%(n)s candidates", len(named)) % {"n": len(named)}
        blocks = [block(said, named)] if named else []
        for kind, subjects in by_kind.items():
            title = _("%(what)s: %(n)s") % {"what": kinds.kind(kind).title, "n": len(subjects)}
            blocks.append(block(title, [] if named else subjects))
        return "\n\n".join(blocks)


def block(title: str, lines: list[str]) -> str:
    """A title with its lines below it; of many the first ones."""
    more = len(lines) - MOST_NAMED
    left = [ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more}] if more > 0 else []
    return "\n".join([title, *(f"- {one}" for one in [*lines[:MOST_NAMED], *left])])


MANY = MessageKind(
    code="many",
    title=gettext_lazy("Done for many in one go"),
    audiences=tuple(
        one for one in Audience if one not in (Audience.CANDIDATE, Audience.INTERVIEWER, Audience.COLLEAGUE)
    ),
    words=render,
    holds=_stands,
    family=None,
    names_others=True,
)
MANY_NAMED = Placeholder(
    mark="{many_named}",
    shown=lambda: _("[How many and whom is filled in when this goes out.]"),
    fill=_lines,
    is_kept=True,
)

KINDS = (MANY,)
