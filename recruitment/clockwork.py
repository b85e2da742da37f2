"""What of recordings and scores is put off by moments: it comes back with a clock that was set back."""

from datetime import timedelta

from core.trouble.clockwork import FARTHEST, PutOff
from recruitment.models import Scoring, Transcript, Voice

# Of tries; a service that is away is asked again within hours.
DAY = timedelta(hours=24)

PUT_OFF = [
    *(PutOff(model, "claimed_until", FARTHEST) for model in (Scoring, Transcript)),
    *(PutOff(model, "try_after", DAY) for model in (Scoring, Transcript, Voice)),
]
