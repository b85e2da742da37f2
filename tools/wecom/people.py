"""What people do on their phones, and the callbacks that follow: a button pressed, a conversation opened, words.

A callback is tried three times in all, as WeCom does; what was answered is kept in `tried`, and `envelope` makes one
for whoever posts it in another way.
"""

import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from tools.wecom import customers
from tools.wecom.cipher import Box
from tools.wecom.sending import new_response_code
from tools.wecom.world import Message

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

MOST_TRIES, PATIENCE_SECONDS = 3, 5.0


@dataclass(frozen=True)
class Envelope:
    """A callback as it travels: what stands in the address, and the body."""

    query: dict[str, str]
    body: bytes


@dataclass
class Callbacks:
    """Where the callbacks go, and how each try was answered: the HTTP status, 0 for no answer."""

    url: str = ""
    box: Box | None = None
    tried: list[int] = field(default_factory=list)

    def envelope(self, text: str, *, timestamp: int, nonce: str) -> Envelope:
        """`text` encrypted and signed."""
        assert self.box is not None  # noqa: S101 -- who calls back was told where
        encrypted = self.box.encrypt(text)
        query = {"timestamp": str(timestamp), "nonce": nonce}
        query["msg_signature"] = self.box.sign(**query, encrypted=encrypted)
        inner = {"ToUserName": self.box.receive_id, "Encrypt": encrypted, "AgentID": ""}
        return Envelope(query, xml_of(inner).encode())

    def post(self, envelope: Envelope) -> bool:
        """Send it, at most three times; whether it was taken."""
        for _number in range(MOST_TRIES):
            # The address was given by whoever runs this.
            request = urllib.request.Request(  # noqa: S310
                f"{self.url}?{urlencode(envelope.query)}",
                data=envelope.body,
                headers={"Content-Type": "text/xml"},
            )
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
                    status = answer.status
            except urllib.error.HTTPError as error:
                status = error.code
            except OSError:
                status = 0
            self.tried.append(status)
            if status == 200:  # noqa: PLR2004 -- nothing else counts as taken
                return True
        return False


def xml_of(fields: dict[str, str]) -> str:
    """These fields as WeCom writes them."""
    return f"<xml>{''.join(f'<{name}>{escape(value)}</{name}>' for name, value in fields.items())}</xml>"


def call_back(world: "WeComEmulator", fields: dict[str, str]) -> Envelope | None:
    """Tell the company's server; with no address to tell, the envelope is only made. None where nothing was set up."""
    return call_back_with(world, fields, "")


def call_back_with(world: "WeComEmulator", fields: dict[str, str], inner: str) -> Envelope | None:
    """The same, with an element of its own beside the fields."""
    if world.callbacks.box is None:
        return None
    said = xml_of(
        {"ToUserName": world.callbacks.box.receive_id, "CreateTime": str(int(world.now())), **fields}
    )
    text = said.replace("</xml>", f"{inner}</xml>")
    envelope = world.callbacks.envelope(text, timestamp=int(world.now()), nonce=world.new_id("nonce"))
    world.envelopes.append(envelope)
    if world.callbacks.url:
        world.callbacks.post(envelope)
    return envelope


def press(world: "WeComEmulator", message: Message, key: str) -> Envelope | None:
    """The reader of a card presses one of its buttons."""
    task_id = str(message.card.get("task_id", ""))
    return call_back(
        world,
        {
            "FromUserName": message.userid,
            "MsgType": "event",
            "Event": "template_card_event",
            "EventKey": key,
            "TaskId": task_id,
            "CardType": str(message.card.get("card_type", "")),
            "ResponseCode": new_response_code(world, message.agent_id, task_id),
            "AgentID": str(message.agent_id),
        },
    )


def enter(
    world: "WeComEmulator", external_userid: str, *, open_kfid: str, scene: str = "", scene_param: str = ""
) -> Envelope | None:
    """Somebody opens the conversation, by the address of an account."""
    world.kf.customers.setdefault(external_userid, "微信用户")
    conversation = world.kf.conversation(open_kfid, external_userid)
    event = {
        "event_type": "enter_session",
        "open_kfid": open_kfid,
        "external_userid": external_userid,
        "scene": scene,
        "scene_param": scene_param,
    }
    if conversation.wrote_at is None or world.now() - conversation.wrote_at > customers.WINDOW_SECONDS:
        code = world.new_id("welcome")
        world.kf.greetings[code] = (open_kfid, external_userid, world.now() + customers.GREETING_SECONDS)
        event["welcome_code"] = code
    customers.note(
        world, open_kfid, customers.OF_SYSTEM, external_userid=external_userid, msgtype="event", event=event
    )
    return ring(world, open_kfid)


def say(
    world: "WeComEmulator", external_userid: str, text: str, *, open_kfid: str, menu_id: str = ""
) -> Envelope | None:
    """Somebody writes to an account: their five messages count anew, and an ended conversation begins again."""
    world.kf.customers.setdefault(external_userid, "微信用户")
    conversation = world.kf.conversation(open_kfid, external_userid)
    if conversation.state == customers.ENDED:
        conversation.state = customers.NEW
    conversation.wrote_at, conversation.sent = world.now(), 0
    words = {"content": text, **({"menu_id": menu_id} if menu_id else {})}
    customers.note(
        world, open_kfid, customers.OF_CUSTOMER, external_userid=external_userid, msgtype="text", text=words
    )
    return ring(world, open_kfid)


def ring(world: "WeComEmulator", open_kfid: str) -> Envelope | None:
    """There is something to pull: a token to pull it with, good for ten minutes."""
    token = world.new_id("kf-token")
    world.kf.tokens[token] = world.now() + customers.TOKEN_SECONDS
    return call_back(
        world,
        {"MsgType": "event", "Event": "kf_msg_or_event", "Token": token, "OpenKfId": open_kfid},
    )
