"""What a candidate sees meanwhile: a request through the balancer four times a second, and the longest silence."""

import itertools
import threading
import time

from tools.nodes.machines import PORT, answers

EVERY, WITHIN = 0.25, 2.0


class Watch(threading.Thread):
    """Asks /ping (web and database) until it is stopped."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._stop_asked = threading.Event()
        self.seen: list[tuple[float, bool]] = []

    def run(self) -> None:
        """Until `stop`."""
        while not self._stop_asked.wait(EVERY):
            began = time.monotonic()
            self.seen.append((began, answers("127.0.0.1", PORT, "/ping", within=WITHIN)))

    def stop(self) -> None:
        """No more."""
        self._stop_asked.set()
        self.join()

    def longest_silence(self, since: float, until: float) -> float:
        """The longest stretch between two answers in this time, in seconds."""
        heard = [at for at, well in self.seen if well and since <= at <= until]
        moments = [since, *heard, until]
        return max((later - earlier for earlier, later in itertools.pairwise(moments)), default=0.0)
