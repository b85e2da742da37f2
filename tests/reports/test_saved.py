"""Kept views: the question under a name, answered by the rights of whoever opens it, and sent once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.errors import DomainError
from messaging.models import Message
from people.models import Role, RoleRight, User
from people.rights import Reach, Right
from reports import saved, sending
from reports.models import SavedView
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
# A Thursday, before noon in Beijing.
NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
STRETCH = {"from": "2026-11-01", "to": "2026-11-15", "by": "week"}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


def kept(by: User, **fields: Any) -> SavedView:
    return saved.keep(**{"name": "每周漏斗", "report": "efficiency", "filters": STRETCH, "by": by, **fields})


def told() -> list[tuple[int | None, str]]:
    return sorted(Message.objects.filter(kind="report_view").values_list("user", "idem_key"))


def test_what_is_kept_is_opened_by_its_address() -> None:
    hr = people.recruiter()
    client = signed_in(hr)
    page = client.get("/admin/reports/efficiency/?from=2026-11-01&to=2026-11-15&by=week").text
    assert "保存为视图" in page
    answer = client.post(
        "/admin/reports/efficiency/keep/",
        {"name": " 每周漏斗 ", "query": "from=2026-11-01&to=2026-11-15&by=week&page=7", "rhythm": ""},
    )
    view = SavedView.objects.get()
    assert (view.name, view.report, view.filters, view.shared_with) == ("每周漏斗", "efficiency", STRETCH, [])
    assert answer.url == f"/admin/reports/views/{view.pk}/"
    opened = client.get(answer.url)
    assert opened.url == "/admin/reports/efficiency/?from=2026-11-01&to=2026-11-15&by=week"
    assert client.get(opened.url).status_code == 200
    assert "每周漏斗" in client.get("/admin/reports/").text


@pytest.mark.parametrize(
    ("report", "today", "wanted"),
    [
        ("efficiency", date(2026, 11, 26), {"from": "2026-11-12", "to": "2026-11-26", "by": "week"}),
        ("efficiency", date(2028, 2, 29), {"from": "2028-02-15", "to": "2028-02-29", "by": "week"}),
        ("headcount", date(2026, 12, 1), {"by": "month"}),
    ],
)
def test_days_that_go_along_end_today(report: str, today: date, wanted: dict[str, str]) -> None:
    view = kept(people.recruiter(), report=report, filters={**STRETCH, "by": wanted["by"]}, moves=True)
    assert saved.parameters_of(view, saved.report_named(report), today) == wanted


def test_whose_days_stay_has_them_even_where_none_were_asked() -> None:
    view = kept(people.recruiter(), filters={})
    assert view.filters == {"from": "2026-08-31", "to": "2026-11-26"}


def test_others_open_only_what_is_shared_with_a_role_of_theirs() -> None:
    hr, colleague = people.recruiter(), people.recruiter()
    own, shared = kept(hr), kept(hr, name="给培训", shared_with=["training"])
    seen = {
        who: set(saved.views_of(person))
        for who, person in {
            "own": hr, "colleague": colleague, "trainer": people.trainer(), "lead": people.lead(),
            "manager": people.manager(),
        }.items()
    }  # fmt: skip
    assert seen == {
        "own": {own, shared}, "colleague": set(), "trainer": {shared}, "lead": {shared}, "manager": set()
    }  # fmt: skip
    assert signed_in(colleague).get(f"/admin/reports/views/{own.pk}/").status_code == 404
    assert signed_in(colleague).get("/admin/reports/views/0/").status_code == 404


def test_the_readers_rights_decide_not_the_authors() -> None:
    """A department's opening that the reader does not see is refused, whoever kept the view."""
    hr, trainer = people.recruiter(), people.trainer()
    opening = make.opening(title="数据分析师")
    view = kept(hr, filters={"opening": str(opening.pk)}, shared_with=["training"])
    SavedView.objects.filter(pk=view.pk).update(filters={"opening": "999999"})
    address = signed_in(trainer).get(f"/admin/reports/views/{view.pk}/").url
    assert signed_in(trainer).get(address).status_code == 404
    assert sending.readers_of(SavedView.objects.get(), MONDAY) == ([], [hr, trainer])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "  "}, "view_name_empty"),
        ({"name": "名" * 81}, "view_name_too_long"),
        ({"shared_with": ["manager"]}, "view_roles_invalid"),
        ({"rhythm": "hourly"}, "view_rhythm_invalid"),
        ({"report": "nothing"}, "report_unknown"),
        ({"filters": {"from": "yesterday"}}, "from_invalid"),
        ({"filters": {"opening": "999999"}}, "opening_unknown"),
    ],
)
def test_what_cannot_be_asked_is_not_kept(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        kept(people.recruiter(), **fields)
    assert refused.value.code == code
    assert not SavedView.objects.exists()


def test_who_reads_nothing_of_hr_keeps_nothing_and_fifty_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for stranger in (people.manager(), people.user(Role.ADMINISTRATOR)):
        with pytest.raises(DomainError, match="not_permitted"):
            kept(stranger)
    monkeypatch.setattr(saved, "MOST_VIEWS", 1)
    hr = people.recruiter()
    kept(hr)
    kept(hr, filters={"by": "month"})
    with pytest.raises(DomainError, match="too_many_views"):
        kept(hr, name="另一个")
    assert SavedView.objects.get().filters["by"] == "month"


def test_a_refused_view_is_said_above_the_same_page() -> None:
    client = signed_in(people.recruiter())
    answer = client.post("/admin/reports/exits/keep/", {"name": "", "query": "by=cause"}, follow=True)
    assert answer.request["PATH_INFO"] == "/admin/reports/exits/"
    assert "请填写视图名称" in answer.text
    assert client.post("/admin/reports/nothing/keep/", {"name": "x"}).status_code == 404
    assert client.get("/admin/reports/exits/keep/").status_code == 405
    assert signed_in(people.user(Role.ADMINISTRATOR)).post(
        "/admin/reports/exits/keep/", {"name": "x"}
    ).status_code in (302, 403)
    assert not SavedView.objects.exists()


def test_deleted_by_whoever_keeps_it_or_the_lead() -> None:
    hr = people.recruiter()
    view = kept(hr, shared_with=["recruiting"])
    colleague = signed_in(people.recruiter())
    assert colleague.post(f"/admin/reports/views/{view.pk}/delete/").status_code == 403
    assert colleague.get(f"/admin/reports/views/{view.pk}/delete/").status_code == 405
    assert signed_in(people.trainer()).post(f"/admin/reports/views/{view.pk}/delete/").status_code == 404
    assert SavedView.objects.exists()
    assert signed_in(people.lead()).post(f"/admin/reports/views/{view.pk}/delete/").url == "/admin/reports/"
    assert not SavedView.objects.exists()
    own = kept(hr)
    saved.drop(view_id=own.pk, by=hr)
    with pytest.raises(DomainError, match="view_unknown"):
        saved.drop(view_id=own.pk, by=hr)


def test_sent_once_for_each_monday_to_those_who_may_read_it(now: Any) -> None:
    hr, trainer = people.recruiter(), people.trainer()
    people.user(Role.TRAINING, is_active=False)
    people.onboarder()
    view = kept(hr, shared_with=["training"], rhythm="weekly")
    kept(hr, name="不发送")
    assert sending.send_due() == 0
    now.move_to(NOW + timedelta(days=5))  # Tuesday: the machine stood still on Monday
    assert sending.send_due() == 2
    assert sending.send_due() == 0
    assert told() == [
        (person.pk, f"report_view:{view.pk}:{MONDAY}:user-{person.pk}")
        for person in sorted((hr, trainer), key=lambda one: one.pk)
    ]
    message = Message.objects.filter(kind="report_view").first()
    assert message is not None
    assert f"/admin/reports/views/{view.pk}/" in message.body
    now.move_to(NOW + timedelta(days=12))
    assert sending.send_due() == 2


def test_the_message_leads_to_page_and_files_and_says_who_is_not_sent_it_any_more(now: Any) -> None:
    hr, trainer = people.recruiter(), people.trainer(name="周培训")
    view = kept(hr, shared_with=["training"], rhythm="weekly", filters={"by": "month"})
    RoleRight.objects.filter(role=Role.TRAINING).exclude(right=Right.KEEP).update(reach=Reach.NONE)
    now.move_to(NOW + timedelta(days=5))
    assert sending.send_due() == 1
    (message,) = Message.objects.filter(kind="report_view")
    assert message.user == hr
    assert "已无权查看，没有发给他们：周培训。" in message.body
    for kind, start in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        address = f"/admin/reports/views/{view.pk}/{kind}/"
        assert address in message.body
        led = signed_in(hr).get(address)
        assert led.url.startswith(f"/api/v1/reports/efficiency.{kind}?") and "by=month" in led.url
        assert signed_in(hr).get(led.url).content.startswith(start)
        assert signed_in(trainer).get(address).status_code in (302, 403, 404)
        assert "/login/" in Client().get(address).url
    assert signed_in(hr).get(f"/admin/reports/views/{view.pk}/doc/").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "报表未能发送：每周漏斗"), ("en", "Report not sent: 每周漏斗")],
)
def test_whoever_keeps_what_cannot_be_counted_any_more_hears_why(now: Any, language: str, words: str) -> None:
    hr = people.recruiter(language=language)
    people.trainer()
    opening = make.opening()
    kept(hr, rhythm="weekly", shared_with=["training"], filters={"opening": str(opening.pk)})
    SavedView.objects.update(filters={"opening": "999999"})
    now.move_to(NOW + timedelta(days=5))
    assert sending.send_due() == 1
    (message,) = Message.objects.filter(kind="report_view")
    with override(language):
        why = str(_("There is no such opening."))
    assert (message.user, message.subject) == (hr, words)
    assert why in message.body
    assert "/admin/reports/#views" in message.body and "xlsx" not in message.body


def test_what_waits_is_called_off_with_the_view(now: Any) -> None:
    hr = people.recruiter()
    view = kept(hr, rhythm="monthly")
    now.move_to(NOW + timedelta(days=5))
    assert timezone.localdate() == date(2026, 12, 1)
    assert sending.send_due() == 1
    saved.drop(view_id=view.pk, by=hr)
    assert set(Message.objects.filter(kind="report_view").values_list("state", flat=True)) == {"cancelled"}
    assert sending.send_due() == 0


def test_the_list_takes_as_many_statements_for_many(django_assert_max_num_queries: Any) -> None:
    hr = people.recruiter()
    client = signed_in(hr)
    kept(hr)
    client.get("/admin/reports/")
    with django_assert_max_num_queries(25) as few:
        client.get("/admin/reports/")
    for number in range(4):
        kept(hr if number % 2 else people.recruiter(), name=f"视图{number}", shared_with=["recruiting"])
    with django_assert_max_num_queries(len(few)):
        client.get("/admin/reports/")
