"""How far a backup or a trial is, told to whoever keeps it. By itself nobody is told."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.TextChoices):
    """What is being done, in the order of the doing; a trial begins at the checking."""

    DATABASE = "database", _("Copying the database")
    FILES = "files", _("Copying the files")
    SHELF = "shelf", _("Putting it into its place")
    CLUSTER = "cluster", _("Copying the base for any point in time")
    CHECK = "check", _("Checking every byte")
    LOAD = "load", _("Restoring and counting the rows")


class Progress:
    """Is told which step begins and how many bytes went through; keeps nothing."""

    def step(self, step: Step) -> None:
        """This begins."""

    def passed(self, count: int) -> None:
        """So many bytes went through."""

    def through(self, target: Any) -> Any:
        """A file to write to, whose bytes are counted on their way to `target`."""
        return _Counting(target, self)


class _Counting:
    def __init__(self, target: Any, progress: Progress) -> None:
        self._target, self._progress = target, progress

    def write(self, data: bytes) -> int:
        """On to the target."""
        self._progress.passed(len(data))
        return int(self._target.write(data))


MUTE = Progress()
