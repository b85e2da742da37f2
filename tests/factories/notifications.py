"""Messages for tests: a house with everybody who is told, one message, and a channel that answers as a test says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from messaging import kinds
from messaging.channels import Outcome, Outgoing
from messaging.models import Message
from messaging.refs import ref
from messaging.services import messages
from notifications import facts
from notifications.enums import Audience
from people.models import User
from recruitment.models import Candidate, Interview
from tests.factories import people, recruitment

Row = tuple[str, str, str]
ACCEPTED = Outcome(state="accepted", provider_id="1")


def house(state: str = "in_progress", *, stage: str = "", **fields: Any) -> Interview:
    """An interview whose candidate, specialist, manager, onboarding and training specialists and lead all exist."""
    department = people.department()
    people.manager(of=department)
    people.onboarder()
    people.trainer()
    people.lead()
    opening = recruitment.opening(of=department, skills={"excel": 3}, title="数据分析师")
    stage = stage or {"scheduled": "screening", "completed": "evaluating"}.get(state, "interviewing")
    application = recruitment.application(of=opening, stage=stage)
    return recruitment.interview(application, state=state, **fields)


def told(interview: Interview) -> list[Row]:
    """Every message about the interview as (audience, kind, state), sorted."""
    rows = Message.objects.belonging_to(interview).values_list("audience", "kind", "state")
    return sorted(rows)


def message(
    to: User | Candidate | None = None, kind: str | None = None, key: str = "one", **fields: Any
) -> Message:
    """A planned message about an interview: "completed" to its candidate, "cancelled" to a colleague."""
    interview = fields.pop("interview", None) or house("completed")
    person = to or interview.application.candidate
    is_candidate = isinstance(person, Candidate)
    made = messages.queue(
        kind=kinds.kind(kind or ("completed" if is_candidate else "cancelled")),
        audience=fields.pop("audience", Audience.CANDIDATE if is_candidate else Audience.SPECIALIST),
        recipient=person,
        context={**facts.of_interview(interview), "withdrawn": False, **fields.pop("context", {})},
        idem_key=key,
        origin=ref(interview),
        **fields,
    )
    assert made is not None
    return made


def candidate_of(message: Message) -> Candidate:
    """The candidate whom a message is for."""
    assert message.addressee_type == "recruitment.candidate"
    return Candidate.objects.get(pk=message.addressee_id)


@dataclass
class Provider:
    """A channel that keeps what it is given and answers the next outcome, or what `during` makes of the call."""

    name: str = "email"
    outcomes: list[Outcome] = field(default_factory=list)
    during: Callable[[Outgoing], None] | None = None
    connected: bool = True
    sent: list[Outgoing] = field(default_factory=list)

    def is_connected(self) -> bool:
        """As the test says."""
        return self.connected

    def send(self, outgoing: Outgoing) -> Outcome:
        """Keep it, then answer."""
        self.sent.append(outgoing)
        if self.during is not None:
            self.during(outgoing)
        return self.outcomes.pop(0) if self.outcomes else ACCEPTED
