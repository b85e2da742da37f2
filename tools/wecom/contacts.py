"""The company's address book as an application may read it, the application itself, and who signs in."""

from typing import TYPE_CHECKING

from tools.wecom.world import Answer, Application, Call, Member, Refusal

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

SIGN_IN_SECONDS = 300


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
    number = int(call.query.get("id") or 1)
    wanted = _below(world, number)
    found = [
        {"id": one.id, "name": one.name, "parentid": one.parent, "order": 100 - one.id}
        for one in world.departments
        if one.id in wanted
    ]
    if number == 1:
        found = [{"id": 1, "name": "公司", "parentid": 0, "order": 100}, *found]
    elif not found:
        raise Refusal(60003, "department not found")
    return {"errcode": 0, "errmsg": "ok", "department": found}


def who_signs_in(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """auth/getuserinfo: whom a code of the sign-in page stands for; good once, for five minutes."""
    userid, until = world.sign_ins.pop(call.query.get("code", ""), ("", 0.0))
    if until <= world.now():
        raise Refusal(40029, "invalid code")
    if any(one.userid == userid for one in world.members) and userid not in world.unknown_users:
        return {"errcode": 0, "errmsg": "ok", "userid": userid}
    return {"errcode": 0, "errmsg": "ok", "openid": f"openid-of-{userid}"}


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
    "department/list": departments,
    "auth/getuserinfo": who_signs_in,
}
