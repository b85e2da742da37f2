"""打卡: when colleagues checked in and out, as an application may read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from messaging.wecom.client import WeComClient

# What one call may ask for; and what it may answer, some hundred bytes for each stamp.
MOST_PEOPLE, LONGEST = 100, timedelta(days=30)
ANSWER_BYTES = 8 * 1024 * 1024
EVERY_KIND = 3
# By whose midnights WeCom counts days.
CHINA = ZoneInfo("Asia/Shanghai")
Moment = TypeVar("Moment", date, datetime)


@dataclass(frozen=True)
class Stamp:
    """One stamp: of whom, of which kind (上班打卡, 下班打卡, 外出打卡), when, where, and what WeCom finds wrong with
    it, "" for nothing."""

    userid: str
    kind: str
    at: datetime
    place: str
    wrong: str


@dataclass(frozen=True)
class Day:
    """A colleague's day (its midnight in China): how many stamps, first and last (None without any), how many that
    WeCom finds wrong."""

    userid: str
    day: datetime
    stamps: int
    first: datetime | None
    last: datetime | None
    wrong: int


class Attendance:
    """Each call raises a ProviderError."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client
        client.answer_bytes = ANSWER_BYTES

    def stamps(self, people: Sequence[str], *, since: datetime, until: datetime) -> Iterator[Stamp]:
        """The stamps of these user ids from `since` up to, not with, `until`: as many calls as it takes, oldest
        stretch first. What lies on the edge of two stretches comes once."""
        for some, begin, end in _calls(people, since, until):
            yield from self._stretch(some, begin, end)

    def days(self, people: Sequence[str], *, since: date, until: date) -> Iterator[Day]:
        """The days of these user ids from `since` up to, not with, `until`, as many calls as it takes."""
        for some, begin, end in _calls(people, since, until):
            yield from self._days(some, begin, end)

    def _days(self, people: Sequence[str], since: date, until: date) -> Iterator[Day]:
        last = until - timedelta(days=1)
        body = {"starttime": _midnight(since), "endtime": _midnight(last), "useridlist": list(people)}
        for one in self._client.call("checkin/getcheckin_daydata", body).get("datas") or []:
            base, found = one["base_info"], one["summary_info"]
            day, count = datetime.fromtimestamp(int(base["date"]), CHINA), int(found["checkin_count"])
            yield Day(
                userid=str(base["acctid"]),
                day=day,
                stamps=count,
                first=day + timedelta(seconds=int(found["earliest_time"])) if count else None,
                last=day + timedelta(seconds=int(found["lastest_time"])) if count else None,
                wrong=sum(int(each["count"]) for each in one.get("exception_infos") or []),
            )

    def _stretch(self, people: Sequence[str], since: datetime, until: datetime) -> Iterator[Stamp]:
        body = {
            "opencheckindatatype": EVERY_KIND,
            "starttime": int(since.timestamp()),
            # WeCom counts the last second in.
            "endtime": int(until.timestamp()) - 1,
            "useridlist": list(people),
        }
        for one in self._client.call("checkin/getcheckindata", body).get("checkindata") or []:
            yield Stamp(
                userid=str(one["userid"]),
                kind=str(one.get("checkin_type", "")),
                at=datetime.fromtimestamp(int(one["checkin_time"]), UTC),
                place=str(one.get("location_title", "")),
                wrong=str(one.get("exception_type", "")),
            )


def _calls(
    people: Sequence[str], since: Moment, until: Moment
) -> Iterator[tuple[Sequence[str], Moment, Moment]]:
    """Whom and which stretch each call asks for, the oldest stretch first."""
    begin = since
    while begin < until:
        end = min(begin + LONGEST, until)
        for first in range(0, len(people), MOST_PEOPLE):
            yield people[first : first + MOST_PEOPLE], begin, end
        begin = end


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), CHINA).timestamp())
