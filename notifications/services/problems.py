"""What a problem report's present state requires to be said: that it waits, or what was answered."""

from core.events.models import Event
from messaging.kinds import family
from messaging.refs import ref
from messaging.services.deciding import Brief, Need
from notifications import audiences, facts
from notifications.enums import Audience
from notifications.kinds import problems as kinds
from notifications.services.scene import Scene
from recruitment.enums import ProblemState
from recruitment.models import Problem


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """A candidate's goes to the opening's specialist, a colleague's to the leads; the answer to whoever raised it."""
    found = (
        Problem.objects.select_related(
            "raised_by", "application__candidate", "application__opening__specialist",
            "application__opening__department",
        )
        .filter(pk=event.subject_id)
        .first()
    )  # fmt: skip
    if found is None:
        return None
    return Brief(
        topic=ref(found),
        needs=[one for one in _needs(found) if one.audience in side],
        kinds=family(kinds.FAMILY),
        audiences=side,
        origin=None,
        event=event,
    )


def _needs(found: Problem) -> list[Need]:
    context = {
        "number": str(found),
        "answer": found.answer,
        "raised_by": found.raised_by,
        "problem_url": facts.admin_url(f"recruitment/problem/{found.pk}/change/"),
        "own_url": facts.admin_url("problems/"),
    }
    if found.application is not None:
        context |= facts.of_application(found.application)
    key = f"problem:{found.pk}"
    if found.state == ProblemState.ANSWERED:
        to = found.application.candidate if found.application is not None else found.raised_by
        if to is None:
            return []
        audience = Audience.COLLEAGUE if found.application is None else Audience.CANDIDATE
        return [Need(kind=kinds.ANSWERED, audience=audience, to=to, key=key, context=context)]
    if found.application is not None:
        told = [(Audience.SPECIALIST, facts.specialist_of(found.application))]
    else:
        told = [(Audience.LEAD, lead) for lead in audiences.leads()]
    return [
        Need(kind=kinds.REPORTED, audience=audience, to=person, key=key, context=context)
        for audience, person in told
    ]
