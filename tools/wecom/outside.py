"""客户联系: people outside who became a colleague's contact, by a code that was scanned.

A code (contact way) names the colleague and a state; whoever scans it becomes their contact, which is told with a
welcome code: one greeting within 20 seconds. What is written to many is a task that the colleague confirms, and a
contact is shown as many in a month as it has days. Where the documentation names no number for a refusal, it is 40058.
"""

import calendar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tools.wecom.people import Envelope, call_back
from tools.wecom.world import Answer, Application, Call, Refusal, page_of

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

WELCOME_SECONDS = 20
MOST_WAYS, MOST_STATE, MOST_REMARK, MOST_COLLEAGUES = 500_000, 30, 30, 100
MOST_CUSTOMERS, MOST_BYTES, MOST_ATTACHMENTS = 10_000, 4000, 9
MOST_REMINDERS, REMINDED_WITHIN = 3, 24 * 3600
BY_ONE, BY_SEVERAL = 1, 2
MINI_PROGRAM, CODE = 1, 2
OF_WECHAT, OF_WECOM = 1, 2
# Of a group message to one contact: 未发送, 已发送, 因客户不是好友导致发送失败, 因客户已经收到其他群发消息导致发送失败.
WAITS, SENT, NO_CONTACT, HAD_OTHERS = range(4)
# Of a colleague's task: 未发送, 已发送.
TASK_WAITS, TASK_DONE = 0, 2


@dataclass
class Contact:
    """One outside person with one colleague: since when, and by which state they came."""

    userid: str
    external_userid: str
    at: float
    state: str = ""


@dataclass
class Group:
    """A message to many: each contact's colleague, and how it stands."""

    msgid: str
    body: dict[str, Any]
    at: float
    colleagues: dict[str, str]
    results: dict[str, int]
    confirmed: dict[str, float] = field(default_factory=dict)
    reminded: list[float] = field(default_factory=list)


@dataclass
class Outside:
    """Who is whose contact. `people`: external user ids with names; `welcomes`: (colleague, contact, until) by code,
    `used` those that were; `greeted`: what contacts were shown of them; `shown`: when whom a message to many."""

    people: dict[str, str] = field(default_factory=dict)
    ways: dict[str, dict[str, Any]] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    welcomes: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    greeted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    shown: list[tuple[float, str]] = field(default_factory=list)


