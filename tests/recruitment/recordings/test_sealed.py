"""What was written down of recordings is sealed: as the model wrote it, and as a person corrected it."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from core.sealed import resealing, ring
from recruitment.models import Transcript
from recruitment.recordings.services import writing_down
from tests.core.sealed.test_columns import stored
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.evaluation.test_heard import spoken

pytestmark = pytest.mark.django_db
SAID = ("我先听他说完，", "s: 记下问题 “引号” 🙂")


@pytest.fixture
def transcript() -> Transcript:
    spoken(make.interview(state="in_progress"), *SAID)
    return Transcript.objects.get()


def test_pieces_and_correction_are_sealed_and_read_as_they_were(transcript: Transcript) -> None:
    assert [piece["text"] for piece in transcript.pieces] == [*SAID]
    assert stored(transcript, "corrected", "corrections") == (None, None)
    by = people.lead()
    writing_down.correct(transcript_id=transcript.pk, texts=["我先听完", SAID[1]], by=by)
    assert [*map(ring.is_sealed, stored(transcript, "pieces", "corrected", "corrections"))] == [True] * 3
    found = Transcript.objects.get()
    assert (found.text, [piece["text"] for piece in found.pieces]) == (f"我先听完\n{SAID[1]}", [*SAID])
    writing_down.correct(transcript_id=transcript.pk, texts=[*SAID], by=by)
    # That it was taken back, and from what, is kept as well.
    assert stored(transcript, "corrected") == (None,)
    assert [made["changes"] for made in Transcript.objects.get().corrections] == [
        [[0, SAID[0], "我先听完"]], [[0, "我先听完", SAID[0]]],
    ]  # fmt: skip
    assert Transcript.objects.values_list("pieces", flat=True).get() == found.pieces
    assert list(Transcript.objects.filter(pieces__isnull=False, corrected__isnull=True)) == [transcript]
    with pytest.raises(FieldError):
        Transcript.objects.filter(pieces__0__text=SAID[0]).exists()


def test_what_the_release_before_wrote_is_sealed_once(transcript: Transcript) -> None:
    pieces = transcript.pieces
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE recruitment_transcript DROP CONSTRAINT transcript_is_sealed")
        cursor.execute(
            """UPDATE recruitment_transcript SET pieces = '[{"to": 3.0, "from": 0.0, "text": "s::"}]'"""
        )
    assert Transcript.objects.get().pieces == [{"from": 0.0, "to": 3.0, "text": "s::"}]
    fields = resealing.sealed_columns(Transcript)
    assert {field.name for field in fields} == {"pieces", "corrected", "corrections"}
    assert (resealing.seal(Transcript, fields), resealing.seal(Transcript, fields)) == (1, 0)
    assert ring.is_sealed(*stored(transcript, "pieces"))
    assert Transcript.objects.get().pieces != pieces and Transcript.objects.get().text == "s::"
