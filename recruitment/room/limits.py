"""How often one link may write: counted in the memory of this process, without a query, and only for live sessions.

Never per address, since many candidates share one; only wrong codes are, because whoever guesses has no link yet.
"""

from core.addresses import address_of
from core.errors import TooMany
from core.limits import WINDOW, Counter

__all__ = ["WINDOW", "Counter", "TooMany", "address_of", "counter"]

WRITES = 240
READS = 240
# Fifteen slices a minute while recording; a queue of ten minutes is drained in one.
CHUNKS = 400
EXCHANGES = 30
# Guesses at a code for another device; the arithmetic stands in recruitment.services.handovers. Behind one address
# stand whole offices and phone networks: what one browser may be wrong is small, what all of them may is not.
WRONG_PER_BROWSER = 10
WRONG_PER_ADDRESS = 100
WRONG_ALTOGETHER = 300

counter = Counter()
