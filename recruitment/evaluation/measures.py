"""How something was said, in neutral figures: never a score, and none of them is good or bad by itself.

From the stretches with a voice (Silero's detection), not from the words' times: a model that writes smears pauses over.
"""

from itertools import pairwise

from recruitment.evaluation.providers import Written

# Shorter breaks belong to speaking.
PAUSE_SECONDS = 0.5


def measured(written: Written) -> dict[str, float]:
    """By name, each only where it is known:

    `seconds_to_first_word` until a voice is heard, `pauses` and `pause_seconds` between stretches with a voice,
    `speech_share` of the recording from 0 to 1, `characters_per_minute` of the time with a voice (for languages
    written with blanks `words_per_minute`).
    """
    if not written.speech or not written.seconds:
        return {}
    spoken = sum(end - start for start, end in written.speech)
    breaks = [following[0] - one[1] for one, following in pairwise(written.speech)]
    pauses = [each for each in breaks if each >= PAUSE_SECONDS]
    found = {
        "seconds_to_first_word": round(written.speech[0][0], 1),
        "pauses": float(len(pauses)),
        "pause_seconds": round(sum(pauses), 1),
        "speech_share": round(min(1.0, spoken / written.seconds), 2),
    }
    if written.pieces and spoken:
        text = "".join(piece.text + " " for piece in written.pieces)
        count = sum(each.isalnum() for each in text) if written.language == "zh" else len(text.split())
        name = "characters_per_minute" if written.language == "zh" else "words_per_minute"
        found[name] = round(count * 60 / spoken)
    return found
