"""The first page and the sidebar: what waits, in a constant number of queries, and only what one may open."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.admin.menu import sidebar
from core.events.models import Reaction
from people.models import Role
from recruitment.models import Decision, FollowUp
from recruitment.services import decisions
from tests.factories import people
from tests.recruitment.admin.conftest import broken_off

pytestmark = pytest.mark.django_db


def queries(client) -> int:
    client.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse("admin:index")).status_code == 200
    return len(captured)


def figures(client) -> list:
    return [figure.value for figure in client.get(reverse("admin:index")).context["figures"]]


def test_an_empty_house_says_where_to_begin(as_hr):
    page = as_hr.get(reverse("admin:index"))
    assert page.context["is_empty"]
    assert reverse("admin:recruitment_opening_add") in page.content.decode()
    assert figures(as_hr)[:5] == [0, 0, 0, 0, 0]


def test_it_counts_what_waits(as_hr, story):
    broken_off("另一位")
    FollowUp.objects.filter(pk=story.follow_up.pk).update(due_at=timezone.now() - timedelta(minutes=5))
    red = Reaction.objects.earliest("pk")
    Reaction.objects.filter(pk=red.pk).update(state="failed")
    # overdue, unfinished, interrupted, asked (once for partial and fallback), red
    assert figures(as_hr)[:5] == [1, 2, 2, 2, 1]
    page = as_hr.get(reverse("admin:index"))
    assert [row.overdue for row in page.context["queue"]] == [True, False]
    assert page.context["week"].interrupted == 2


def test_a_question_that_was_answered_by_an_invitation_waits_no_longer(as_hr, story):
    assert figures(as_hr)[3] == 1
    fallback = Decision.objects.get(assessment__basis="fallback")
    decisions.invite(decision_id=fallback.pk, by=people.recruiter())
    assert figures(as_hr)[3] == 0
    assert as_hr.get(reverse("admin:index")).context["decisions"] == []


def test_it_takes_as_many_queries_for_three_as_for_one(as_hr, story):
    one = queries(as_hr)
    broken_off("另一位")
    broken_off("第三位")
    assert queries(as_hr) == one
    assert one <= 20


@pytest.mark.parametrize("who", [people.manager, people.user, None])
def test_it_is_closed_to_everybody_else(client, who):
    if who:
        client.force_login(who())
    assert client.get(reverse("admin:index")).status_code == 302


def titles(rf, user) -> dict:
    request = rf.get("/admin/")
    request.user = user
    return {str(group["title"]): [str(item["link"]) for item in group["items"]] for group in sidebar(request)}


@pytest.mark.slow
def test_the_sidebar_leads_only_to_pages_that_open(rf, client):
    for user in (people.lead(), people.recruiter(), people.user(Role.TRAINING, is_superuser=True)):
        client.force_login(user)
        for links in titles(rf, user).values():
            for link in links:
                assert client.get(link).status_code == 200


def test_the_sidebar_is_in_the_order_of_the_work(rf):
    groups = list(titles(rf, people.lead()).values())
    assert groups[0][0] == reverse("admin:index")
    assert groups[0][1] == reverse("admin:recruitment_followup_changelist")


def test_machinery_is_for_superusers(rf):
    links = [link for group in titles(rf, people.recruiter()).values() for link in group]
    assert not [link for link in links if "django_q" in link]


def test_a_manager_sees_no_sidebar(rf):
    assert [
        link for links in titles(rf, people.manager()).values() for link in links if "recruitment" in link
    ] == []


def test_last_week_stands_beside_this_week_with_its_denominators(as_hr, story):
    page = as_hr.get(reverse("admin:index"))
    context = page.context
    assert context["before"].first == context["week"].first - timedelta(days=7)
    rows = {row["title"]: row["weeks"] for row in context["week_rows"]}
    assert rows["已返回"] == [(0, 1), (0, 0)]
    # The story begins in the room: nobody announced an invitation.
    assert rows["已邀请"] == [(0, None), (0, None)]
    assert rows["已中断"] == [(1, None), (0, None)]
    assert [name for name, _rate in context["rates"]] == ["本周", "上周"]
