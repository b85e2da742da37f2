"""The company's address book as an application may read it, the application itself, and who signs in."""

from typing import TYPE_CHECKING

from tools.wecom.world import Answer, Application, Call, Department, Member, Refusal, page_of

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

SIGN_IN_SECONDS, TICKET_SECONDS = 300, 1800
MOST_IDS = 10_000


def agent(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """agent/get: the application, and who is in its visible range."""
    if call.query.get("agentid") != str(application.agent_id):
        raise Refusal(301002, "not allow operate another agent with this accesstoken")
    people = {"everybody"} if world.visible is None else world.visible
    return {
        "errcode": 0,
        "errmsg": "ok",
        "agentid": application.agent_id,
        "name": "人事助手",
        "allow_userinfos": {"user": [{"userid": userid} for userid in sorted(people)]},
        "allow_partys": {"partyid": []},
        "allow_tags": {"tagid": []},
    }


def user(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """user/get: one colleague, without mobile and e-mail, which applications no longer get."""
    userid = call.query.get("userid", "")
    if userid in world.unknown_users:
        raise Refusal(60111, f"userid {userid} not found")
    if world.visible is not None and userid not in world.visible:
        raise Refusal(60011, "no privilege to access/modify contact/party/agent")
    known = next((one for one in world.members if one.userid.lower() == userid.lower()), None)
    return {"errcode": 0, "errmsg": "ok", **_as_answered(known or Member(userid, "同事"))}


def users(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """user/simplelist: the colleagues of one department, those below it too only when asked."""
    number = int(call.query.get("department_id") or 0)
    if number not in {1} | {one.id for one in world.departments}:
        raise Refusal(60003, "department not found")
    wanted = _below(world, number) if call.query.get("fetch_child") == "1" else {number}
    found = [
        _as_answered(one)
        for one in world.members
        if wanted & set(one.departments) and (world.visible is None or one.userid in world.visible)
    ]
    return {"errcode": 0, "errmsg": "ok", "userlist": found}


def departments(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """department/list: one department with those below it, all of them without a number."""
    found = [{**_placed(one), "name": one.name} for one in _asked_for(world, call)]
    return {"errcode": 0, "errmsg": "ok", "department": found}


def numbers_of_departments(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """department/simplelist: the same without names."""
    found = [_placed(one) for one in _asked_for(world, call)]
    return {"errcode": 0, "errmsg": "ok", "department_id": found}


def user_ids(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """user/list_id: every user id, once for each of its departments; only to the address book's own secret."""
    if not application.syncs_contacts:
        raise Refusal(48002, "api forbidden")
    found = [(one.userid, number) for one in world.members for number in one.departments]
    page, following = page_of(found, call.json, most=MOST_IDS)
    listed = [{"userid": userid, "department": number} for userid, number in page]
    return {"errcode": 0, "errmsg": "ok", "dept_user": listed, "next_cursor": following}


def who_signs_in(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """auth/getuserinfo: whom a code of the sign-in page stands for; good once, for five minutes."""
    userid, until, agreed = world.sign_ins.pop(call.query.get("code", ""), ("", 0.0, False))
    if until <= world.now():
        raise Refusal(40029, "invalid code")
    if any(one.userid == userid for one in world.members) and userid not in world.unknown_users:
        answer: Answer = {"errcode": 0, "errmsg": "ok", "userid": userid}
        if agreed:
            answer["user_ticket"] = world.new_id("user-ticket")
            world.user_tickets[answer["user_ticket"]] = (userid, world.now() + TICKET_SECONDS)
        return answer
    return {"errcode": 0, "errmsg": "ok", "openid": f"openid-of-{userid}"}


def detail(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """auth/getuserdetail: mobile and e-mail of a colleague who agreed on the sign-in page (snsapi_privateinfo)."""
    userid, until = world.user_tickets.get(str(call.json.get("user_ticket", "")), ("", 0.0))
    if until <= world.now():
        raise Refusal(40029, "invalid user_ticket")
    (one,) = (each for each in world.members if each.userid == userid)
    return {
        "errcode": 0, "errmsg": "ok", "userid": userid, "mobile": one.mobile, "email": one.email, "gender": "0"
    }  # fmt: skip


def _asked_for(world: "WeComEmulator", call: Call) -> list[Department]:
    number = int(call.query.get("id") or 1)
    wanted = _below(world, number)
    found = [one for one in world.departments if one.id in wanted]
    if number == 1:
        return [Department(1, "公司", parent=0), *found]
    if not found:
        raise Refusal(60003, "department not found")
    return found


def _placed(one: Department) -> Answer:
    return {"id": one.id, "parentid": one.parent, "order": 101 - one.id}


def _as_answered(one: Member) -> Answer:
    return {"userid": one.userid, "name": one.name, "department": list(one.departments)}


def _below(world: "WeComEmulator", number: int) -> set[int]:
    found, more = set[int](), {number}
    while more:
        found |= more
        more = {one.id for one in world.departments if one.parent in found} - found
    return found


ROUTES = {
    "agent/get": agent,
    "user/get": user,
    "user/simplelist": users,
    "user/list_id": user_ids,
    "department/list": departments,
    "department/simplelist": numbers_of_departments,
    "auth/getuserinfo": who_signs_in,
    "auth/getuserdetail": detail,
}
