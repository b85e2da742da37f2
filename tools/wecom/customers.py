"""微信客服: people outside the company write to an account of it, and are answered while they may be.

Who has written may be sent five messages within 48 hours; the next one of theirs counts anew. What is over that is
taken, and told afterwards as `msg_send_fail`. Entering alone allows one greeting within 20 seconds.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tools.wecom.world import Answer, Application, Call, Refusal

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

WINDOW_SECONDS, MOST_IN_WINDOW = 48 * 3600, 5
GREETING_SECONDS = 20
TOKEN_SECONDS = 600
KEPT_SECONDS = 3 * 24 * 3600
MOST_AT_ONCE = 1000
MSGID = re.compile(r"[0-9A-Za-z_\-]{0,32}")
SCENE = re.compile(r"[0-9A-Za-z_\-]{0,32}")
NEW, ASSISTANT, QUEUE, HUMAN, ENDED = range(5)
OF_CUSTOMER, OF_SYSTEM = 3, 4
SESSION_OVER, OVER_FIVE = 4, 6


@dataclass
class Conversation:
    """One person with one account. `sent`: since they last wrote, which was at `wrote_at`."""

    state: int = NEW
    wrote_at: float | None = None
    sent: int = 0
    servicer: str = ""


@dataclass(frozen=True)
class Sent:
    """A message to somebody outside that was taken; `shown`, unless it was over the five."""

    msgid: str
    open_kfid: str
    external_userid: str
    body: dict[str, Any]
    at: float
    shown: bool

    @property
    def text(self) -> str:
        """The words of a text message."""
        return str(self.body["text"]["content"])


@dataclass
class CustomerService:
    """The accounts, the conversations, and what can be pulled of them."""

    accounts: dict[str, str] = field(default_factory=lambda: {"wkDemo": "招聘客服"})
    customers: dict[str, str] = field(default_factory=dict)
    conversations: dict[tuple[str, str], Conversation] = field(default_factory=dict)
    log: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    greetings: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)
    # How many come at once, whatever the caller's limit: WeCom may answer short pages.
    page: int = MOST_AT_ONCE
    # Who serves an account: user id, and whether they take people on at the moment.
    servicers: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)

    def conversation(self, open_kfid: str, external_userid: str) -> Conversation:
        """Theirs with this account, begun when there was none."""
        return self.conversations.setdefault((open_kfid, external_userid), Conversation())

    def of(self, external_userid: str) -> list[Sent]:
        """What this person was shown, in order."""
        return [one for one in self.sent if one.external_userid == external_userid and one.shown]


def note(world: "WeComEmulator", open_kfid: str, origin: int, **fields: Any) -> dict[str, Any]:
    """Put something into what can be pulled."""
    entry = {
        "msgid": world.new_id("kf"),
        "open_kfid": open_kfid,
        "send_time": int(world.now()),
        "origin": origin,
        **fields,
    }
    world.kf.log.append((world.now(), entry))
    return entry


def accounts(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """kf/account/list."""
    found = [{"open_kfid": number, "name": name, "avatar": ""} for number, name in world.kf.accounts.items()]
    return {"errcode": 0, "errmsg": "ok", "account_list": found}


def add_contact_way(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """kf/add_contact_way: the address by which people come to an account."""
    open_kfid, scene = _account(world, call), str(call.json.get("scene", ""))
    if not SCENE.fullmatch(scene):
        raise Refusal(40058, "invalid scene")
    return {"errcode": 0, "errmsg": "ok", "url": f"{world.kf_url}{open_kfid}?enc_scene={quote(scene)}"}


def sync_msg(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """kf/sync_msg: what came since a cursor, of the last three days; never what was sent by the interface."""
    body, service = call.json, world.kf
    open_kfid = _account(world, call)
    token = str(body.get("token", ""))
    if token and service.tokens.get(token, 0.0) <= world.now():
        raise Refusal(95007, "invalid msg token")
    cursor = str(body.get("cursor", ""))
    if cursor and not re.fullmatch(r"cursor-\d+", cursor):
        raise Refusal(40058, "invalid cursor")
    start = int(cursor.removeprefix("cursor-") or 0)
    if start > len(service.log):
        raise Refusal(40058, "invalid cursor")
    limit = min(int(body.get("limit") or MOST_AT_ONCE), service.page)
    page = service.log[start : start + limit]
    return {
        "errcode": 0,
        "errmsg": "ok",
        "next_cursor": f"cursor-{start + len(page)}",
        "has_more": int(start + len(page) < len(service.log)),
        "msg_list": [
            entry for at, entry in page if at > world.now() - KEPT_SECONDS and entry["open_kfid"] == open_kfid
        ],
    }


def send_msg(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """kf/send_msg: taken in a conversation that is new or the assistant's."""
    body, open_kfid, whom = call.json, _account(world, call), _customer(world, call)
    msgid = str(body.get("msgid", ""))
    if not MSGID.fullmatch(msgid):
        raise Refusal(40058, "invalid msgid")
    conversation = world.kf.conversation(open_kfid, whom)
    if conversation.state not in (NEW, ASSISTANT) or conversation.wrote_at is None:
        raise Refusal(95018, "send msg session status invalid")
    if msgid and any(one.msgid == msgid for one in world.kf.sent):
        return {"errcode": 0, "errmsg": "ok", "msgid": msgid}
    conversation.sent += 1
    over = world.now() - conversation.wrote_at > WINDOW_SECONDS
    shown = not over and conversation.sent <= MOST_IN_WINDOW
    return _take(world, body, open_kfid, whom, fail=0 if shown else SESSION_OVER if over else OVER_FIVE)


