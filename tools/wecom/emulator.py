"""The emulated server itself: tokens, what is asked of it, the faults in its way, and its clock.

Two lists are the oracle of a test: `calls` is everything that arrived, `messages` everything that was taken; a
message's `shown` says whether the person saw it. For people outside it is `kf.sent`.

    with WeComEmulator() as wecom:
        wecom.fail("message/send", errcode(40014), times=1)
"""

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tools.serving import Serving
from tools.wecom import (
    addresses,
    approvals,
    attendance,
    contacts,
    customers,
    media,
    outside,
    people,
    sending,
    tickets,
)
from tools.wecom.approvals import Approvals
from tools.wecom.attendance import Stamped
from tools.wecom.cipher import Box
from tools.wecom.customers import CustomerService
from tools.wecom.faults import Fault
from tools.wecom.media import Kept
from tools.wecom.outside import Outside
from tools.wecom.people import Callbacks, Envelope
from tools.wecom.server import Handler, Server
from tools.wecom.world import (
    Answer,
    Application,
    Call,
    Department,
    Member,
    Message,
    Refusal,
    ResponseCode,
)

TOKEN_SECONDS = 7200
TOKENS_REFUSED = {"expired": 42001, "unknown": 40014}
Handle = Callable[["WeComEmulator", Application, Call], Answer]
ROUTES: dict[str, Handle] = {
    **sending.ROUTES,
    **contacts.ROUTES,
    **customers.ROUTES,
    **approvals.ROUTES,
    **attendance.ROUTES,
    **outside.ROUTES,
    **media.ROUTES,
    **tickets.ROUTES,
    **addresses.ROUTES,
}


@dataclass
class _Issued:
    application: Application
    expires_at: float


