"""打卡: the stamps of colleagues, for at most 100 of them and 30 days in one call."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.wecom.world import Answer, Application, Call, Refusal

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

MOST_PEOPLE, MOST_SECONDS = 100, 30 * 24 * 3600
KINDS = {1: ("上班打卡", "下班打卡"), 2: ("外出打卡",), 3: ("上班打卡", "下班打卡", "外出打卡")}


@dataclass(frozen=True)
class Stamped:
    """One stamp of a colleague."""

    userid: str
    at: float
    kind: str = "上班打卡"
    place: str = "公司"
    wrong: str = ""


def stamps(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """checkin/getcheckindata: both ends of the stretch are in it."""
    body = call.json
    people, begin, end = body.get("useridlist") or [], int(body["starttime"]), int(body["endtime"])
    if not 1 <= len(people) <= MOST_PEOPLE or not 0 <= end - begin <= MOST_SECONDS:
        raise Refusal(40058, "checkin param error")
    wanted, kinds = {one.lower() for one in people}, KINDS[int(body["opencheckindatatype"])]
    found = [
        {
            "userid": one.userid.lower(),
            "groupname": "打卡",
            "checkin_type": one.kind,
            "exception_type": one.wrong,
            "checkin_time": int(one.at),
            "location_title": one.place,
        }
        for one in world.stamps
        if one.userid.lower() in wanted and begin <= one.at <= end and one.kind in kinds
    ]
    return {"errcode": 0, "errmsg": "ok", "checkindata": found}


ROUTES = {"checkin/getcheckindata": stamps}