def send_msg_on_event(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """kf/send_msg_on_event: the greeting, once, within 20 seconds."""
    open_kfid, whom, until = world.kf.greetings.pop(str(call.json.get("code", "")), ("", "", 0.0))
    if until <= world.now():
        raise Refusal(40058, "invalid code")
    return _take(world, call.json, open_kfid, whom, fail=0)


def _take(world: "WeComEmulator", body: dict[str, Any], open_kfid: str, whom: str, *, fail: int) -> Answer:
    msgid = str(body.get("msgid") or world.new_id("kf"))
    world.kf.sent.append(Sent(msgid, open_kfid, whom, body, world.now(), shown=not fail))
    if fail:
        event = {
            "event_type": "msg_send_fail",
            "open_kfid": open_kfid,
            "external_userid": whom,
            "fail_msgid": msgid,
            "fail_type": fail,
        }
        note(world, open_kfid, OF_SYSTEM, external_userid=whom, msgtype="event", event=event)
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


def state_of(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """kf/service_state/get."""
    conversation = world.kf.conversation(_account(world, call), _customer(world, call))
    return {
        "errcode": 0,
        "errmsg": "ok",
        "service_state": conversation.state,
        "servicer_userid": conversation.servicer,
    }


def hand_over(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """kf/service_state/trans: to the queue, a colleague, or the end; a colleague's is not taken back."""
    body = call.json
    conversation = world.kf.conversation(_account(world, call), _customer(world, call))
    wanted, servicer = int(body.get("service_state", -1)), str(body.get("servicer_userid", ""))
    if wanted not in (ASSISTANT, QUEUE, HUMAN, ENDED) or (
        conversation.state in (HUMAN, ENDED) and wanted != ENDED
    ):
        raise Refusal(95016, "not allow transfer service state")
    if wanted == HUMAN and not any(one.userid == servicer for one in world.members):
        raise Refusal(95014, "servicer not activated")
    conversation.state, conversation.servicer = wanted, servicer if wanted == HUMAN else ""
    return {"errcode": 0, "errmsg": "ok"}


def names(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """kf/customer/batchget."""
    wanted = call.json.get("external_userid_list") or []
    known = [
        {"external_userid": one, "nickname": world.kf.customers[one]}
        for one in wanted
        if one in world.kf.customers
    ]
    unknown = [one for one in wanted if one not in world.kf.customers]
    return {"errcode": 0, "errmsg": "ok", "customer_list": known, "invalid_external_userid": unknown}


def servicers(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """kf/servicer/list"""
    if call.query.get("open_kfid") not in world.kf.accounts:
        raise Refusal(95000, "invalid open_kfid")
    found = [
        {"userid": userid, "status": 0 if takes_on else 1}
        for userid, takes_on in world.kf.servicers.get(call.query["open_kfid"], [])
    ]
    return {"errcode": 0, "errmsg": "ok", "servicer_list": found}


def _account(world: "WeComEmulator", call: Call) -> str:
    open_kfid = str(call.json.get("open_kfid", ""))
    if open_kfid not in world.kf.accounts:
        raise Refusal(95000, "invalid open_kfid")
    return open_kfid


def _customer(world: "WeComEmulator", call: Call) -> str:
    whom = str(call.json.get("touser") or call.json.get("external_userid") or "")
    if whom not in world.kf.customers:
        raise Refusal(40096, "invalid external userid")
    return whom


ROUTES = {
    "kf/account/list": accounts,
    "kf/add_contact_way": add_contact_way,
    "kf/sync_msg": sync_msg,
    "kf/send_msg": send_msg,
    "kf/send_msg_on_event": send_msg_on_event,
    "kf/service_state/get": state_of,
    "kf/service_state/trans": hand_over,
    "kf/customer/batchget": names,
    "kf/servicer/list": servicers,
}