@dataclass
class WeComEmulator(Serving):
    """The server. Faults are taken from a queue per endpoint, in order, before anything else is looked at.

    `visible`: colleagues whom the application may see; None is everybody, an empty set nobody. `forbidden`: endpoints,
    or beginnings of them, that applications have no right to. `trusts_caller`: whether the caller's address is on the
    list of trusted ones. `at_the_phone`: who signs in without being asked, empty for a page that asks. `key`:
    for whoever reads and presses from another process (tools.wecom.hands). `port`: 0 for any that is free.
    """

    applications: list[Application] = field(default_factory=lambda: [Application()])
    members: list[Member] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)
    unknown_users: set[str] = field(default_factory=set)
    unlicensed_users: set[str] = field(default_factory=set)
    visible: set[str] | None = None
    forbidden: set[str] = field(default_factory=set)
    trusts_caller: bool = True
    token_delay: float = 0.0
    kf_url: str = "https://work.weixin.qq.com/kfid/"
    kf: CustomerService = field(default_factory=CustomerService)
    outside: Outside = field(default_factory=Outside)
    media: dict[str, Kept] = field(default_factory=dict)
    tickets: dict[str, tuple[str, float]] = field(default_factory=dict)
    asked_tickets: list[tuple[float, int, str]] = field(default_factory=list)
    calls_from: list[str] = field(default_factory=lambda: ["101.226.103.59", "182.254.11.176/28"])
    answers_at: list[str] = field(default_factory=lambda: ["182.254.78.66"])
    approvals: Approvals = field(default_factory=Approvals)
    stamps: list[Stamped] = field(default_factory=list)
    callbacks: Callbacks = field(default_factory=Callbacks)
    calls: list[Call] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    # What it has to remember: requests and tasks that came before, codes that are good once.
    seen: dict[tuple[int, bytes], float] = field(default_factory=dict)
    tasks: set[tuple[int, str]] = field(default_factory=set)
    response_codes: dict[str, ResponseCode] = field(default_factory=dict)
    sign_ins: dict[str, tuple[str, float, bool]] = field(default_factory=dict)
    user_tickets: dict[str, tuple[str, float]] = field(default_factory=dict)
    at_the_phone: str = ""
    key: str = ""
    first_number: int = 1
    port: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._faults: dict[str, deque[Fault]] = {}
        self._for_ever: dict[str, Fault] = {}
        self._tokens: dict[str, _Issued] = {}
        self._numbers = itertools.count(self.first_number)
        self._ahead = 0.0
        self._server = Server(("127.0.0.1", self.port), Handler)
        self._server.emulator = self

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

    def new_id(self, what: str) -> str:
        """A name that nothing else has."""
        return f"{what}-{next(self._numbers)}"

    def require_somebody(self, userid: str) -> None:
        """Refuses, with WeCom's number, when nobody that the application sees is addressed."""
        outside = self.visible is not None and userid not in self.visible
        if userid in self.unknown_users or outside:
            # The person alone was addressed, so nobody is left: WeCom calls that 81013.
            raise Refusal(81013, f"user {userid} & party & tag all invalid")

    # What people do.

    def calls_back_to(self, url: str, box: Box) -> None:
        """Tell `url` what people do; with no address the envelopes are only made."""
        self.callbacks.url, self.callbacks.box = url, box

    def signs_in(self, userid: str, *, agrees: bool = False) -> str:
        """A colleague opens the sign-in page: the code that comes back with them. `agrees`: to mobile and e-mail being
        told."""
        with self._lock:
            code = self.new_id("code")
            self.sign_ins[code] = (userid, self.now() + contacts.SIGN_IN_SECONDS, agrees)
            return code

    def press(self, message: Message, key: str) -> Envelope | None:
        """The reader of a card presses one of its buttons."""
        return people.press(self, message, key)

    def enter(self, external_userid: str, **how: str) -> Envelope | None:
        """Somebody outside opens a conversation: `open_kfid`, `scene`, `scene_param`."""
        return people.enter(self, external_userid, **{"open_kfid": self._only_account(), **how})

    def say(self, external_userid: str, text: str, **how: str) -> Envelope | None:
        """Somebody outside writes: `open_kfid`, `menu_id`."""
        return people.say(self, external_userid, text, **{"open_kfid": self._only_account(), **how})

    def scan(self, external_userid: str, config_id: str) -> Envelope | None:
        """Somebody outside scans a colleague's code."""
        return outside.scan(self, external_userid, config_id)

    def part(self, external_userid: str, userid: str, *, by_them: bool = True) -> Envelope | None:
        """Somebody outside and a colleague are contacts no more."""
        return outside.part(self, external_userid, userid, by_them=by_them)

    def confirm(self, msgid: str, userid: str) -> None:
        """A colleague sends a message to many that waits for them."""
        outside.confirm(self, msgid, userid)

    def decide(self, number: str, userid: str, *, agrees: bool, speech: str = "") -> Envelope | None:
        """An approver decides on a request."""
        return approvals.decide(self, number, userid, agrees=agrees, speech=speech)

    def withdraw(self, number: str) -> Envelope | None:
        """Whoever asked takes a request back."""
        return approvals.withdraw(self, number)

    def _only_account(self) -> str:
        return next(iter(self.kf.accounts))

    # What follows runs in the handler's threads.

    def arrived(self, call: Call) -> Fault | None:
        """Note the call and take the fault that is due for it."""
        with self._lock:
            self.calls.append(call)
            waiting = self._faults.get(call.endpoint)
            return waiting.popleft() if waiting else self._for_ever.get(call.endpoint)

    def file(self, call: Call) -> Kept | None:
        """The file that is asked for; None for what is answered in words, a refusal among it."""
        if call.endpoint != "media/get" or self.answer(call)["errcode"]:
            return None
        return self.media[call.query["media_id"]]

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
        if not self.trusts_caller:
            return {"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 10.9.8.7"}
        if call.endpoint.startswith(tuple(self.forbidden)):
            return {"errcode": 48002, "errmsg": "api forbidden"}
        handle = ROUTES.get(call.endpoint)
        if handle is None:
            return {"errcode": 40066, "errmsg": "invalid url"}
        with self._lock:
            try:
                return handle(self, issued.application, call)
            except Refusal as refusal:
                return refusal.answer
            except ValueError:
                return {"errcode": 47001, "errmsg": "data format error"}

    def _give_token(self, query: dict[str, str]) -> dict[str, Any]:
        time.sleep(self.token_delay)
        of_company = [one for one in self.applications if one.corp_id == query.get("corpid")]
        if not of_company:
            return {"errcode": 40013, "errmsg": "invalid corpid"}
        for application in of_company:
            if application.secret == query.get("corpsecret"):
                with self._lock:
                    token = f"{self.new_id('token')}-of-{application.agent_id}-{'x' * 40}"
                    self._tokens[token] = _Issued(application, self.now() + TOKEN_SECONDS)
                return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": TOKEN_SECONDS}
        return {"errcode": 40001, "errmsg": f"invalid credential {query.get('corpsecret')}"}
