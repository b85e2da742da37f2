"""The chain: forests read in two queries, shown in words, and a red link run again by a POST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from core.events import naming, queries
from core.events.labels import labels_of, names_of
from core.events.models import Event, Reaction, ReactionState
from core.events.signal import DurableSignal
from recruitment.models import Assessment, FollowUp
from recruitment.services import follow_ups
from tests.factories import people
from tests.recruitment.admin.conftest import broken_off

pytestmark = pytest.mark.django_db


def test_a_forest_holds_every_event_of_its_record_once_parents_first(story):
    broken_off("另一位")
    nodes = list(queries.flat(queries.forest(story.interview)))
    events = Event.objects.filter(origin_type="recruitment.interview", origin_id=story.interview.pk)
    assert sorted(node.event.pk for node in nodes) == sorted(events.values_list("pk", flat=True))
    seen = set()
    for node in nodes:
        cause = node.event.caused_by_id
        assert cause is None or cause in seen
        assert (node.depth == 0) == (cause is None)
        assert [row.pk for row in node.reactions] == list(
            node.event.reactions.order_by("id").values_list("pk", flat=True)
        )
        seen.add(node.event.pk)


def test_a_forest_takes_two_queries(story):
    sizes = []
    for step in (follow_ups.claim, None):
        with CaptureQueriesContext(connection) as captured:
            sizes.append(len(list(queries.flat(queries.forest(story.interview)))))
        assert len(captured) == 2
        if step:
            step(follow_up_id=story.follow_up.pk, by=people.lead())
    assert sizes[0] < sizes[1]


def test_labels_are_read_in_sets(story):
    broken_off("另一位")
    named = [("recruitment.followup", pk) for pk in FollowUp.objects.values_list("pk", flat=True)]
    named += [("recruitment.assessment", pk) for pk in Assessment.objects.values_list("pk", flat=True)]
    with CaptureQueriesContext(connection) as captured:
        labels = labels_of([*named, ("recruitment.followup", 0), ("gone.model", 1), ("nonsense", 1)])
    assert set(labels) == set(named)
    assert len(captured) == 2
    assert "张三" in labels["recruitment.followup", story.follow_up.pk]


def test_names_of_rows_are_the_models_own():
    assert names_of(["recruitment.followup", "gone.model"]).keys() == {"recruitment.followup", "gone.model"}
    assert names_of(["gone.model"]) == {"gone.model": "gone.model"}


def test_an_effect_shows_its_codes_as_the_row_does():
    effect = {
        "label": "Follow-up closed: %(outcome)s",
        "params": {"outcome": "rescheduled"},
        "type": "recruitment.followup",
        "id": 1,
    }
    with translation.override("en"):
        assert naming.effect_words(effect) == "Follow-up closed: Rescheduled"
        assert naming.effect_words({**effect, "type": "gone.model"}) == "Follow-up closed: rescheduled"
        assert naming.effect_words({**effect, "params": {}}) == "Follow-up closed: %(outcome)s"
    course = {"label": "办公软件进阶课程", "label_en": "Advanced office software"}
    added = {
        "label": "Added to the training plan: %(course)s",
        "params": {"course": course},
        "type": "training.planitem",
    }
    with translation.override("en"):
        assert naming.effect_words(added) == "Added to the training plan: Advanced office software"
    with translation.override("zh-hans"):
        assert naming.effect_words(added).endswith("办公软件进阶课程")


def test_every_kind_of_event_and_every_receiver_has_words():
    signals = [signal for kind, signal in DurableSignal.registry.items() if not kind.startswith("test")]
    assert [signal.kind for signal in signals if not str(signal.title)] == []
    untitled = {
        name
        for signal in signals
        for name, receiver in signal.durable.items()
        if not str(getattr(receiver, "title", ""))
    }
    assert untitled == set()


def page_of(client, story) -> str:
    return client.get(
        reverse("admin:recruitment_interview_change", args=[story.interview.pk])
    ).content.decode()


def test_the_page_shows_each_link_with_its_state_and_a_button_to_run_it_again(as_hr, story):
    page = page_of(as_hr, story)
    reactions = Reaction.objects.filter(event__origin_id=story.interview.pk)
    for reaction in reactions:
        assert reverse("admin:events_reaction_again", args=[reaction.pk]) in page
    red = reactions.filter(name="recruitment.align_follow_up").get()
    Reaction.objects.filter(pk=red.pk).update(
        state=ReactionState.FAILED, error="LockNotAvailable", attempts=8
    )
    page = page_of(as_hr, story)
    assert page.count('class="hs-reaction is-failed"') == 1
    assert "LockNotAvailable" in page


def test_what_was_nothing_is_folded_away(as_hr, story):
    page = page_of(as_hr, story)
    reactions = Reaction.objects.filter(event__origin_id=story.interview.pk)
    nothing = reactions.filter(state="done", effects=[])
    assert page.count("<details><summary>无需处理") == nothing.values("event").distinct().count() > 0
    assert page.count('class="hs-reaction is-') == reactions.count() - nothing.count() > 0


def test_a_red_link_is_run_again_and_is_done(as_hr, story):
    red = Reaction.objects.get(name="recruitment.align_follow_up", event__kind="interview_interrupted")
    FollowUp.objects.all().delete()
    Reaction.objects.filter(pk=red.pk).update(state=ReactionState.FAILED, error="x", done_at=None)
    address = reverse("admin:events_reaction_again", args=[red.pk])
    assert as_hr.get(address).status_code == 405
    red.refresh_from_db()
    assert red.state == ReactionState.FAILED
    answer = as_hr.post(address, {"next": "/admin/recruitment/interview/1/change/#panel-chain"})
    assert answer.headers["Location"] == "/admin/recruitment/interview/1/change/#panel-chain"
    red.refresh_from_db()
    assert (red.state, FollowUp.objects.count()) == (ReactionState.DONE, 1)


def test_nobody_else_runs_a_link_again(client, story):
    reaction = Reaction.objects.earliest("pk")
    before = list(Reaction.objects.order_by("pk").values())
    address = reverse("admin:events_reaction_again", args=[reaction.pk])
    for who in (people.manager, people.user, None):
        client.logout()
        if who:
            client.force_login(who())
        assert client.post(address).status_code == 302
    assert list(Reaction.objects.order_by("pk").values()) == before


def test_a_link_behind_an_unfinished_one_is_refused(as_hr, story):
    follow_ups.claim(follow_up_id=story.follow_up.pk, by=people.lead())
    named = Reaction.objects.filter(name="recruitment.align_assessments", subject_id=story.interview.pk)
    first = named.earliest("pk")
    event = Event.objects.create(
        kind="interview_resumed",
        subject_type="recruitment.interview",
        subject_id=story.interview.pk,
        origin_type="recruitment.interview",
        origin_id=story.interview.pk,
    )
    later = Reaction.objects.create(
        event=event,
        name=first.name,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        state=ReactionState.FAILED,
    )
    Reaction.objects.filter(pk=first.pk).update(state=ReactionState.FAILED)
    assert as_hr.post(reverse("admin:events_reaction_again", args=[later.pk])).status_code == 302
    later.refresh_from_db()
    assert (later.state, later.attempts) == (ReactionState.FAILED, 0)


def test_the_ledger_finds_what_is_not_done(as_hr, story):
    red = Reaction.objects.earliest("pk")
    Reaction.objects.filter(pk=red.pk).update(state=ReactionState.FAILED)
    address = reverse("admin:events_reaction_changelist")
    assert [row.pk for row in as_hr.get(address, {"is": "undone"}).context["cl"].result_list] == [red.pk]
    assert red.pk not in [row.pk for row in as_hr.get(address, {"is": "done"}).context["cl"].result_list]
    assert as_hr.get(address, {"is": "nonsense", "name": "x"}).status_code == 200
