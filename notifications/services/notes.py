"""Whom a note about a candidate names, and who has not seen it yet."""

from core.events.models import Event
from messaging.kinds import family
from messaging.refs import ref
from messaging.services.deciding import Brief, Need
from notifications import facts
from notifications.enums import Audience
from notifications.kinds import notes as kinds
from notifications.services.scene import Scene
from recruitment.models import CandidateNote


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """A message to each colleague whom the note names and who has not seen it: who wrote about whom, and where."""
    if Audience.COLLEAGUE not in side:
        return None
    found = (
        CandidateNote.objects.select_related("candidate", "written_by").filter(pk=event.subject_id).first()
    )
    if found is None:
        return None
    context = {
        "candidate": found.candidate,
        "writer": found.written_by,
        "note_url": facts.admin_url(f"recruitment/candidate/{found.candidate_id}/change/#panel-notes"),
    }
    unseen = found.mentions.filter(seen_at=None).select_related("person").order_by("pk")
    return Brief(
        topic=ref(found),
        needs=[
            Need(
                kind=kinds.NAMED,
                audience=Audience.COLLEAGUE,
                to=one.person,
                key=f"note:{found.pk}",
                context=context,
            )
            for one in unseen
        ],
        kinds=family(kinds.FAMILY),
        audiences=side,
        origin=None,
        event=event,
    )
