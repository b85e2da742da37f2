"""How something was said: figures from the stretches with a voice, and none where they are not known."""

import pytest

from recruitment.evaluation.measures import measured
from recruitment.evaluation.providers import Piece, Written


def heard(
    *,
    speech: tuple[tuple[float, float], ...] | None,
    text: str = "我先听他说完，记下。",
    language: str = "zh",
) -> Written:
    return Written(language, "whisper-base", 10.0, (Piece(1.0, 9.0, text),) if text else (), speech)


def test_pauses_share_and_speed() -> None:
    assert measured(heard(speech=((1.5, 3.0), (3.3, 5.0), (7.0, 9.0)))) == {
        "seconds_to_first_word": 1.5,
        "pauses": 1.0,
        "pause_seconds": 2.0,
        "speech_share": 0.52,
        "characters_per_minute": 92,
    }


def test_words_are_counted_where_they_are_parted_by_blanks() -> None:
    found = measured(heard(speech=((0.0, 5.0),), text="I kept the tables", language="en"))
    assert found["words_per_minute"] == 48
    assert "characters_per_minute" not in found


@pytest.mark.parametrize("speech", [None, ()])
def test_nothing_is_made_up_where_no_voice_is_known(speech: tuple[tuple[float, float], ...] | None) -> None:
    assert measured(heard(speech=speech)) == {}


def test_a_voice_without_words_has_no_speed() -> None:
    assert set(measured(heard(speech=((0.0, 2.0),), text=""))) == {
        "seconds_to_first_word", "pauses", "pause_seconds", "speech_share",
    }  # fmt: skip
