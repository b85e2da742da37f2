"""Of several databases, more than one that takes writes."""

from collections.abc import Iterator

from core.primaries import timelines
from core.trouble.found import Found


def primaries() -> Iterator[Found]:
    """A primary of before that came back by itself, or two of which none is ahead. Nothing where there is one host."""
    if not (hosts := timelines.hosts()):
        return
    writable = {name: one for name, one in timelines.look(hosts).items() if one.is_primary}
    behind = [name for name, one in writable.items() if timelines.is_behind(one)]
    ahead = {name: one for name, one in writable.items() if name not in behind}
    if behind and ahead:
        yield Found("primaries_behind", {"behind": ", ".join(behind), "ahead": ", ".join(ahead)})
    elif len({(one.system, one.started) for one in ahead.values()}) > 1:
        yield Found("primaries_several", {"hosts": ", ".join(ahead)})
