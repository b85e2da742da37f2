"""Long work for tests: done as the pumps and the slow cluster do it."""

from core.jobs import works


def work_off() -> int:
    """Do all long work that is due, a set at a time; how many times a set was taken up, begun or ended."""
    count = 0
    while works.run_due() or works.run_due(works.SLOW):
        count += 1
    return count
