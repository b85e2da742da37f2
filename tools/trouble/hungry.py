"""A job that needs as much memory as it is told."""

PIECE = 16 << 20


def eat(megabytes: int) -> int:
    """Take so much, and hold it until all of it is there; how much it was. MemoryError where there is not so much."""
    held = [bytearray(b"x") * PIECE for _ in range(0, megabytes << 20, PIECE)]
    return len(held)
