"""The one way to call WeCom: wechatpy as the HTTP client, with its retries, time-outs and results made
strict.

wechatpy alone retries a refused token without end, ignores the time-out when it fetches one, takes a page
of HTML for a result and a dropped recipient for a success, and puts the secret into the text of its
errors. All of that ends here: a call answers what was asked or raises one of
`messaging.wecom.errors`.
"""

import json
import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NoReturn, TypedDict

import requests
from django.db import transaction
from wechatpy.enterprise import WeChatClient
from wechatpy.exceptions import WeChatClientException

from messaging.providers import redaction
from messaging.providers.network import problem_of
from messaging.wecom.cards import WORD_BYTES, Card
from messaging.wecom.errors import (
    TOKEN_CODES,
    AlreadyDone,
    Ambiguous,
    ConfigurationProblem,
    ContentProblem,
    ProviderError,
    RecipientProblem,
    Transient,
    from_errcode,
)
from messaging.wecom.text import cut, plain, reference
from messaging.wecom.tokens import Fetched, TokenStore

CONTENT_BYTES = 2048
TITLE_BYTES = 128
DESCRIPTION_BYTES = 512
URL_BYTES = 2048
BUTTON_LETTERS = 4
# The longest WeCom remembers a request to recognise its repeat.
DUPLICATE_CHECK_SECONDS = 14_400
ANSWER_BYTES = 65_536
FILE_SECONDS, FILE_PIECE = 60.0, 65_536
PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
USERID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-@.]{0,63}")

redaction.install()


@dataclass(frozen=True)
class Accepted:
    """WeCom has taken the message. `msgid` is WeCom's name for it, empty when it had taken it before; `response_code`:
    with which a card may be changed, once."""

    msgid: str
    response_code: str = ""


@dataclass(frozen=True)
class Range:
    """Whom an application may write to: its name, and whether anybody at all is in its visible range."""

    name: str
    is_empty: bool


@dataclass(frozen=True)
class PageTicket:
    """A ticket, and how many seconds it is good for."""

    value: str = field(repr=False)
    expires_in: int


class Settings(TypedDict):
    """settings.WECOM: which application speaks, and to which server."""

    corp_id: str
    agent_id: int
    secret: str
    base_url: str


