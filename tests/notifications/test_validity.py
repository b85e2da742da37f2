"""A message goes out only while it is true: kind by kind, state by state, against the declaration."""

import pytest

from messaging import delivery, kinds
from messaging.models import Message
from notifications.kinds import ALL
from people.actors import Party
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Interview
from recruitment.services import follow_ups, interviews
from tests.factories import notifications as make
from tests.factories import people, recruitment

pytestmark = pytest.mark.django_db
ALL_STATES = set(InterviewState.values)
# In which states of its interview a candidate may still be told this.
TRUE_IN = {
    "interrupted": {"interrupted"},
    "reminder": {"interrupted"},
    "completed": {"completed"},
    "scheduled": {"scheduled"},
    "rescheduled": {"scheduled"},
    "guide": {"scheduled"},
    "round_reminder": {"scheduled"},
    "abandoned": {"abandoned"},
    "missed": {"missed"},
    "cancelled": {"cancelled"},
    "evaluated": ALL_STATES,
    "second_round": ALL_STATES,
    "start_changed": ALL_STATES,
    "start_restored": ALL_STATES,
    "follow_up_late": ALL_STATES,
}
GOING_ON = set(ApplicationStage.values) - set(ApplicationStage.called_off)
# What is said of the application itself: true for everybody while it stands there.
TRUE_AT = {
    "offer": {"offer", "hired"},
    "hired": {"hired"},
    "rejected": {"rejected"},
    "withdrawn": {"withdrawn"},
    "fell_through": {"fell_through"},
    "reopened": GOING_ON,
    "application_received": set(ApplicationStage.values) - set(ApplicationStage.ended),
}


def of(kind: str, message: Message, interview: Interview | None = None, **values: object) -> Message:
    """The message, as if it were of this kind, and about this interview."""
    if interview is not None:
        values["origin_id"] = interview.pk
    Message.objects.filter(pk=message.pk).update(kind=kind, **values)
    return Message.objects.get(pk=message.pk)


@pytest.fixture
def in_each_state() -> dict[str, Interview]:
    """One interview in every state that there is."""
    return {state: recruitment.interview(state=state) for state in InterviewState.values}


def test_everything_that_a_candidate_is_told_is_listed_here() -> None:
    # Of offers and offered times by where these stand: tests/recruitment/offers, tests/recruitment/rounds; of what
    # a hire owes by whether it is there: test_identities.
    assert {
        *TRUE_IN,
        *TRUE_AT,
        "offer_sent",
        "offer_due",
        "offer_over",
        "slots_offered",
        "slots_over",
        "problem_answered",
        "data_answered",
        "data_erased",
        "identity_asked",
        "identity_reminder",
    } == {kind.code for kind in kinds.kinds() if "candidate" in kind.audiences}


@pytest.mark.parametrize("audience", ["candidate", "manager"])
@pytest.mark.parametrize("kind", TRUE_AT)
def test_what_is_said_of_an_application_holds_at_these_stages_alone(kind: str, audience: str) -> None:
    message = make.message()
    found = set()
    for stage in ApplicationStage.values:
        about = recruitment.application(stage=stage)
        row = of(kind, message, topic_type="recruitment.application", topic_id=about.pk, audience=audience)
        if kinds.kind(kind).holds(row):
            found.add(stage)
    assert found == TRUE_AT[kind]


@pytest.mark.parametrize("kind", TRUE_IN)
def test_what_a_candidate_reads_holds_in_these_states_alone(
    kind: str, in_each_state: dict[str, Interview]
) -> None:
    message = make.message()
    found = {
        state
        for state, interview in in_each_state.items()
        if kinds.kind(kind).holds(of(kind, message, interview))
    }
    assert found == TRUE_IN[kind]


# Of people's rounds, notes and problems colleagues are asked to do something, as long as it is to be done:
# tests/recruitment/rounds, and test_notes, test_problems and test_approval_cards.
# What was done for many, and drafts made in one go, as far as they stand: test_many.
WHILE_HELD = {
    "round", "round_off", "card_due", "card_late", "named_in_note", "problem", "many", "offer_to_approve",
    "offers_to_approve", "start_to_approve",
}  # fmt: skip
HAPPENED = [kind.code for kind in ALL if "candidate" not in kind.audiences and kind.code not in WHILE_HELD]


@pytest.mark.parametrize("kind", HAPPENED)
def test_what_colleagues_read_happened_and_stays_true(kind: str, in_each_state: dict[str, Interview]) -> None:
    message = make.message(people.lead())
    audience = kinds.kind(kind).audiences[0]
    for interview in in_each_state.values():
        assert kinds.kind(kind).holds(of(kind, message, interview, audience=audience))


@pytest.mark.parametrize("kind", TRUE_IN)
def test_what_comes_next_is_true_of_an_application_that_goes_on(kind: str) -> None:
    message = make.message()
    found = set()
    for stage in ApplicationStage.called_off:
        application = recruitment.application(stage=stage)
        interview = recruitment.interview(application, state=min(TRUE_IN[kind]))
        if kinds.kind(kind).holds(of(kind, message, interview)):
            found.add(stage)
    nothing_next = kind in ("evaluated", "second_round", "start_changed", "start_restored")
    assert found == (set() if nothing_next else set(ApplicationStage.called_off))


@pytest.mark.parametrize("kind", ["interrupted", "reminder", "follow_up_late"])
def test_nobody_who_withdrew_is_asked_back(kind: str) -> None:
    interview = make.house()
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )
    message = of(kind, make.message(interview=interview, key="two"))
    assert kinds.kind(kind).holds(message)
    task = interview.follow_ups.get()
    follow_ups.close(follow_up_id=task.pk, outcome="withdrawn", by=task.assignee)
    assert kinds.kind(kind).holds(message) == (kind == "follow_up_late")


def test_a_stale_message_is_called_off_when_it_would_go_out() -> None:
    message = of("completed", make.message(), make.house("scheduled"))
    delivery.deliver_due()
    message.refresh_from_db()
    assert (message.state, message.cancelled_reason) == ("cancelled", "overtaken")
