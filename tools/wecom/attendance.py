"""打卡: the stamps of colleagues, for at most 100 of them and 30 days in one call."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tools.wecom.world import Answer, Application, Call, Refusal

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

MOST_PEOPLE, MOST_SECONDS = 100, 30 * 24 * 3600
LATE = "时间异常"
CHINA = ZoneInfo("Asia/Shanghai")
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


def days(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """checkin/getcheckin_daydata: a line for each colleague and day; times of the day are seconds from its midnight."""
    body = call.json
    people, begin, end = body.get("useridlist") or [], int(body["starttime"]), int(body["endtime"])
    is_midnight = [not _seconds(at) for at in (begin, end)]
    if not 1 <= len(people) <= MOST_PEOPLE or not 0 <= end - begin <= MOST_SECONDS or not all(is_midnight):
        raise Refusal(40058, "checkin param error")
    found = [
        _day(one.lower(), at, [each for each in world.stamps if _is_of(each, one, at)])
        for one in people
        for at in range(begin, end + 1, 24 * 3600)
    ]
    return {"errcode": 0, "errmsg": "ok", "datas": found}


def _is_of(stamped: Stamped, userid: str, day: int) -> bool:
    return stamped.userid.lower() == userid.lower() and 0 <= stamped.at - day < 24 * 3600


def _day(userid: str, at: int, stamped: list[Stamped]) -> Answer:
    times = sorted(int(one.at) - at for one in stamped)
    wrong = sum(one.wrong == LATE for one in stamped)
    return {
        "base_info": {"date": at, "record_type": 1, "acctid": userid, "name": userid},
        "summary_info": {
            "checkin_count": len(times),
            "regular_work_sec": times[-1] - times[0] if times else 0,
            "standard_work_sec": 8 * 3600,
            "earliest_time": times[0] if times else 0,
            "lastest_time": times[-1] if times else 0,
        },
        "exception_infos": [{"exception": 1, "count": wrong, "duration": 0}] if wrong else [],
        "holiday_infos": [],
    }


def _seconds(at: int) -> int:
    local = datetime.fromtimestamp(at, CHINA)
    return local.hour * 3600 + local.minute * 60 + local.second


ROUTES = {"checkin/getcheckindata": stamps, "checkin/getcheckin_daydata": days}
