"""message/send, message/recall, message/update_template_card: what WeCom takes, and what it shows of it."""

import re
from typing import TYPE_CHECKING, Any

from tools.wecom.world import Answer, Application, Call, Message, Refusal, ResponseCode

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

RECALL_SECONDS = 24 * 3600
CARD_SECONDS = 72 * 3600
SHOWN_PER_MINUTE = 30
LONGEST_DUPLICATE_CHECK, DUPLICATE_CHECK = 14_400, 1800
TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
MOST_BUTTONS = 6
# Bytes, from the page of the call (90236).
LONGEST = {"text": {"content": 2048}, "textcard": {"title": 128, "description": 512, "url": 2048}}


def send(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """To one colleague. Above 30 a minute it is taken and shown to nobody."""
    body = call.json
    if body.get("agentid") != application.agent_id:
        raise Refusal(301002, "not allow operate another agent with this accesstoken")
    userid, kind = str(body.get("touser", "")), str(body.get("msgtype", ""))
    world.require_somebody(userid)
    _require_content(kind, body.get(kind))
    if userid in world.unlicensed_users:
        return {"errcode": 0, "errmsg": "ok", "unlicenseduser": userid.lower(), "msgid": world.new_id("msg")}
    if _is_repeated(world, application, call, body):
        return {"errcode": 0, "errmsg": "ok", "msgid": world.new_id("msg")}
    answer: Answer = {"errcode": 0, "errmsg": "ok"}
    if kind == "template_card":
        answer["response_code"] = _take_task(world, application, body[kind])
    minute = [one for one in world.messages if one.userid == userid and one.at > world.now() - 60]
    message = Message(
        msgid=world.new_id("msg"),
        agent_id=application.agent_id,
        userid=userid,
        body=body,
        at=world.now(),
        shown=len(minute) < SHOWN_PER_MINUTE,
    )
    world.messages.append(message)
    return {**answer, "msgid": message.msgid}


def _require_content(kind: str, payload: Any) -> None:
    if not isinstance(payload, dict):
        raise Refusal(40008, "invalid message type")
    for name, most in LONGEST.get(kind, {}).items():
        if not payload.get(name):
            raise Refusal(40058, f"missing {name}")
        # Of a text, what is too long is cut; a card is refused.
        if kind != "text" and len(str(payload[name]).encode()) > most:
            raise Refusal(40058, f"{name} exceed max length")


def _is_repeated(world: "WeComEmulator", application: Application, call: Call, body: dict[str, Any]) -> bool:
    if body.get("enable_duplicate_check") != 1:
        return False
    interval = min(body.get("duplicate_check_interval", DUPLICATE_CHECK), LONGEST_DUPLICATE_CHECK)
    first = world.seen.get((application.agent_id, call.body))
    if first is not None and world.now() - first < interval:
        return True
    world.seen[application.agent_id, call.body] = world.now()
    return False


def _take_task(world: "WeComEmulator", application: Application, card: dict[str, Any]) -> str:
    task_id, buttons = str(card.get("task_id", "")), card.get("button_list") or []
    if not (card.get("main_title") or {}).get("title") and not card.get("sub_title_text"):
        raise Refusal(40058, "missing main_title.title")
    if card.get("card_type") == "button_interaction":
        if not 1 <= len(buttons) <= MOST_BUTTONS:
            raise Refusal(40058, "invalid button_list size")
        if not TASK_ID.fullmatch(task_id) or (application.agent_id, task_id) in world.tasks:
            raise Refusal(42014, "taskid has existed or empty or exceed max len")
    world.tasks.add((application.agent_id, task_id))
    return new_response_code(world, application.agent_id, task_id)


def new_response_code(world: "WeComEmulator", agent_id: int, task_id: str) -> str:
    """A code with which the card of this task may be changed once."""
    code = world.new_id("response-code")
    world.response_codes[code] = ResponseCode(agent_id, task_id, world.now() + CARD_SECONDS)
    return code


def update_template_card(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """Change a card for those named. A code is good once, for three days, for the application that sent the card."""
    body = call.json
    code = world.response_codes.get(str(body.get("response_code", "")))
    if code is None or code.is_used or code.until <= world.now():
        raise Refusal(40058, "invalid response_code")
    if code.agent_id != application.agent_id or body.get("agentid") != application.agent_id:
        raise Refusal(301002, "not allow operate another agent with this accesstoken")
    if ("button" in body) == ("template_card" in body):
        raise Refusal(40058, "either button or template_card")
    code.is_used = True
    for message in world.messages:
        task_id = message.card.get("task_id") if "template_card" in message.body else None
        if task_id == code.task_id and (body.get("atall") or message.userid in body.get("userids", [])):
            message.replaced = {name: body[name] for name in ("button", "template_card") if name in body}
    return {"errcode": 0, "errmsg": "ok", "invaliduser": []}


def recall(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """Take a message back within a day."""
    for message in world.messages:
        if message.msgid == call.json["msgid"] and message.agent_id == application.agent_id:
            if world.now() - message.at > RECALL_SECONDS:
                raise Refusal(45032, "recall time out")
            message.shown = False
            world.recalled.append(message.msgid)
            return {"errcode": 0, "errmsg": "ok"}
    raise Refusal(40058, "invalid msgid")


ROUTES = {
    "message/send": send,
    "message/recall": recall,
    "message/update_template_card": update_template_card,
}
