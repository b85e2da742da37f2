"""A WeCom server for tests: token, sending, recall, its duplicate check, and every way it can go wrong.

It is written from WeCom's documentation and knows nothing of the client. Two lists are the oracle of a
test: `calls` is everything that arrived, `messages` everything that was taken; a message's `shown` says
whether the person saw it.

    with WeComEmulator() as wecom:
        wecom.fail("message/send", errcode(40014), times=1)
"""

import itertools
import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.emulators.faults import Fault, Trickle, truncated

TOKEN_SECONDS = 7200
TOKENS_REFUSED = {"expired": 42001, "unknown": 40014}
RECALL_SECONDS = 24 * 3600
SHOWN_PER_MINUTE = 30


@dataclass(frozen=True)
class Application:
    """One application of a company: what a client must know to speak as it."""

    corp_id: str = "ww-demo"
    agent_id: int = 1000002
    secret: str = "SECRET-of-agent-1000002-long-enough"

    def settings(self, base_url: str) -> dict[str, Any]:
        """The value of settings.WECOM."""
        return {
            "corp_id": self.corp_id,
            "agent_id": self.agent_id,
            "secret": self.secret,
            "base_url": base_url,
        }


@dataclass(frozen=True)
class Call:
    """One request that arrived."""

    endpoint: str
    query: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as sent, parsed."""
        return json.loads(self.body)


@dataclass
class Message:
    """One message the server took."""

    msgid: str
    agent_id: int
    userid: str
    body: dict[str, Any]
    at: float
    shown: bool = True

    @property
    def text(self) -> str:
        """The words of a text message."""
        return str(self.body["text"]["content"])


@dataclass
class _Issued:
    application: Application
    expires_at: float


@dataclass
class WeComEmulator:
    """The server. Faults are taken from a queue per endpoint, in order, before anything else is looked at."""

    applications: list[Application] = field(default_factory=lambda: [Application()])
    unknown_users: set[str] = field(default_factory=set)
    unlicensed_users: set[str] = field(default_factory=set)
    # Colleagues whom the application may see; None is everybody, an empty set nobody.
    visible: set[str] | None = None
    token_delay: float = 0.0
    calls: list[Call] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: dict[str, deque[Fault]] = {}
        self._for_ever: dict[str, Fault] = {}
        self._tokens: dict[str, _Issued] = {}
        self._seen: dict[tuple[int, bytes], float] = {}
        self._numbers = itertools.count(1)
        self._ahead = 0.0
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.emulator = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    @property
    def base_url(self) -> str:
        """Where it listens, as a client's base address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/cgi-bin/"

    def fail(self, endpoint: str, fault: Fault, *, times: int | None = 1) -> None:
        """Answer the next `times` calls with `fault`; None means every call from now on."""
        with self._lock:
            if times is None:
                self._for_ever[endpoint] = fault
            else:
                self._faults.setdefault(endpoint, deque()).extend([fault] * times)

    def heal(self) -> None:
        """Forget every fault not yet used."""
        with self._lock:
            self._faults.clear()
            self._for_ever.clear()

    def advance(self, seconds: float) -> None:
        """Let the server's clock run ahead."""
        self._ahead += seconds

    def invalidate_tokens(self) -> None:
        """Take back every token before its time."""
        with self._lock:
            self._tokens.clear()

    def count(self, endpoint: str) -> int:
        """How many calls of `endpoint` arrived."""
        return sum(call.endpoint == endpoint for call in self.calls)

    def now(self) -> float:
        """The server's clock."""
        return time.time() + self._ahead

    # What follows runs in the handler's threads.

    def arrived(self, call: Call) -> Fault | None:
        """Note the call and take the fault that is due for it."""
        with self._lock:
            self.calls.append(call)
            waiting = self._faults.get(call.endpoint)
            return waiting.popleft() if waiting else self._for_ever.get(call.endpoint)

    def answer(self, call: Call) -> dict[str, Any]:
        """What a healthy server says to this call."""
        if call.endpoint == "gettoken":
            return self._give_token(call.query)
        issued = self._tokens.get(call.query.get("access_token", ""))
        if "access_token" not in call.query:
            return {"errcode": 41001, "errmsg": "access_token missing"}
        if issued is None:
            return {"errcode": TOKENS_REFUSED["unknown"], "errmsg": "invalid access_token"}
        if issued.expires_at <= self.now():
            return {"errcode": TOKENS_REFUSED["expired"], "errmsg": "access_token expired"}
        handlers: dict[str, Callable[[Application, Call], dict[str, Any]]] = {
            "message/send": self._send,
            "message/recall": self._recall,
            "agent/get": self._agent,
            "user/get": self._user,
        }
        with self._lock:
            return handlers[call.endpoint](issued.application, call)

    def _give_token(self, query: dict[str, str]) -> dict[str, Any]:
        time.sleep(self.token_delay)
        of_company = [one for one in self.applications if one.corp_id == query.get("corpid")]
        if not of_company:
            return {"errcode": 40013, "errmsg": "invalid corpid"}
        for application in of_company:
            if application.secret == query.get("corpsecret"):
                with self._lock:
                    token = f"token-{next(self._numbers)}-of-{application.agent_id}-{'x' * 40}"
                    self._tokens[token] = _Issued(application, self.now() + TOKEN_SECONDS)
                return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": TOKEN_SECONDS}
        return {"errcode": 40001, "errmsg": f"invalid credential {query.get('corpsecret')}"}

    def _send(self, application: Application, call: Call) -> dict[str, Any]:
        body = call.json
        if body.get("agentid") != application.agent_id:
            return {"errcode": 301002, "errmsg": "not allow operate another agent with this accesstoken"}
        userid = body["touser"]
        if userid in self.unknown_users:
            # The person alone was addressed, so nobody is left: WeCom calls that 81013.
            return {"errcode": 81013, "errmsg": f"user {userid} & party & tag all invalid"}
        if userid in self.unlicensed_users:
            return {"errcode": 0, "errmsg": "ok", "unlicenseduser": userid.lower(), "msgid": self._msgid()}
        if body.get("enable_duplicate_check") == 1:
            interval = min(body.get("duplicate_check_interval", 1800), 14_400)
            first = self._seen.get((application.agent_id, call.body))
            if first is not None and self.now() - first < interval:
                return {"errcode": 0, "errmsg": "ok", "msgid": self._msgid()}
            self._seen[application.agent_id, call.body] = self.now()
        minute = [one for one in self.messages if one.userid == userid and one.at > self.now() - 60]
        message = Message(
            msgid=self._msgid(),
            agent_id=application.agent_id,
            userid=userid,
            body=body,
            at=self.now(),
            # Above the limit WeCom answers success and shows nothing.
            shown=len(minute) < SHOWN_PER_MINUTE,
        )
        self.messages.append(message)
        return {"errcode": 0, "errmsg": "ok", "msgid": message.msgid}

    def _agent(self, application: Application, call: Call) -> dict[str, Any]:
        if call.query.get("agentid") != str(application.agent_id):
            return {"errcode": 301002, "errmsg": "not allow operate another agent with this accesstoken"}
        people = {"everybody"} if self.visible is None else self.visible
        return {
            "errcode": 0,
            "errmsg": "ok",
            "agentid": application.agent_id,
            "name": "人事助手",
            "allow_userinfos": {"user": [{"userid": userid} for userid in sorted(people)]},
            "allow_partys": {"partyid": []},
            "allow_tags": {"tagid": []},
        }

    def _user(self, application: Application, call: Call) -> dict[str, Any]:
        userid = call.query.get("userid", "")
        if userid in self.unknown_users:
            return {"errcode": 60111, "errmsg": f"userid {userid} not found"}
        if self.visible is not None and userid not in self.visible:
            return {"errcode": 60011, "errmsg": "no privilege to access/modify contact/party/agent"}
        return {"errcode": 0, "errmsg": "ok", "userid": userid, "name": "同事", "department": [1]}

    def _recall(self, application: Application, call: Call) -> dict[str, Any]:
        for message in self.messages:
            if message.msgid == call.json["msgid"] and message.agent_id == application.agent_id:
                if self.now() - message.at > RECALL_SECONDS:
                    return {"errcode": 45032, "errmsg": "recall time out"}
                message.shown = False
                self.recalled.append(message.msgid)
                return {"errcode": 0, "errmsg": "ok"}
        return {"errcode": 40058, "errmsg": "invalid msgid"}

    def _msgid(self) -> str:
        return f"msg-{next(self._numbers)}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    emulator: WeComEmulator

    def handle_error(self, *_: object) -> None:
        """A client that hung up is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        call = Call(parts.path.removeprefix("/cgi-bin/"), dict(parse_qsl(parts.query)), body)
        emulator = self.server.emulator
        fault = emulator.arrived(call)
        if fault is None:
            self._reply(200, json.dumps(emulator.answer(call)).encode())
            return
        answer = emulator.answer(call) if fault.takes_it else {}
        if fault.hang_seconds:
            time.sleep(fault.hang_seconds)
        if fault.reset:
            self._reset()
        elif fault.trickle is not None:
            self._trickle(fault.trickle)
        elif fault.shorten:
            self._reply(200, truncated(json.dumps(answer).encode()))
        elif fault.merge is not None:
            self._reply(200, json.dumps({**answer, **fault.merge}).encode())
        else:
            self._reply(fault.status, fault.body, fault.headers)

    def _reset(self) -> None:
        # A linger of zero makes the close a reset; the socket closes with its last file.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def _reply(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self, trickle: Trickle) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        until = time.monotonic() + trickle.seconds
        while time.monotonic() < until:
            self.wfile.write(b" ")
            time.sleep(trickle.pause)
        self.close_connection = True
