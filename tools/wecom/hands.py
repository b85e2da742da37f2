"""Whose hands the phones are in: what lies on them is read, buttons are pressed and words typed, from another process.

Only who has the emulator's key may; an emulator without a key has no such addresses.
"""

import hmac
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tools.wecom.approvals import PENDING, Request
from tools.wecom.world import Answer, Call

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

PLACE = "/phone/"
MOST = 60
TAKEN = 200


def do(world: "WeComEmulator", call: Call, key: str) -> tuple[int, Answer]:
    """The status, and what is answered: 404 for whoever has not the key, and for what there is not."""
    what = DEEDS.get(call.endpoint.removeprefix(PLACE))
    if what is None or not world.key or not hmac.compare_digest(world.key.encode(), key.encode()):
        return 404, {}
    return what(world, call.json)


def lies(world: "WeComEmulator", asked: dict[str, Any]) -> tuple[int, Answer]:
    """What lies on the phone of a colleague (`userid`) and in the conversations of somebody outside (`outside`)."""
    userid, outside = str(asked["userid"]).lower(), asked["outside"]
    shown = [one for one in world.messages if one.shown and one.userid.lower() == userid]
    said = [
        {"text": entry["text"]["content"], "at": at, "is_theirs": True}
        for at, entry in world.kf.log
        if entry.get("external_userid") == outside and entry["msgtype"] == "text"
    ]
    said += [
        {"text": text_of(one.body), "at": one.at, "is_theirs": False, "msgid": one.msgid}
        for one in world.kf.of(outside)
    ]
    messages = [
        {
            "msgid": one.msgid,
            "kind": one.body["msgtype"],
            "content": one.card if one.body["msgtype"] == "template_card" else one.body[one.body["msgtype"]],
            "replaced": one.replaced.get("button", {}).get("replace_name", ""),
            "at": one.at,
        }
        for one in shown[-MOST:]
    ]
    requests = [
        _request(world, one, userid)
        for one in world.approvals.requests
        if userid in {one.creator.lower(), *(each.lower() for each in one.record)}
    ]
    return 200, {
        "messages": messages,
        "said": sorted(said, key=lambda one: one["at"])[-MOST:],
        "requests": requests[-MOST:],
    }


def _request(world: "WeComEmulator", one: Request, userid: str) -> Answer:
    """A request as its creator and its approvers see it. `may`: what this one of them may do about it now."""
    names = {member.userid.lower(): member.name for member in world.members}
    is_open = one.state == PENDING
    waits = any(whose.lower() == userid and state == PENDING for whose, (state, *_rest) in one.record.items())
    return {
        "number": one.number,
        "creator": names.get(one.creator.lower(), one.creator),
        "text": one.text,
        "at": one.at,
        "state": one.state,
        "decisions": [
            {"name": names.get(whose.lower(), whose), "state": state, "words": words}
            for whose, (state, words, _at) in one.record.items()
            if state != PENDING
        ],
        "may": {"decide": is_open and waits, "withdraw": is_open and one.creator.lower() == userid},
    }


def asked(world: "WeComEmulator", asked: dict[str, Any]) -> tuple[int, Answer]:
    """Who is asked to approve something, and since when: an approval is no message."""
    return 200, {"since": {userid: one.at for one in world.approvals.requests for userid in one.record}}


def text_of(body: dict[str, Any]) -> str:
    """The words of a message to somebody outside, whatever its kind."""
    part = body[body["msgtype"]]
    if body["msgtype"] != "msgmenu":
        return str(part.get("content", ""))
    rows = [
        str(each.get("click", each.get("view", each.get("text", {}))).get("content", ""))
        for each in part["list"]
    ]
    return "\n".join([str(part.get("head_content", "")), *rows, str(part.get("tail_content", ""))]).strip()


def press(world: "WeComEmulator", asked: dict[str, Any]) -> tuple[int, Answer]:
    """A button of a card, by the reader of the card. 404 for one that is not there, or not any more."""
    for message in world.messages:
        if message.msgid != asked["msgid"] or "template_card" not in message.body:
            continue
        keys = {one.get("key") for one in message.card.get("button_list") or []}
        is_there = message.shown and "button" not in message.replaced
        if is_there and asked["key"] in keys:
            world.press(message, asked["key"])
            return 200, {"taken": world.callbacks.tried[-1:] == [TAKEN]}
    return 404, {}


def say(world: "WeComEmulator", asked: dict[str, Any]) -> tuple[int, Answer]:
    """Words to 微信客服."""
    world.say(asked["outside"], asked["text"])
    return 200, {}


def enter(world: "WeComEmulator", asked: dict[str, Any]) -> tuple[int, Answer]:
    """The conversation is opened, by an address that somebody was given."""
    how = {name: asked[name] for name in ("scene", "scene_param")}
    world.enter(asked["outside"], **how)
    return 200, {}


def decide(world: "WeComEmulator", asked: dict[str, Any]) -> tuple[int, Answer]:
    """An approver agrees or does not, or (`agrees` None) whoever asked takes it back. 404 for what is not theirs, or
    not any more."""
    userid, agrees, words = str(asked["userid"]).lower(), asked["agrees"], str(asked["words"])
    for one in world.approvals.requests:
        if one.number != asked["number"]:
            continue
        may = _request(world, one, userid)["may"]
        if agrees is None and may["withdraw"]:
            world.withdraw(one.number)
        elif agrees is not None and may["decide"]:
            whose = next(each for each in one.record if each.lower() == userid)
            world.decide(one.number, whose, agrees=bool(agrees), speech=words)
        else:
            continue
        return 200, {"taken": world.callbacks.tried[-1:] == [TAKEN]}
    return 404, {}


Deed = Callable[["WeComEmulator", dict[str, Any]], tuple[int, Answer]]
DEEDS: dict[str, Deed] = {
    "lies": lies,
    "asked": asked,
    "press": press,
    "decide": decide,
    "say": say,
    "enter": enter,
}


def answered(world: "WeComEmulator", call: Call, key: str) -> tuple[int, bytes]:
    """As it travels; 422 for what is not said as it should be."""
    try:
        status, answer = do(world, call, key)
    except (KeyError, TypeError, ValueError):
        status, answer = 422, {}
    return status, json.dumps(answer).encode()
