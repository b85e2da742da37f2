"""What is sealed opens as it was, or not at all."""

import io
import os

import pytest

from core.backups.frames import FRAME, MAGIC, Opened, Sealing, opened
from core.errors import Refused

KEY, HEAD = os.urandom(32), len(MAGIC) + 32


def sealed(data: bytes, key: bytes = KEY) -> bytes:
    target = io.BytesIO()
    sealing = Sealing(target, key, "part")
    for start in range(0, len(data), 300_001):
        sealing.write(data[start : start + 300_001])
    sealing.close()
    assert sealing.bytes == len(target.getvalue())
    return target.getvalue()


def unsealed(data: bytes, key: bytes = KEY, part: str = "part") -> bytes:
    return b"".join(opened(io.BytesIO(data), key, part))


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 2 * FRAME + 7])
def test_any_length_comes_back(size: int) -> None:
    data = os.urandom(size)
    assert unsealed(sealed(data)) == data
    assert Opened(io.BytesIO(sealed(data)), KEY, "part").read() == data


def test_the_same_bytes_are_never_sealed_alike() -> None:
    assert sealed(b"score") != sealed(b"score") and b"score" not in sealed(b"score")


FRAMES = 4 + FRAME + 16
WHOLE = sealed(bytes(2 * FRAME + 7))
FIRST, SECOND = WHOLE[HEAD : HEAD + FRAMES], WHOLE[HEAD + FRAMES : HEAD + 2 * FRAMES]


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        WHOLE[: HEAD - 1],
        WHOLE[:HEAD],
        WHOLE[: HEAD + FRAMES],
        WHOLE[: HEAD + 2 * FRAMES],
        WHOLE[:-1],
        WHOLE + b"\0",
        WHOLE[: HEAD + 9] + bytes([WHOLE[HEAD + 9] ^ 1]) + WHOLE[HEAD + 10 :],
        WHOLE[:HEAD] + SECOND + FIRST + WHOLE[HEAD + 2 * FRAMES :],
        WHOLE[:HEAD] + b"\xff\xff\xff\xff" + WHOLE[HEAD + 4 :],
        b"PK" + WHOLE[2:],
    ],
    ids=["nothing", "half head", "head", "one frame", "two frames", "cut", "more", "bit", "order", "length", "foreign"],
)  # fmt: skip
def test_what_is_not_as_it_was_written_does_not_open(bad: bytes) -> None:
    with pytest.raises(Refused) as refused:
        unsealed(bad)
    assert refused.value.code == "backup_damaged"


def test_another_key_or_another_part_does_not_open_it() -> None:
    for key, part in ((os.urandom(32), "part"), (KEY, "other")):
        with pytest.raises(Refused):
            unsealed(WHOLE, key, part)
