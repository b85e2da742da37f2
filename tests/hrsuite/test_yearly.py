"""The yearly health check: what it finds, for whom, and that it is kept."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pypdf import PdfReader

from core.checks import checking
from core.checks.declaring import declared_invariants
from core.checks.models import HealthReport, Size
from core.errors import Forbidden
from core.events.models import Event, Reaction
from core.jobs.schedules import declared_schedules
from hrsuite import tasks
from hrsuite.yearly import making, parts, words
from people.models import ApiToken, KeyScope, Role, User
from people.services import tokens
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def test_rights_name_who_may_do_what_and_what_nobody_uses() -> None:
    lead, unused = people.lead(), people.recruiter()
    gone = people.recruiter(is_active=False)
    nobody = people.user()
    User.objects.filter(pk=unused.pk).update(last_login=timezone.now() - timedelta(days=91))
    User.objects.filter(pk__in=[lead.pk, nobody.pk, gone.pk]).update(last_login=timezone.now())
    tokens.mint(user_id=lead.pk, name="one", scope=KeyScope.READ, days=30, by=lead)
    ApiToken.objects.update(created_at=timezone.now() - timedelta(days=91))

    found = parts.rights()

    assert found["roles"][Role.LEAD] == 1 and found["roles"][Role.RECRUITING] == 1
    assert found["leads"] == {"count": 1, "who": [lead.pk]}
    assert found["unused"] == {"count": 1, "who": [unused.pk]}
    assert found["without_role"] == {"count": 1, "who": [nobody.pk]}
    assert found["password_alone"]["count"] == 3
    assert (found["keys"]["good"], found["keys"]["unused"]) == (1, 1)


def test_growth_is_told_from_sizes_and_unknown_without_them() -> None:
    now, size = timezone.now(), parts._database_bytes()
    assert parts.capacity()["growth_bytes"] is None and parts.capacity()["months_left"] is None
    Size.objects.create(at=now - timedelta(days=3), database_bytes=size - 3_000_000, free_bytes=10)
    assert parts.capacity()["growth_bytes"] is None
    Size.objects.create(at=now - timedelta(days=60), database_bytes=size - 6_000_000, free_bytes=10)
    found = parts.capacity()
    assert found["growth_bytes"] == pytest.approx(3_000_000, rel=0.05)
    assert found["months_left"] == found["disk_free"] // found["growth_bytes"]
    # What else fills the disk counts as well: the faster of the two.
    Size.objects.filter(free_bytes=10, at__lt=now - timedelta(days=30)).update(
        free_bytes=found["disk_free"] + found["disk_free"]
    )
    assert parts.capacity()["months_left"] in (1, 2)


def test_a_daily_job_notes_the_size_and_a_yearly_one_makes_the_report() -> None:
    tasks.note_size()
    assert Size.objects.get().database_bytes > 1_000_000
    assert tasks.yearly() == HealthReport.objects.get().pk
    crons = {one.name: one.cron for one in declared_schedules() if one.name.startswith("hrsuite.")}
    assert crons == {"hrsuite.note_size": "3 5 * * *", "hrsuite.yearly": "37 6 6 1 *"}


def test_what_is_wrong_is_a_risk_and_gone_when_it_is_right(settings: Any) -> None:
    settings.BACKUPS_ARE_ON, settings.HTTPS, settings.MAIL_IS_CONNECTED = False, False, False
    event = Event.objects.create(kind="x", subject_type="x", subject_id=1, origin_type="x", origin_id=1)
    Reaction.objects.create(event=event, name="a.b", subject_type="x", subject_id=1, state="failed")
    checking.check(declared_invariants()["core.owed"])

    def codes() -> set[str]:
        return {one["code"] for one in making.make().parts["risks"] if not one["code"].startswith("trouble_")}

    known = {"calendar_missing"}
    assert codes() - known == {
        "no_backup", "no_https", "leads_by_password", "promises_broken", "stuck", "no_mail",
    }  # fmt: skip
    Reaction.objects.all().delete()
    checking.check(declared_invariants()["core.owed"])
    settings.HTTPS, settings.MAIL_IS_CONNECTED, settings.BACKUPS_ARE_ON = True, True, True
    assert codes() - known == {"old_backup", "old_drill", "leads_by_password"}


def test_it_is_kept_as_it_was_and_names_nobody_whose_account_is_gone(client: Client) -> None:
    lead = people.lead()
    nobody = people.user(name="无角色甲")
    client.force_login(lead)
    made = client.post("/admin/health-reports/")
    report = HealthReport.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"/admin/health-reports/{report.pk}/")
    assert "无角色甲" not in str(report.parts)
    assert "无角色甲" in client.get(made["Location"]).content.decode()
    nobody.delete()
    make.opening()
    page = client.get(made["Location"]).content.decode()
    assert "无角色甲" not in page and "未解决的风险" in page
    listed = client.get("/admin/health-reports/").content.decode()
    assert f"/admin/health-reports/{report.pk}/" in listed


def test_the_document_says_what_the_page_says(client: Client) -> None:
    lead = people.lead(name="周负责")
    checking.check(declared_invariants()["core.owed"])
    report = making.make(by=lead)
    client.force_login(lead)
    answer = client.get(f"/admin/health-reports/{report.pk}.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).replace("\n", "")
    for section in words.sections(report):
        assert section.title in said
    assert "周负责" in said


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everything_it_can_find_has_words(language: str) -> None:
    people.lead()
    report = making.make()
    report.parts["risks"] = [{"code": code, "count": 3, "months": 2, "years": "2027"} for code in words.RISKS]
    report.parts["risks"] += [{"code": f"trouble_{start}_x"} for start in words.TROUBLES]
    report.parts["data_quality"]["promises"] = [
        {
            "code": "core.owed",
            "found": None,
            "is_more": False,
            "error": "TooSlow",
            "at": timezone.now().isoformat(),
        },
        {"code": "core.works", "found": 3, "is_more": True, "error": "", "at": timezone.now().isoformat()},
    ]
    with translation.override(language):
        found = words.sections(report)
        labels = [line.label for section in found for line in section.lines]
    assert len(labels) > 40 and not [one for one in labels if not one or "%(" in one]
    if language == "zh-hans":
        # Tables keep the names that the database gives them.
        own = [one for section in found[:-1] for one in section.lines]
        assert not [one.label for one in own if one.label.isascii() and " " in one.label]


def test_tables_are_named_by_what_they_hold() -> None:
    found = [words._table(name) for name in ("history_change", "recruitment_candidate", "of_nobodys")]
    assert found == ["修改记录", "候选人", "of_nobodys"]


def test_it_is_the_leads(client: Client) -> None:
    report = making.make()
    addresses = [
        "/admin/health-reports/",
        f"/admin/health-reports/{report.pk}/",
        f"/admin/health-reports/{report.pk}.pdf",
    ]
    client.force_login(people.recruiter())
    assert [client.get(one).status_code for one in addresses] == [403, 403, 403]
    assert client.post(addresses[0]).status_code == 403
    client.force_login(people.lead())
    assert [client.get(one).status_code for one in addresses] == [200, 200, 200]
    assert client.get("/admin/health-reports/999999/").status_code == 404
    assert HealthReport.objects.count() == 1
    with pytest.raises(Forbidden):
        making.make(by=people.recruiter())


def test_it_asks_the_same_number_of_times_for_many_as_for_few() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            words.sections(making.make())
        return len(asked)

    people.lead()
    # The rule of the second factor is read once in a while.
    cost()
    before = cost()
    for number in range(3):
        people.user(name=f"同事{number}")
        people.employee(number=f"E{number}")
        make.opening()
    assert cost() == before
