"""The hours in which what may wait waits."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from messaging import quiet

SHANGHAI = timezone.get_default_timezone()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (at(24, 9), at(24, 9)),
        (at(24, 20, 59), at(24, 20, 59)),
        (at(24, 21), at(25, 9)),
        (at(24, 23, 59), at(25, 9)),
        (at(25, 0), at(25, 9)),
        (at(25, 8, 59), at(25, 9)),
        (at(30, 21), at(30, 9) + timedelta(days=1)),
        (datetime(2028, 2, 28, 22, tzinfo=SHANGHAI), datetime(2028, 2, 29, 9, tzinfo=SHANGHAI)),
        (datetime(2028, 2, 29, 22, tzinfo=SHANGHAI), datetime(2028, 3, 1, 9, tzinfo=SHANGHAI)),
        (datetime(2026, 12, 31, 23, tzinfo=SHANGHAI), datetime(2027, 1, 1, 9, tzinfo=SHANGHAI)),
    ],
)
def test_quiet_hours(moment: datetime, until: datetime) -> None:
    assert quiet.held(moment) == until
