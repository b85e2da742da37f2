"""Those who attack, each in a process of its own: `python -m tools.bench.attackers NAME PORT SECONDS SESSION`.

Prints how often it tried. It needs nothing but Python, and asks nobody but this machine.
"""

import http.client
import random
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

HERE = "127.0.0.1"
SILENT_BODIES, COOKIES, LOGINS, WORDS, SLOW_HEADERS = 300, 20_000, 12, 60, 50


def _silent(port: int, seconds: float, session: str) -> int:
    """Declare a body and send none, on the sign-in page, at the vendors' door and in the room in turn."""
    paths = ["/admin/login/", "/vendors/yimian/events", "/room/api/contact"]
    deadline = time.monotonic() + seconds
    with ExitStack() as stack:
        for number in range(SILENT_BODIES):
            length = 1000 if number % 2 else 200_000
            head = f"POST {paths[number % 3]} HTTP/1.1\r\nHost: {HERE}\r\nContent-Length: {length}\r\n\r\n"
            wire = stack.enter_context(socket.create_connection((HERE, port), 10))
            wire.sendall(head.encode())
        time.sleep(max(0.0, deadline - time.monotonic()))
    return SILENT_BODIES


def _cookies(port: int, seconds: float, session: str) -> int:
    """All the made-up room cookies, however long it takes, over six connections."""
    numbers = iter(range(COOKIES))
    lock = threading.Lock()

    def client() -> int:
        web, done = http.client.HTTPConnection(HERE, port, timeout=10), 0
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            with suppress(OSError, http.client.HTTPException):
                cookie = {"Cookie": f"room=made-up-{number}"}
                web.request("POST", "/room/api/heartbeat", b'{"epoch": 1}', cookie)
                web.getresponse().read()
                done += 1
        return done

    return _together(client, 6)


def _logins(port: int, seconds: float, session: str) -> int:
    """Twelve connections that sign in with wrong passwords, under another name each time."""
    deadline = time.monotonic() + seconds

    def client() -> int:
        done = 0
        while time.monotonic() < deadline:
            with suppress(OSError, http.client.HTTPException):
                web = http.client.HTTPConnection(HERE, port, timeout=30)
                web.request("GET", "/admin/login/")
                page = web.getresponse()
                token = (page.getheader("Set-Cookie") or "").partition("csrftoken=")[2].partition(";")[0]
                page.read()
                name = random.randrange(10**9)  # noqa: S311 -- a name that nobody has
                form = f"csrfmiddlewaretoken={token}&username=u{name}&password=wrong-password"
                headers = {
                    "Cookie": f"csrftoken={token}",
                    "Content-Type": "application/x-www-form-urlencoded",
                }
                web.request("POST", "/admin/login/", form, headers)
                web.getresponse().read()
                web.close()
                done += 1
        return done

    return _together(client, LOGINS)


def _search(port: int, seconds: float, session: str) -> int:
    """A colleague's session searches candidates and events for sixty words, four times at once."""
    deadline = time.monotonic() + seconds
    words = "+".join(f"a{number}" for number in range(WORDS))

    def client() -> int:
        done = 0
        while time.monotonic() < deadline:
            for page in ("recruitment/candidate", "events/event", "recruitment/interview"):
                with suppress(OSError, http.client.HTTPException):
                    web = http.client.HTTPConnection(HERE, port, timeout=30)
                    web.request(
                        "GET", f"/admin/{page}/?q={words}", headers={"Cookie": f"sessionid={session}"}
                    )
                    web.getresponse().read()
                    web.close()
                    done += 1
        return done

    return _together(client, 4)


def _slow_headers(port: int, seconds: float, session: str) -> int:
    """Fifty connections that send a header a letter at a time, and are opened again when they are closed."""
    deadline, opened = time.monotonic() + seconds, 0
    with ExitStack() as stack:
        wires: list[socket.socket] = []
        while time.monotonic() < deadline:
            while len(wires) < SLOW_HEADERS:
                wire = stack.enter_context(socket.create_connection((HERE, port), 10))
                wire.sendall(f"GET /ping HTTP/1.1\r\nHost: {HERE}\r\nX-Slow: ".encode())
                wires.append(wire)
                opened += 1
            for wire in list(wires):
                try:
                    wire.sendall(b"a")
                except OSError:
                    wires.remove(wire)
            time.sleep(0.3)
    return opened


def _together(client: Callable[[], int], count: int) -> int:
    with ThreadPoolExecutor(count) as pool:
        return sum(done.result() for done in [pool.submit(client) for _ in range(count)])


ATTACKS: dict[str, Callable[[int, float, str], int]] = {
    f"{SILENT_BODIES} silent bodies": _silent,
    f"{COOKIES} made-up cookies": _cookies,
    f"{LOGINS} connections of logins": _logins,
    f"a search of {WORDS} words": _search,
    f"{SLOW_HEADERS} slow headers": _slow_headers,
}

if __name__ == "__main__":
    _program, chosen, to, during, key = sys.argv
    print(ATTACKS[chosen](int(to), float(during), key))
