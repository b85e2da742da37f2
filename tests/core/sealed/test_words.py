"""What people wrote is sealed in its row and in the history; whoever may see the row reads it as before."""

import pickle
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.history.models import Change
from core.history.past_sealed import seal_past
from core.history.words import Words
from core.sealed import resealing, ring
from people.models import User
from recruitment.models import CandidateNote, Problem
from recruitment.services import notes, problems
from tests.core.sealed.test_columns import stored
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
SAID, LATER = "家里有事，十二月才能到岗", "一月才能到岗"


@pytest.fixture
def writer(client: Client) -> User:
    found = people.recruiter(is_superuser=True, username="li")
    client.force_login(found)
    return found


def test_a_note_is_sealed_in_its_row_and_in_what_it_said_before(writer: User, client: Client) -> None:
    candidate = make.candidate("张三")
    note = notes.write(candidate_id=candidate.pk, text=SAID, by=writer)
    assert notes.write(candidate_id=candidate.pk, text=SAID, by=writer) == note, "one click"
    notes.edit(note_id=note.pk, text=LATER, was=SAID, by=writer)
    assert ring.is_sealed(*stored(note, "text"))
    [change] = Change.objects.filter(model="recruitment.candidatenote", did="U")
    assert ring.is_sealed(change.before["text"]) and ring.is_sealed(change.after["text"])
    [sentence] = [
        each for each in Words([change], own="recruitment.candidatenote").sentences(change) if SAID in each
    ]
    assert LATER in sentence and "•••" not in sentence
    page = client.get(reverse("admin:recruitment_candidate_change", args=[candidate.pk])).content.decode()
    assert SAID in page and LATER in page and f":{ring.ring().present}:" not in page
    assert CandidateNote.objects.values_list("text", flat=True).get() == LATER


def test_a_problem_report_is_sealed_and_its_list_reads_it(writer: User, client: Client) -> None:
    row = problems.report(words=SAID, by=writer)
    assert problems.report(words=SAID, by=writer) == row, "one click"
    assert stored(row, "answer") == ("",)
    problems.answer(problem_id=row.pk, words=LATER, by=writer)
    assert [*map(ring.is_sealed, stored(row, "words", "answer"))] == [True, True]
    shown = client.get(reverse("admin:recruitment_problem_changelist")).content.decode()
    assert SAID in shown and "•••" not in shown
    page = client.get(reverse("admin:recruitment_problem_change", args=[row.pk])).content.decode()
    assert SAID in page and LATER in page


def test_rows_and_history_of_before_are_sealed_and_nobody_s_words_are_lost(writer: User) -> None:
    candidate = make.candidate("张三")
    made = [notes.write(candidate_id=candidate.pk, text=f"{SAID} {n}", by=writer) for n in range(3)]
    row = problems.report(words=SAID, by=writer)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE recruitment_candidatenote DROP CONSTRAINT candidate_note_is_sealed")
        cursor.execute("UPDATE recruitment_candidatenote SET text = 's: ' || id")
        cursor.execute("UPDATE recruitment_candidatenote SET text = 'a:b:c ' || id")
    texts = [f"a:b:c {note.pk}" for note in made]
    field = CandidateNote._meta.get_field("text")
    lines = Change.objects.filter(model="recruitment.candidatenote")
    before = lines.count()
    assert resealing.seal(CandidateNote, [field]) == 3
    assert lines.count() == before, "the same words, sealed, are no change"
    assert [note.text for note in CandidateNote.objects.order_by("pk")] == texts
    assert all(ring.is_sealed(*stored(note, "text")) for note in made)
    assert seal_past(CandidateNote, [field]) == 6
    kept = [value["text"] for each in lines.filter(did="U") for value in (each.before, each.after)]
    assert len(kept) == 12 and all(map(ring.is_sealed, kept))
    said = {field.unseal(each) for each in kept}
    assert {*texts, f"s: {made[0].pk}", f"{SAID} 0"} <= said
    assert Problem.objects.get().words == row.words == SAID


def test_saved_as_it_was_read_nothing_has_changed(own_ring: Path, writer: User) -> None:
    note = notes.write(candidate_id=make.candidate("张三").pk, text=SAID, by=writer)
    was, lines = stored(note, "text"), Change.objects.count()
    read = CandidateNote.objects.get(pk=note.pk)
    read.save()
    assert (stored(note, "text"), Change.objects.count()) == (was, lines)


def test_what_was_read_is_sealed_anew_elsewhere_and_under_another_key(own_ring: Path, writer: User) -> None:
    note = notes.write(candidate_id=make.candidate("张三").pk, text=SAID, by=writer)
    (was,), read = stored(note, "text"), CandidateNote.objects.get(pk=note.pk)
    row = problems.report(words=LATER, by=writer)
    for words in (read.text, pickle.loads(pickle.dumps(read.text))):
        Problem.objects.filter(pk=row.pk).update(words=words)
        assert Problem.objects.get(pk=row.pk).words == SAID and stored(row, "words") != (was,)
    ring.add_key()
    fields = resealing.sealed_columns(CandidateNote)
    assert (resealing.seal(CandidateNote, fields), resealing.seal(CandidateNote, fields)) == (1, 0)
    read.save()
    assert f":{ring.ring().present}:" in stored(note, "text")[0], "read before the change, saved after it"
    assert CandidateNote.objects.get().text == SAID