def add_contact_way(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/add_contact_way"""
    if len(world.outside.ways) >= MOST_WAYS:
        raise Refusal(45009, "contact way over limit")
    way = _way(world, call.json)
    number = world.new_id("way")
    answer: Answer = {"errcode": 0, "errmsg": "ok", "config_id": number}
    if way["scene"] == CODE:
        way["qr_code"] = answer["qr_code"] = f"https://wework.qpic.cn/wwpic/{number}"
    world.outside.ways[number] = {"config_id": number, **way}
    return answer


def _way(world: "WeComEmulator", body: dict[str, Any]) -> dict[str, Any]:
    users = body.get("user") or []
    if body.get("is_temp"):
        raise Refusal(40058, "temporary sessions are for medical companies")
    if body.get("type") not in (BY_ONE, BY_SEVERAL) or body.get("scene") not in (MINI_PROGRAM, CODE):
        raise Refusal(40058, "invalid type or scene")
    most = 1 if body["type"] == BY_ONE else MOST_COLLEAGUES
    if not 1 <= len(users) <= most or len(str(body.get("state", ""))) > MOST_STATE:
        raise Refusal(40058, "invalid user or state")
    if len(str(body.get("remark", ""))) > MOST_REMARK:
        raise Refusal(40058, "remark too long")
    for one in users:
        _require_colleague(world, one)
    return {
        name: body[name] for name in ("type", "scene", "style", "remark", "state", "user") if name in body
    }


def get_contact_way(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/get_contact_way"""
    return {"errcode": 0, "errmsg": "ok", "contact_way": _known_way(world, call)}


def update_contact_way(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/update_contact_way: only what is named changes; type and scene stay."""
    known = _known_way(world, call)
    known.update(_way(world, {**known, **call.json, "type": known["type"], "scene": known["scene"]}))
    return {"errcode": 0, "errmsg": "ok"}


def del_contact_way(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/del_contact_way"""
    del world.outside.ways[_known_way(world, call)["config_id"]]
    return {"errcode": 0, "errmsg": "ok"}


def get(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/get: one person outside, with every colleague whose contact they are."""
    whom = _person(world, call.query.get("external_userid", ""))
    found = [one for one in world.outside.contacts if one.external_userid == whom]
    if not found:
        raise Refusal(84061, "not external contact")
    return {
        "errcode": 0,
        "errmsg": "ok",
        "external_contact": _described(world, whom),
        "follow_user": [{"userid": one.userid, **_followed(one)} for one in found],
    }


def contacts_of(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/list: a colleague's contacts; 84061 for one who has none."""
    userid = call.query.get("userid", "")
    _require_colleague(world, userid)
    found = [one.external_userid for one in world.outside.contacts if one.userid == userid]
    if not found:
        raise Refusal(84061, "not external contact")
    return {"errcode": 0, "errmsg": "ok", "external_userid": found}


def batch(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/batch/get_by_user: of at most 100 colleagues, at most 100 at once."""
    body = call.json
    users = body.get("userid_list") or []
    if not 1 <= len(users) <= MOST_COLLEAGUES:
        raise Refusal(40058, "invalid userid_list")
    for one in users:
        _require_colleague(world, one)
    found = [one for one in world.outside.contacts if one.userid in users]
    page, following = page_of(found, body, most=100)
    listed = [
        {
            "external_contact": _described(world, one.external_userid),
            "follow_info": {"userid": one.userid, **_followed(one)},
        }
        for one in page
    ]
    return {"errcode": 0, "errmsg": "ok", "external_contact_list": listed, "next_cursor": following}


def send_welcome_msg(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/send_welcome_msg: once, within 20 seconds."""
    body, outside = call.json, world.outside
    code = str(body.get("welcome_code", ""))
    if code in outside.used:
        raise Refusal(41051, "externaluser has started chatting")
    _userid, whom, until = outside.welcomes.get(code, ("", "", 0.0))
    if until <= world.now():
        raise Refusal(41050, "invalid welcome code")
    _require_words(body)
    outside.used.add(code)
    outside.greeted.append((whom, body))
    return {"errcode": 0, "errmsg": "ok"}


def add_msg_template(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/add_msg_template: a task for the colleagues; nothing is sent before they confirm it."""
    body, outside = call.json, world.outside
    wanted = body.get("external_userid") or []
    if not 1 <= len(wanted) <= MOST_CUSTOMERS:
        raise Refusal(40058, "invalid external_userid")
    _require_words(body)
    # The colleague who last had to do with them, or the one that is named.
    whose = {
        one.external_userid: one.userid
        for one in outside.contacts
        if body.get("sender") in (None, one.userid)
    }
    colleagues = {one: whose[one] for one in wanted if one in whose}
    failed = [one for one in wanted if one not in whose]
    if not colleagues:
        raise Refusal(84061, "not external contact")
    number = world.new_id("group")
    outside.groups[number] = Group(number, body, world.now(), colleagues, dict.fromkeys(colleagues, WAITS))
    return {"errcode": 0, "errmsg": "ok", "fail_list": failed, "msgid": number}


def confirm(world: "WeComEmulator", msgid: str, userid: str) -> None:
    """A colleague sends what they were asked to: to those who are still theirs, and had not as many as the month has
    days."""
    group = world.outside.groups[msgid]
    theirs = {one.external_userid for one in world.outside.contacts if one.userid == userid}
    for whom in [one for one, whose in group.colleagues.items() if whose == userid]:
        if whom not in theirs:
            group.results[whom] = NO_CONTACT
        elif _this_month(world, whom) >= _days(world.now()):
            group.results[whom] = HAD_OTHERS
        else:
            group.results[whom] = SENT
            world.outside.shown.append((world.now(), whom))
    group.confirmed[userid] = world.now()


def _this_month(world: "WeComEmulator", whom: str) -> int:
    month = datetime.fromtimestamp(world.now(), UTC).strftime("%Y%m")
    return sum(
        one == whom and datetime.fromtimestamp(at, UTC).strftime("%Y%m") == month
        for at, one in world.outside.shown
    )


def _days(at: float) -> int:
    day = datetime.fromtimestamp(at, UTC)
    return calendar.monthrange(day.year, day.month)[1]


def get_groupmsg_task(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/get_groupmsg_task: which colleagues have confirmed."""
    group = _group(world, call)
    page, following = page_of(list(dict.fromkeys(group.colleagues.values())), call.json, most=1000)
    listed = [
        {"userid": one, "status": TASK_DONE, "send_time": int(group.confirmed[one])}
        if one in group.confirmed
        else {"userid": one, "status": TASK_WAITS}
        for one in page
    ]
    return {"errcode": 0, "errmsg": "ok", "task_list": listed, "next_cursor": following}


def get_groupmsg_send_result(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/get_groupmsg_send_result: what became of it with each contact of one colleague."""
    group, userid = _group(world, call), str(call.json.get("userid", ""))
    theirs = [one for one, whose in group.colleagues.items() if whose == userid]
    page, following = page_of(theirs, call.json, most=1000)
    listed = [{"external_userid": one, "userid": userid, "status": group.results[one]} for one in page]
    return {"errcode": 0, "errmsg": "ok", "send_list": listed, "next_cursor": following}


def remind(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """externalcontact/remind_groupmsg_send: whoever has not confirmed, three times in 24 hours."""
    group = _group(world, call)
    recent = [at for at in group.reminded if at > world.now() - REMINDED_WITHIN]
    if len(recent) >= MOST_REMINDERS:
        raise Refusal(45009, "remind over limit")
    group.reminded.append(world.now())
    return {"errcode": 0, "errmsg": "ok"}


def scan(world: "WeComEmulator", external_userid: str, config_id: str) -> Envelope | None:
    """Somebody outside scans a code and becomes the contact of its colleague."""
    way = world.outside.ways[config_id]
    userid, state = way["user"][0], str(way.get("state", ""))
    world.outside.people.setdefault(external_userid, "微信用户")
    world.outside.contacts.append(Contact(userid, external_userid, world.now(), state))
    code = world.new_id("welcome")
    world.outside.welcomes[code] = (userid, external_userid, world.now() + WELCOME_SECONDS)
    return _tell(world, "add_external_contact", userid, external_userid, State=state, WelcomeCode=code)


def part(world: "WeComEmulator", external_userid: str, userid: str, *, by_them: bool) -> Envelope | None:
    """One of both removes the other: the person outside, or the colleague."""
    outside = world.outside
    outside.contacts = [
        one for one in outside.contacts if (one.userid, one.external_userid) != (userid, external_userid)
    ]
    what = "del_follow_user" if by_them else "del_external_contact"
    return _tell(world, what, userid, external_userid)


def _tell(
    world: "WeComEmulator", what: str, userid: str, external_userid: str, **more: str
) -> Envelope | None:
    fields = {
        "FromUserName": "sys",
        "MsgType": "event",
        "Event": "change_external_contact",
        "ChangeType": what,
        "UserID": userid,
        "ExternalUserID": external_userid,
    }
    return call_back(world, {**fields, **{name: value for name, value in more.items() if value}})


def _described(world: "WeComEmulator", whom: str) -> Answer:
    kind = OF_WECOM if whom.startswith("wo") else OF_WECHAT
    return {"external_userid": whom, "name": world.outside.people[whom], "type": kind, "gender": 0}


def _followed(one: Contact) -> Answer:
    return {"remark": "", "createtime": int(one.at), "tags": [], "add_way": 1, "state": one.state}


def _require_colleague(world: "WeComEmulator", userid: str) -> None:
    if userid in world.unknown_users or not any(one.userid == userid for one in world.members):
        raise Refusal(60111, f"userid {userid} not found")


def _require_words(body: dict[str, Any]) -> None:
    words, attachments = str((body.get("text") or {}).get("content", "")), body.get("attachments") or []
    if not words and not attachments:
        raise Refusal(40058, "missing text and attachments")
    if len(words.encode()) > MOST_BYTES or len(attachments) > MOST_ATTACHMENTS:
        raise Refusal(40058, "text or attachments exceed max length")


def _known_way(world: "WeComEmulator", call: Call) -> dict[str, Any]:
    found = world.outside.ways.get(str(call.json.get("config_id", "")))
    if found is None:
        raise Refusal(40058, "invalid config_id")
    return found


def _group(world: "WeComEmulator", call: Call) -> Group:
    found = world.outside.groups.get(str(call.json.get("msgid", "")))
    if found is None:
        raise Refusal(40058, "invalid msgid")
    return found


def _person(world: "WeComEmulator", whom: str) -> str:
    if whom not in world.outside.people:
        raise Refusal(40096, "invalid external userid")
    return whom


ROUTES = {
    "externalcontact/add_contact_way": add_contact_way,
    "externalcontact/get_contact_way": get_contact_way,
    "externalcontact/update_contact_way": update_contact_way,
    "externalcontact/del_contact_way": del_contact_way,
    "externalcontact/get": get,
    "externalcontact/list": contacts_of,
    "externalcontact/batch/get_by_user": batch,
    "externalcontact/send_welcome_msg": send_welcome_msg,
    "externalcontact/add_msg_template": add_msg_template,
    "externalcontact/get_groupmsg_task": get_groupmsg_task,
    "externalcontact/get_groupmsg_send_result": get_groupmsg_send_result,
    "externalcontact/remind_groupmsg_send": remind,
}