class WeComClient(WeChatClient):
    """Calls WeCom as one application. One object serves many threads.

    `timeout` is (connect, read) in seconds and holds for every call; an answer that trickles is cut off
    after twice the read time-out. At the longest, a send with a refused token takes two waits for the
    token, two fetches and two sends: under a minute with the times given here.
    """

    # The longest answer that is read.
    answer_bytes = ANSWER_BYTES

    def __init__(
        self,
        *,
        corp_id: str,
        agent_id: int,
        secret: str,
        base_url: str,
        timeout: tuple[float, float] = (3.0, 6.0),
        token_wait_seconds: float = 10.0,
    ) -> None:
        super().__init__(corp_id, secret, timeout=timeout, auto_retry=False)
        self.API_BASE_URL = base_url if base_url.endswith("/") else base_url + "/"
        self.agent_id = agent_id
        self._tokens = TokenStore(
            application=f"{self.API_BASE_URL}|{corp_id}|{agent_id}",
            secret=secret,
            fetch=self._fetch_token,
            wait_seconds=token_wait_seconds,
        )

    @classmethod
    def from_settings(cls, wecom: Settings) -> "WeComClient":
        """The client of the application named in settings.WECOM."""
        return cls(**wecom)

    def send_text(self, *, userid: str, content: str, provider_key: str | None = None) -> Accepted:
        """Send plain text to one person; longer than 2048 bytes it is cut.

        The same arguments always make the same bytes, so WeCom recognises a repeat within four hours and
        shows it once. Raises a ProviderError; RecipientProblem also when WeCom answers success and lists the
        person as not reached.
        """
        ending = f"\n{reference(provider_key)}" if provider_key else ""
        text = {"content": cut(plain(content), CONTENT_BYTES, ending=ending)}
        return self._send(userid, "text", text)

    def send_card(
        self,
        *,
        userid: str,
        title: str,
        description: str,
        url: str,
        button: str,
        provider_key: str | None = None,
    ) -> Accepted:
        """Send a card that opens `url` to one person. Promises and errors are those of `send_text`.

        Title (128 bytes), description (512 bytes) and button (4 letters) are cut; an address is never
        cut: one that is longer than 2048 bytes, or not of the web, raises ContentProblem before any call.
        """
        if not url.startswith(("https://", "http://")) or len(url.encode()) > URL_BYTES:
            raise ContentProblem("url")
        ending = f"\n{reference(provider_key)}" if provider_key else ""
        card = {
            "title": cut(plain(title), TITLE_BYTES),
            "description": cut(plain(description), DESCRIPTION_BYTES, ending=ending),
            "url": url,
            "btntxt": button[:BUTTON_LETTERS],
        }
        return self._send(userid, "textcard", card)

    def send_buttons(self, *, userid: str, card: Card, task_id: str) -> Accepted:
        """Send a card with buttons to one person. Promises and errors are those of `send_text`, but for its name: WeCom
        takes a `task_id` once, so that a repeat is shown once however late it comes.
        """
        return self._send(userid, "template_card", card.payload(task_id))

    def replace_buttons(self, *, userid: str, response_code: str, text: str) -> None:
        """Put a word in the place of a card's buttons, for one person. A code of a press is good once, for three days.

        Raises a ProviderError: ContentProblem where the code was used before, or is too old.
        """
        self._replace(userid, response_code, button={"replace_name": cut(plain(text), WORD_BYTES)})

    def replace_card(self, *, userid: str, response_code: str, card: Card, task_id: str) -> None:
        """Put another card in the place of one, for one person, under a name of its own. As `replace_buttons`."""
        self._replace(userid, response_code, template_card=card.payload(task_id))

    def _replace(self, userid: str, response_code: str, **by: dict[str, Any]) -> None:
        body = {"userids": [userid], "agentid": self.agent_id, "response_code": response_code, **by}
        self.call("message/update_template_card", body)

    def recall(self, msgid: str) -> None:
        """Take a message back, which WeCom allows for 24 hours and in its own app only. Raises a ProviderError."""
        self.call("message/recall", {"msgid": msgid})

    def visible_range(self) -> Range:
        """The application as WeCom knows it. Raises a ProviderError."""
        answer = self.call("agent/get", {"agentid": self.agent_id}, method="get")
        people = (answer.get("allow_userinfos") or {}).get("user") or []
        departments = (answer.get("allow_partys") or {}).get("partyid") or []
        tags = (answer.get("allow_tags") or {}).get("tagid") or []
        return Range(name=str(answer.get("name", "")), is_empty=not (people or departments or tags))

    def callers(self) -> list[str]:
        """From which addresses, or ranges of them, WeCom calls our callback address. Raises a ProviderError."""
        return self._addresses("getcallbackip")

    def servers(self) -> list[str]:
        """Under which addresses WeCom's own server is called. Raises a ProviderError."""
        return self._addresses("get_api_domain_ip")

    def _addresses(self, endpoint: str) -> list[str]:
        return [str(one) for one in self.call(endpoint, {}, method="get").get("ip_list") or []]

    def page_tickets(self) -> tuple[PageTicket, PageTicket]:
        """What a page inside WeCom is signed with: the company's ticket, and the application's. WeCom counts the calls:
        they are kept until they end. Raises a ProviderError."""
        company = self.call("get_jsapi_ticket", {}, method="get")
        own = self.call("ticket/get", {"type": "agent_config"}, method="get")
        return _ticket_of(company), _ticket_of(own)

    def sees(self, userid: str) -> None:
        """Raises RecipientProblem or ConfigurationProblem when the application may not see this colleague."""
        if not USERID.fullmatch(userid):
            raise RecipientProblem("userid")
        self.call("user/get", {"userid": userid}, method="get")

    def _send(self, userid: str, kind: str, payload: dict[str, Any]) -> Accepted:
        # A list of people or "@all" in this field would write to others than the one meant.
        if not USERID.fullmatch(userid):
            raise RecipientProblem("userid")
        body = {
            "touser": userid,
            "msgtype": kind,
            "agentid": self.agent_id,
            kind: payload,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_CHECK_SECONDS,
        }
        try:
            answer = self.call("message/send", body)
        except AlreadyDone:
            return Accepted(msgid="")
        for list_of_refused in ("invaliduser", "unlicenseduser"):
            if answer.get(list_of_refused):
                raise RecipientProblem(list_of_refused)
        return Accepted(
            msgid=str(answer.get("msgid", "")), response_code=str(answer.get("response_code", ""))
        )

    def call(self, endpoint: str, body: dict[str, Any], *, method: str = "post") -> dict[str, Any]:
        """Call with the shared token; `body` goes into the address of a GET. Raises a ProviderError.

        A refused token is replaced and the call repeated, exactly once.
        """
        if method == "get":
            return self._with_token("get", endpoint, body)
        return self._with_token("post", endpoint, {}, data=body)

    def upload(self, endpoint: str, asked: dict[str, Any], *, name: str, content: bytes) -> dict[str, Any]:
        """As `call`, with a file in a form."""
        return self._with_token("post", endpoint, asked, files={"media": (name, content)})

    def download(self, endpoint: str, asked: dict[str, Any], *, most: int) -> bytes:
        """As `call`, for a file of at most `most` bytes: Ambiguous for a longer one."""
        answer = self._with_token("get", endpoint, asked, result_processor=most)
        if "file" not in answer:
            raise Ambiguous("answer")
        return bytes(answer["file"])

    def _with_token(self, method: str, endpoint: str, asked: dict[str, Any], **more: Any) -> dict[str, Any]:
        # Says loudly when a caller holds a transaction open: rows would stay locked for as long as WeCom
        # takes.
        with transaction.atomic(durable=True):
            pass
        token = self._tokens.get()
        try:
            return self._request(method, endpoint, params={**asked, "access_token": token.value}, **more)
        except ProviderError as error:
            if error.errcode not in TOKEN_CODES:
                raise
        fresh = self._tokens.get(refused=token)
        return self._request(method, endpoint, params={**asked, "access_token": fresh.value}, **more)

    def _fetch_token(self) -> Fetched:
        """Ask for a token. Nothing reaches a person by it, so an unreadable answer is no more than a failure."""
        # The empty token keeps wechatpy from adding one; requests leaves it out of the address.
        secret = {"corpid": self.corp_id, "corpsecret": self.secret, "access_token": None}
        try:
            answer = self._request("get", "gettoken", params=secret)
        except Ambiguous as error:
            code = error.code
        else:
            value, expires_in = answer.get("access_token"), answer.get("expires_in")
            if isinstance(value, str) and value and type(expires_in) is int and expires_in > 0:
                return Fetched(value=value, expires_in=expires_in)
            code = "answer"
        finally:
            secret.clear()
        raise Transient(f"token_{code}")

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> dict[str, Any]:
        """wechatpy's request, with every failure as one of our errors.

        The error is raised anew, outside the `except` and after the arguments are gone: neither it, nor
        what it is chained to, nor a variable of its traceback leads to the secret or the token.
        """
        try:
            return super()._request(method, url_or_endpoint, stream=True, allow_redirects=False, **kwargs)
        except requests.RequestException as error:
            problem = problem_of(error)
        except WeChatClientException as error:
            problem = _problem_of_status(error.response.status_code)
            error.response.close()
        except ProviderError as error:
            problem = error.with_traceback(None)
        kwargs.clear()
        raise problem

    def _handle_result(
        self, res: requests.Response, _method: str, _url: str, most: int | None, **_: Any
    ) -> dict[str, Any]:
        """The answer as a dict with errcode 0; anything else raises. Where a file of at most `most` bytes was asked for
        and comes, it is `file`."""
        try:
            if res.is_redirect:
                raise _problem_of_status(res.status_code)
            if most is not None and "attachment" in res.headers.get("Content-Disposition", ""):
                content = _read(res, most=most, seconds=FILE_SECONDS, piece=FILE_PIECE)
                return {"errcode": 0} if content is None else {"errcode": 0, "file": content}
            answer = _read_json(res, most=self.answer_bytes, seconds=2 * self.timeout[1])
        finally:
            res.close()
        if not isinstance(answer, dict) or type(answer.get("errcode")) is not int:
            raise Ambiguous("answer")
        if answer["errcode"] != 0:
            raise from_errcode(answer["errcode"])
        return answer

    @property
    def access_token(self) -> NoReturn:
        """Not offered: wechatpy's own token is not shared, and its calls would go out without our checks."""
        raise AttributeError("Calls go through the methods of WeComClient.")

    def fetch_access_token(self) -> NoReturn:
        """Not offered, for the same reason."""
        raise AttributeError("Calls go through the methods of WeComClient.")

    def __repr__(self) -> str:
        return f"WeComClient(corp_id={self.corp_id!r}, agent_id={self.agent_id!r})"


def _ticket_of(answer: dict[str, Any]) -> PageTicket:
    return PageTicket(str(answer["ticket"]), int(answer["expires_in"]))


def _problem_of_status(status: int) -> ProviderError:
    """What an HTTP status other than success stands for: the gateway is ill, or we are talking to the
    wrong server.
    """
    passes = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in PASSING
    return Transient(f"http_{status}") if passes else ConfigurationProblem(f"http_{status}")


def _read_json(res: requests.Response, *, most: int, seconds: float) -> Any:
    """The body as JSON, or None when it is none, longer than `most`, or takes longer than `seconds`."""
    # One byte at a time: a larger piece would wait until it is full, however slowly the bytes come.
    body = _read(res, most=most, seconds=seconds, piece=1)
    try:
        return None if body is None else json.loads(body.decode())
    except (ValueError, RecursionError):
        return None


def _read(res: requests.Response, *, most: int, seconds: float, piece: int) -> bytes | None:
    """The body, or None when it is longer than `most`, or takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    body = bytearray()
    for part in res.iter_content(piece):
        body += part
        if len(body) > most or time.monotonic() > deadline:
            return None
    return bytes(body)
