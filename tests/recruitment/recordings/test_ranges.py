"""The Range header: what players send, what nobody should send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.recordings.ranges import Part, UnsatisfiableError, part_of


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None), ("", None), ("bytes=0-", Part(0, 100)), ("bytes=0-0", Part(0, 1)), ("bytes=99-", Part(99, 1)),
        ("bytes=10-19", Part(10, 10)), ("bytes=90-500", Part(90, 10)), ("bytes=-10", Part(90, 10)),
        ("bytes=-500", Part(0, 100)), ("bytes= 1 - 2", Part(1, 2)), ("bytes=5-4", None), ("bytes=-", None),
        ("bytes=0-1,4-5", None), ("bytes=a-b", None), ("items=0-1", None), ("bytes=1-" + "9" * 20, None),
    ],
)  # fmt: skip
def test_what_is_asked_for(header: str | None, part: Part | None) -> None:
    assert part_of(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999-"])
def test_what_is_not_there(header: str) -> None:
    with pytest.raises(UnsatisfiableError):
        part_of(header, 100)


@given(header=st.text(max_size=40) | st.from_regex(r"bytes=\d{0,16}-\d{0,16}"), size=st.integers(0, 10**9))
def test_a_part_lies_inside_the_file(header: str, size: int) -> None:
    try:
        part = part_of(header, size)
    except UnsatisfiableError:
        return
    if part is not None:
        assert part.start >= 0
        assert part.length > 0
        assert part.start + part.length <= size
        assert part.header(size).endswith(f"/{size}")
