"""What every app's table of scheduled jobs is made of; `manage.py sync_schedules` brings django-q2 to it."""

from dataclasses import dataclass

from core.collecting import declared


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """One scheduled job: every `minutes`, or by `cron` in the suite's time zone; on a cluster of its own if named.

    `func` is the dotted path of a thin task that is safe to run twice.
    """

    name: str
    func: str
    minutes: int | None = None
    cron: str | None = None
    cluster: str | None = None

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.cron is None):
            raise ValueError(f"{self.name}: say either minutes or cron")


def declared_schedules() -> list[Schedule]:
    """Every schedule of every app's schedules.py, in the order of the apps."""
    return [schedule for module in declared("schedules") for schedule in module.SCHEDULES]
