"""What of recordings and scores is put off by moments: it comes back with a clock that was set back."""

from datetime import timedelta
from typing import Any

from core.trouble.clockwork import FARTHEST, PutOff
from recruitment.enums import ScoringState, TranscriptState
from recruitment.models import Scoring, Transcript, Voice

# Of tries; a service that is away is asked again within hours.
DAY = timedelta(hours=24)

# Only what is owed is in hand, or tried again.
OWED: tuple[tuple[Any, dict[str, Any]], ...] = (
    (Scoring, {"state": ScoringState.OWED}),
    (Transcript, {"state": TranscriptState.OWED}),
)

PUT_OFF = [
    *(PutOff(model, "claimed_until", FARTHEST, owed) for model, owed in OWED),
    *(PutOff(model, "try_after", DAY, owed) for model, owed in OWED),
    PutOff(Voice, "try_after", DAY),
]
