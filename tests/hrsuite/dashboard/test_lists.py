"""What lists say that no app below can say alone: events in words, and an empty list what to do now."""

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.urls import reverse
from django.utils import translation

from core.events.models import Event

pytestmark = pytest.mark.django_db


def rows_of(page: str) -> str:
    """The list's table: the filters beside it carry the codes as values."""
    begin = page.index('id="result_list"')
    return page[begin : page.index("</table>", begin)]


def test_the_ledger_of_events_speaks_in_words(as_hr, story):
    page = as_hr.get(reverse("admin:events_event_changelist")).content.decode()
    for word in ("面试中断", "跟进任务已建立", "候选人"):
        assert word in page
    table = rows_of(page)
    assert "interview_interrupted" not in table
    assert "recruitment.interview" not in table
    event = Event.objects.get(kind="interview_interrupted")
    assert reverse("admin:recruitment_interview_change", args=[event.subject_id]) in table
    assert as_hr.get(reverse("admin:events_event_change", args=[event.pk])).status_code == 200


def test_the_ledger_of_reactions_speaks_in_words(as_hr, story):
    page = as_hr.get(reverse("admin:events_reaction_changelist")).content.decode()
    table = rows_of(page)
    assert "recruitment.align_follow_up" not in table
    assert "入职延迟" in table


SPEAKING = {
    model._meta.label_lower: model_admin.nothing_yet
    for model, model_admin in admin.site._registry.items()
    if hasattr(model_admin, "nothing_yet")
}


# Theirs alone: the queue's own page, and tests/hrsuite/dashboard/test_backup_runs.py; the lead's is the log of looks.
ADMINISTRATORS = {"django_q.failure", "core.backuprun"}
LEADS = {"history.look"}


def test_the_lists_that_fill_by_themselves_say_so_while_they_are_empty():
    assert sorted(SPEAKING) == [
        "core.backuprun", "django_q.failure", "events.reaction", "exchange.export", "exchange.import",
        "history.look",
        "messaging.approval", "messaging.callback", "messaging.channelpause", "messaging.message",
        "messaging.smsconnection",
        "messaging.wecomconnection",
        "onboarding.employeeidentity", "onboarding.onboardingcase", "onboarding.onboardingdelay",
        "onboarding.onboardingstep",
        "people.apitoken", "people.employee",
        "recruitment.application", "recruitment.assessment", "recruitment.decision", "recruitment.erasure",
        "recruitment.experiment",
        "recruitment.followup", "recruitment.hold",
        "recruitment.interview", "recruitment.interviewexit", "recruitment.interviewplan",
        "recruitment.interviewsurvey", "recruitment.invitation",
        "recruitment.learning", "recruitment.lettertemplate", "recruitment.mailbox", "recruitment.offer",
        "recruitment.personrequest", "recruitment.problem", "recruitment.publicapplication",
        "recruitment.receivedmail", "recruitment.recordingaccess", "recruitment.resume",
        "recruitment.resumeaccess", "recruitment.roomlink",
        "recruitment.segment", "recruitment.slotoffer", "recruitment.stagepromise", "recruitment.transcript",
        "recruitment.vendor",
        "recruitment.vendorevent",
        "training.planitem", "training.trainingplan",
    ]  # fmt: skip


@pytest.mark.parametrize("model_label", sorted(set(SPEAKING) - ADMINISTRATORS - LEADS))
def test_an_empty_list_says_what_will_appear_in_it(as_hr, model_label):
    page = as_hr.get(reverse(f"admin:{model_label.replace('.', '_')}_changelist"))
    assert str(SPEAKING[model_label]) in page.content.decode()


def test_a_filter_that_fits_nothing_can_be_reset(as_hr, story):
    page = as_hr.get(reverse("admin:recruitment_interview_changelist"), {"q": "没有这个人"}).content.decode()
    assert "清除筛选" in page


def test_every_heading_is_written_for_people_and_none_is_a_name_of_the_programs():
    """In English, where nothing is translated: "last_run" stood above the jobs."""
    found = []
    with translation.override("en"):
        for model, page in admin.site._registry.items():
            for name in (one for one in (*page.list_display, *page.readonly_fields) if isinstance(one, str)):
                label, shown = label_for_field(name, model, page, return_attr=True)
                is_named = name == "__str__" or not callable(shown) or hasattr(shown, "short_description")
                if "_" in str(label).strip("_") or not is_named:
                    found.append((model._meta.label, name, str(label)))
    assert found == []
