"""Vendors in the back office: kept by HR, secret by the lead, interviews handed over, reports shown as the vendor's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview, Vendor, VendorEvent, VendorInterview
from recruitment.vendors.admin import reports
from recruitment.vendors.services import connections
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
MODELS = ["recruitment_vendor", "recruitment_vendorevent"]


def vendor(code: str = "yimian", **fields) -> Vendor:
    return Vendor.objects.create(code=code, **{"name": "壹面", "mapping": "yimian", **fields})


def handed_over(of: Vendor, reference: str = "R-1") -> Interview:
    row = make.interview()
    connections.hand_over(interview_id=row.pk, vendor_id=of.pk, reference=reference, by=people.recruiter())
    return Interview.objects.get(pk=row.pk)


def report(of: Vendor, number: int = 1, reference: str = "R-1", **fields) -> VendorEvent:
    payload = {
        "stage": 1,
        "scores": [{"competency": "沟通表达", "value": 8.5}, {"competency": "表情", "value": 3}],
    }
    fields = {"kind": "stage_done", "payload": payload, "state": "applied", **fields}
    return VendorEvent.objects.create(
        vendor=of, event_id=f"e{number}", reference=reference, occurred_at=timezone.now(), **fields
    )


def ledger(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def step(name: str, row, deed: str) -> str:
    return reverse(f"admin:{name}_step", args=[row.pk, deed])


def panels(client, interview: Interview) -> dict[str, str]:
    answer = client.get(reverse("admin:recruitment_interview_change", args=[interview.pk]))
    assert answer.status_code == 200
    return {each.name: str(each.html) for each in answer.context["panels"]}


@pytest.mark.parametrize("name", MODELS)
def test_the_lists_open_in_a_constant_number_of_queries(as_hr, name):
    def more(number: int) -> None:
        row = vendor(f"v{number}")
        handed_over(row)
        report(row, number)

    def read() -> int:
        as_hr.get(ledger(name))
        with CaptureQueriesContext(connection) as captured:
            assert as_hr.get(ledger(name)).status_code == 200
        return len(captured)

    more(1)
    one = read()
    more(2)
    more(3)
    assert read() == one
    assert one <= 12


@pytest.mark.parametrize("who", [people.manager, people.user, None])
def test_they_are_closed_to_everybody_else(client, who):
    row = vendor()
    if who:
        client.force_login(who())
    interview = handed_over(row)
    for address in (
        *map(ledger, MODELS),
        step("recruitment_vendor", row, "renew-secret"),
        step("recruitment_interview", interview, "hand-over"),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("admin:login"))


def test_the_lead_adds_a_vendor_with_a_format_that_is_known(client):
    as_hr = client
    as_hr.force_login(people.lead())
    address = reverse("admin:recruitment_vendor_add")
    assert "yimian" in as_hr.get(address).content.decode()
    content = {"name": "壹面", "code": "yimian", "mapping": "yimian", "poll_url": "", "is_active": "on"}
    assert as_hr.post(address, {**content, "mapping": "nobody"}).status_code == 200
    assert not Vendor.objects.exists()
    assert as_hr.post(address, content).status_code == 302
    row = Vendor.objects.get()
    assert (row.name, row.mapping, row.is_active, row.secret) == ("壹面", "yimian", True, "")
    change = reverse("admin:recruitment_vendor_change", args=[row.pk])
    delete = reverse("admin:recruitment_vendor_delete", args=[row.pk])
    assert as_hr.post(delete, {"post": "yes"}).status_code == 403
    assert 'name="secret' not in as_hr.get(change).content.decode()


def test_the_lead_makes_a_secret_that_is_shown_once(client):
    row = vendor()
    client.force_login(people.lead())
    address = step("recruitment_vendor", row, "renew-secret")
    assert client.get(address).status_code == 200
    assert Vendor.objects.get().secret == ""
    answer = client.post(address)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    secret = Vendor.objects.get().secret
    assert secret in answer.content.decode()
    assert f"/vendors/{row.code}/events" in answer.content.decode()
    change = reverse("admin:recruitment_vendor_change", args=[row.pk])
    history = reverse("admin:recruitment_vendor_history", args=[row.pk])
    for other in (change, ledger("recruitment_vendor"), history):
        assert secret not in client.get(other).content.decode()


def test_a_specialist_may_not_make_one_and_sees_no_button(as_hr):
    row = vendor()
    change = reverse("admin:recruitment_vendor_change", args=[row.pk])
    assert "renew-secret" not in as_hr.get(change).content.decode()
    assert as_hr.post(step("recruitment_vendor", row, "renew-secret")).status_code == 403
    assert Vendor.objects.get().secret == ""


def test_an_interview_is_handed_over_while_it_is_scheduled(as_hr):
    row, interview = vendor(), make.interview()
    vendor("old", name="停用", is_active=False)
    address = step("recruitment_interview", interview, "hand-over")
    page = as_hr.get(address)
    assert page.status_code == 200
    assert [each.pk for each in page.context["form"].fields["vendor"].queryset] == [row.pk]
    assert (
        "steps/hand-over"
        in as_hr.get(reverse("admin:recruitment_interview_change", args=[interview.pk])).content.decode()
    )
    assert as_hr.post(address, {"vendor": row.pk, "reference": " R-7 "}).status_code == 302
    interview.refresh_from_db()
    assert interview.kind == InterviewKind.VENDOR
    assert VendorInterview.objects.values_list("vendor", "interview", "reference").get() == (
        row.pk, interview.pk, "R-7",
    )  # fmt: skip
    assert as_hr.get(address).context["form"].fields["reference"].initial == "R-7"


def test_a_taken_reference_and_a_begun_interview_are_refused(as_hr):
    row = vendor()
    handed_over(row)
    other, begun = make.interview(), make.interview(state=InterviewState.IN_PROGRESS)
    for interview in (other, begun):
        answer = as_hr.post(
            step("recruitment_interview", interview, "hand-over"), {"vendor": row.pk, "reference": "R-1"}
        )
        assert answer.status_code == 422
    assert (
        "steps/hand-over"
        not in as_hr.get(reverse("admin:recruitment_interview_change", args=[begun.pk])).content.decode()
    )
    assert VendorInterview.objects.count() == 1
    assert {each.kind for each in (other, begun)} == {InterviewKind.ROOM}


def test_the_panel_tells_the_reports_and_keeps_the_vendors_scores_apart(as_hr):
    row = vendor()
    interview = handed_over(row)
    assert "R-1" in panels(as_hr, interview)["vendor"]
    report(row, 1)
    report(row, 2, state="refused", code="stage_unknown")
    report(row, 3, reference="R-2")
    html = panels(as_hr, interview)["vendor"]
    assert html.count("/vendorevent/") == 2
    assert reports.reason_words("stage_unknown") in html
    assert '<span class="hs-vendor-score">沟通表达 8.5</span>' in html
    assert '<span class="hs-vendor-score is-unused">表情 3</span>' in html


def test_an_interview_in_our_own_room_has_no_such_panel(as_hr):
    assert "vendor" not in panels(as_hr, make.interview())


def test_a_report_is_kept_whole_and_written_by_nobody(as_hr):
    row = vendor()
    interview = handed_over(row)
    event = report(row, state="overtaken", code="state_completed")
    change = reverse("admin:recruitment_vendorevent_change", args=[event.pk])
    html = as_hr.get(change).content.decode()
    assert "沟通表达" in html
    assert "表情" in html
    assert reverse("admin:recruitment_interview_change", args=[interview.pk]) in html
    assert str(InterviewState.COMPLETED.label) in html
    assert "(&#x27;" not in html
    assert as_hr.post(change, {"state": "applied"}).status_code == 403
    delete = reverse("admin:recruitment_vendorevent_delete", args=[event.pk])
    assert as_hr.post(delete, {"post": "yes"}).status_code == 403
    assert as_hr.get(reverse("admin:recruitment_vendorevent_add")).status_code == 403


@pytest.mark.parametrize(
    "payload",
    [[], "x", {"scores": "x"}, {"scores": [1, None, {"competency": 5}]}, {"stages": {"a": 1}}],
)
def test_a_strange_report_is_shown_all_the_same(as_hr, payload):
    row = vendor(mapping="gone")
    handed_over(row)
    event = report(row, payload=payload)
    assert as_hr.get(reverse("admin:recruitment_vendorevent_change", args=[event.pk])).status_code == 200


def test_the_stages_of_a_last_report_are_read_too():
    payload = {"stages": [{"stage": 3, "scores": [{"competency": "teamwork", "value": 90}]}]}
    [score] = reports.scores_of(payload, "standard")
    assert (score.stage, score.name, score.value, score.is_used) == ("3", "teamwork", "90", True)
