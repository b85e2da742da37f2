"""Two who save the same at the same instant: the table takes one, and the other reads a sentence."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse

from core.middleware import as_domain_error
from people.models import User
from recruitment.models import Candidate
from tests.core.admin.pages import saved, shown_in_full
from tests.factories import people, recruitment


class Rival:
    """Saves a row of its own in the instant before the table hears of the page's."""

    def __init__(self, model: type[Model], **values: Any) -> None:
        self.model, self.values, self.is_due = model, values, True

    def __enter__(self) -> None:
        pre_save.connect(self._first, sender=self.model)

    def __exit__(self, *error: object) -> None:
        pre_save.disconnect(self._first, sender=self.model)

    def _first(self, **signal: Any) -> None:
        if self.is_due:
            self.is_due = False
            thread = threading.Thread(target=self._save)
            thread.start()
            thread.join(timeout=20)

    def _save(self) -> None:
        try:
            self.model._base_manager.create(**self.values)
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_second_reads_it_beside_the_field(client: Client) -> None:
    client.force_login(people.lead(is_superuser=True))
    person = recruitment.candidate("张三")
    pages = [
        ({"email": "a@example.com"}, Rival(Candidate, name="李四", email="a@example.com")),
        ({"phone": "139 0013 9000"}, Rival(Candidate, name="王五", phone="+8613900139000")),
    ]
    shown_in_full(client, person)
    for typed, rival in pages:
        with rival:
            answer = saved(client, person, **typed)
        assert (answer.status_code, answer.headers.get("Location")) == (200, None), typed
        assert answer.context["errors"], typed
        assert Candidate.objects.filter(**rival.values).count() == 1
    with Rival(User, username="li.si", name="李四"):
        form = {"username": "li.si", "name": "另一位", "password1": "rTy-83-kKo", "password2": "rTy-83-kKo",
                "roles": [], "language": "zh-hans"}  # fmt: skip
        answer = client.post(reverse("admin:people_user_add"), form)
    assert (answer.status_code, "username" in answer.context["adminform"].form.errors) == (200, True)
    assert User.objects.get(username="li.si").name == "李四"


@pytest.mark.django_db
def test_a_row_that_the_table_refuses_is_a_409_with_a_sentence_and_no_other_fault_is() -> None:
    recruitment.candidate("张三", email="a@example.com")
    with pytest.raises(IntegrityError) as taken, transaction.atomic():
        Candidate.objects.create(name="李四", email="a@example.com")
    told = as_domain_error(taken.value)
    assert told is not None
    assert (told.status, told.code, "刚刚已有人保存" in str(told.message)) == (409, "taken_meanwhile", True)
    with pytest.raises(IntegrityError) as wrong, transaction.atomic():
        Candidate.objects.filter(name="张三").update(phone="abc")
    assert as_domain_error(wrong.value) is None
