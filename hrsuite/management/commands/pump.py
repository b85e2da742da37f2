"""``manage.py pump``: the loops that may not wait. Several pumps share the work."""

import http
import http.client
import logging
import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction

from core import request_ids
from core.events import pulse
from core.history.context import acting
from core.jobs.loops import Loop, declared_loops
from core.process import certificate
from core.trouble.wall import Keeper
from recruitment.models.interviews import ROOM_PULSE
from recruitment.services import leases

logger = logging.getLogger(__name__)
PULSE_SECONDS = 2.0


class Command(BaseCommand):
    """The pulse every 2 s, and every loop that an app declares: at once while there is work, else at its own pace.

    The pulse has a loop of its own: an hour full of exits must not look like an hour in which nobody could hear.
    """

    help = "Run the loops that may not wait: the pulse, expired leases, unfinished reactions, due deliveries."

    def add_arguments(self, parser: CommandParser) -> None:
        """--web-port: where the web listens, so that the pulse proves that candidates can be heard."""
        parser.add_argument("--web-port", type=int, default=int(os.environ.get("HRSUITE_WEB_PORT", "0")))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT; a loop that fails on the database tries again, any other error ends the pump."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        web_port: int = options["web_port"]
        clock = Keeper()
        loops = [Loop("pulse", lambda: listen(web_port, clock), PULSE_SECONDS), *declared_loops()]
        threads = [
            threading.Thread(target=_run, args=(loop, stop), name=loop.name, daemon=True) for loop in loops
        ]
        for thread in threads:
            thread.start()
        while not stop.wait(1):
            if dead := [thread.name for thread in threads if not thread.is_alive()]:
                # Half a pump looks alive and is not: the supervisor starts a whole one.
                raise SystemExit(f"pump loop ended: {', '.join(dead)}")
        for thread in threads:
            thread.join(timeout=10)


def _run(loop: Loop, stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            try:
                with acting(source=f"loop:{loop.name}"), request_ids.under(request_ids.new()):
                    busy = loop.work()
            except (DatabaseError, InterfaceError) as error:
                logger.error("pump %s: %s", loop.name, type(error).__name__)
                connection.close()
                busy = 0
            close_old_connections()
            if not busy:
                stop.wait(loop.seconds)
    finally:
        connection.close()


def listen(web_port: int, clock: Keeper) -> int:
    """Stamp the pulse if the web can hear. Deaf, it does not, and no lease runs out.

    How far the clock was set is noted, and what hangs on it moved, in the transaction of the stamp: a pump that is
    ended in the middle of it leaves all of it to the next.
    """
    pulse.of_node("pump")
    is_heard = not web_port or _web_hears(web_port)
    with clock.forgetting(), transaction.atomic():
        if by := clock.look():
            leases.follow_the_clock(by)
        if is_heard:
            pulse.stamp(ROOM_PULSE, after_gap=leases.forgive_silence, set_back=leases.follow_the_clock_back)
    # Never at once again: the pulse keeps its beat.
    return 0


def _web_hears(port: int) -> bool:
    web = certificate.connection(port, timeout=2)
    try:
        web.request("GET", "/ping", headers={"Host": "127.0.0.1"})
        return web.getresponse().status == http.HTTPStatus.NO_CONTENT
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()
