"""The job queue's pages take no code: a superuser of the suite is not the machine's."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django_q.models import Failure, OrmQ, Schedule, Success
from django_q.tasks import async_task

from tests.factories import people

pytestmark = pytest.mark.django_db
MODELS = [Failure, OrmQ, Schedule, Success]


@pytest.fixture
def root(client):
    client.force_login(people.user(is_superuser=True))
    return client


def test_a_schedule_is_neither_made_nor_changed_by_a_page(root):
    """The attack: a schedule of os.system with a command, from the admin's form."""
    form = {
        "name": "x",
        "func": "os.system",
        "args": "'id > /tmp/owned'",
        "schedule_type": "O",
        "repeats": "-1",
    }
    row = Schedule.objects.create(name="core.beat", func="core.jobs.tasks.beat")
    answers = [
        root.post(reverse("admin:django_q_schedule_add"), form).status_code,
        root.post(reverse("admin:django_q_schedule_change", args=[row.pk]), form).status_code,
        root.post(reverse("admin:django_q_schedule_delete", args=[row.pk]), {"post": "yes"}).status_code,
    ]
    assert answers == [403, 403, 403]
    assert list(Schedule.objects.values_list("func", flat=True)) == ["core.jobs.tasks.beat"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_page_of_the_queue_adds_changes_or_resubmits(root, model, rf):
    page = admin.site._registry[model]
    request = rf.get("/")
    request.user = people.user(is_superuser=True)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert page.get_actions(request) == {}
    address = reverse(f"admin:django_q_{model._meta.model_name}_changelist")
    for action in ("retry_failed", "resubmit_task", "delete_selected"):
        root.post(address, {"action": action, "_selected_action": ["1"]})
    assert not OrmQ.objects.exists()


def test_a_waiting_job_is_said_in_words(root):
    async_task("recruitment.tasks.score_checkpoint", 17, group="scoring")
    address = reverse("admin:django_q_ormq_change", args=[OrmQ.objects.latest("pk").pk])
    page = root.get(address).content.decode()
    assert "17" in page and "score_checkpoint" in page
    assert "datetime." not in page and "request_id" not in page


def test_no_page_of_the_admin_takes_the_name_of_a_function():
    """Anywhere: a field of a form whose value is imported and called."""
    taking = {
        model._meta.label
        for model in admin.site._registry
        for field in model._meta.get_fields()
        if field.name in {"func", "hook", "callable", "function"}
    }
    assert taking <= {"django_q.Schedule", "django_q.Failure", "django_q.Success", "django_q.Task"}
