"""After the calendar changed: counted again in sets, told once for each start that moved, provisional meanwhile."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.events.models import Event, Reaction
from messaging.models import Message
from onboarding.models import OnboardingCase
from onboarding.services import delays
from onboarding.words import forecast_words
from people.actors import Party
from people.models import CalendarDay
from people.services import calendar
from recruitment.models import Opening
from recruitment.services import interviews
from tests.factories import onboarding, people, recruitment
from tests.factories.works import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def held_up(start: date = date(2026, 12, 14)) -> OnboardingCase:
    """A case whose interview broke off: its start is three working days later."""
    application = recruitment.application(Opening.objects.first())
    row = recruitment.interview(application, state="in_progress", expected_result=date(2026, 11, 24))
    case = onboarding.case(row, start=start)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    return case


def moves() -> list[tuple[int, str, str]]:
    events = Event.objects.filter(kind="start_forecast_changed").order_by("subject_id", "pk")
    return [(event.subject_id, event.facts["was"], event.facts["forecast"]) for event in events]


def test_each_start_that_moved_is_told_once_and_no_other():
    people.onboarder()
    moved, still = held_up(), held_up(date(2026, 12, 28))
    on_time = onboarding.case(recruitment.interview())
    before = moves()

    calendar.set_day(day=date(2026, 12, 15), is_working=False, by=people.lead())
    work_off()
    calendar.set_day(day=date(2026, 12, 15), is_working=False, note="同一天", by=people.lead())
    work_off()

    assert [move for move in moves() if move not in before] == [(moved.pk, "2026-12-17", "2026-12-18")]
    assert {one.forecast_start for one in OnboardingCase.objects.filter(pk__in=[still.pk, on_time.pk])} == {
        date(2026, 12, 31),
        date(2026, 12, 14),
    }
    told = Message.objects.filter(topic_type="onboarding.onboardingcase").exclude(state="cancelled")
    assert {message.topic_id for message in told} == {moved.pk, still.pk}
    assert not Reaction.objects.exclude(state="done").exists()


def test_a_set_takes_as_many_statements_for_three_starts_that_move_as_for_one():
    people.onboarder()
    counts = []
    for more in (1, 2):
        for _number in range(more):
            held_up()
        ids = list(OnboardingCase.objects.values_list("pk", flat=True))
        CalendarDay.objects.create(date=date(2026, 12, 15 + more), is_working=False)
        earlier = len(moves())
        with CaptureQueriesContext(connection) as queries:
            delays.recount(year=2026, ids=ids)
        assert len(moves()) - earlier == len(ids)
        counts.append(len(queries))
    assert counts[0] == counts[1], "\n".join(query["sql"][:260] for query in queries)


def test_a_figure_is_provisional_until_it_has_been_counted_again(rf):
    case, later = held_up(), held_up(date(2027, 6, 1))
    OnboardingCase.objects.filter(pk=later.pk).update(provisional_years=[])

    calendar.set_day(day=date(2026, 12, 16), is_working=False, by=people.lead())

    shown = OnboardingCase.objects.with_rows().get(pk=case.pk)
    assert shown.forecast_is_provisional
    assert forecast_words(shown) == "2026年12月17日（暂定，正在重新计算）"
    assert OnboardingCase.objects.get(pk=case.pk).forecast_is_provisional
    work_off()
    shown = OnboardingCase.objects.with_rows().get(pk=case.pk)
    assert (shown.forecast_is_provisional, shown.forecast_start) == (False, date(2026, 12, 18))
    assert forecast_words(shown) == "2026年12月18日"
