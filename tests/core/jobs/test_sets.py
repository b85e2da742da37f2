"""What is due is taken in sets, all of one or nothing; what is wrong with one stays with it."""

import logging
from collections.abc import Collection

import pytest
from django.db import OperationalError, connection

from core.events.models import Pulse
from core.events.reading import is_reading_once
from core.jobs.sets import each, in_sets

pytestmark = pytest.mark.django_db


class Taken:
    """Notes a row for each key, in the transaction of its set; `broken` fails after all of its set are written."""

    def __init__(self, *broken: int, error: type[Exception] = ValueError) -> None:
        self.broken, self.error = set(broken), error
        self.sets: list[list[int]] = []

    def __call__(self, keys: Collection[int]) -> int:
        assert connection.in_atomic_block and is_reading_once()
        self.sets.append(list(keys))
        for key in keys:
            Pulse.objects.create(name=str(key), at="2026-11-23T10:00:00Z")
        if self.broken & set(keys):
            raise self.error("a number that nobody may read: 13800000000")
        return len(keys)


def written() -> set[int]:
    return {int(name) for name in Pulse.objects.values_list("name", flat=True)}


def test_a_few_at_a_time_in_their_order() -> None:
    take = Taken()
    assert in_sets([5, 3, 9, 1, 7], take, what="row", at_once=2) == 5
    assert take.sets == [[5, 3], [9, 1], [7]]
    assert written() == {1, 3, 5, 7, 9}
    assert in_sets([], take, what="row") == 0


def test_of_a_set_that_fails_each_is_taken_by_itself_and_the_wrong_one_is_left(
    caplog: pytest.LogCaptureFixture,
) -> None:
    take = Taken(3)
    with caplog.at_level(logging.ERROR, "core.jobs.sets"):
        assert in_sets([1, 2, 3, 4, 5], take, what="row", at_once=4) == 4
    assert take.sets == [[1, 2, 3, 4], [1], [2], [3], [4], [5]]
    assert written() == {1, 2, 4, 5}
    assert [record.getMessage() for record in caplog.records] == ["row 3 cannot be taken: ValueError"]


def test_that_the_database_is_gone_goes_on() -> None:
    take = Taken(1, error=OperationalError)
    with pytest.raises(OperationalError):
        in_sets([1, 2, 3], take, what="row", at_once=2)
    assert (take.sets, written()) == ([[1, 2]], set())


def test_each_by_itself_goes_on_after_one_that_fails() -> None:
    done = []

    def take(key: int) -> int:
        if key == 2:
            raise KeyError(key)
        done.append(key)
        return key

    assert each([1, 2, 3], take, what="row") == 4
    assert done == [1, 3]
