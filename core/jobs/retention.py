"""How long what happened is kept: every app's `retention.py` declares it, one nightly job carries it out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from core.collecting import declared
from core.persons import Records, held_records

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Keep:
    """Rows of `model` go `days` days after the moment in `since`, the oldest first, those that `may_go` says may.

    `first` deletes what hangs on the rows of these ids, in the same transaction. Rows are written in the order of their
    ids: where none of the next thousand is old enough, none behind them is, and nothing more is looked through. What
    may not go is passed over, however much of it there is.
    """

    model: type[models.Model]
    since: str
    days: int
    may_go: dict[str, Any]
    first: Callable[[list[int]], None] = lambda ids: None
    # Of these rows those that are held with the records in the first argument, by label.
    spared: Callable[[Records, list[int]], set[int]] | None = None

    def forget(self, now: datetime, held: Records | None = None) -> int:
        """Delete what is old enough, batch by batch, each in its own transaction; how many rows went. Nothing of whom
        is `held` goes."""
        before, gone, last = now - timedelta(days=self.days), 0, None
        rows = self.model._default_manager.order_by("pk")
        while True:
            later = rows if last is None else rows.filter(pk__gt=last)
            found = list(later.values_list("pk", self.since)[:AT_ONCE])
            old = [pk for pk, since in found if since is not None and since < before]
            if not old and any(since is not None for _pk, since in found):
                return gone
            if not found:
                return gone
            last = found[-1][0]
            gone += self._delete(old, held or {}) if old else 0

    def _delete(self, old: list[Any], held: Records) -> int:
        with transaction.atomic():
            rows = self.model._default_manager.order_by("pk").filter(pk__in=old, **self.may_go)
            going = list(rows.select_for_update().values_list("pk", flat=True))
            spared = self._spared(held, going) if held else set()
            going = [pk for pk in going if pk not in spared]
            self.first(going)
            self.model._default_manager.filter(pk__in=going)._raw_delete("default")
        return len(going)

    def _spared(self, held: Records, going: list[Any]) -> set[int]:
        if self.spared is not None:
            return self.spared(held, going)
        return set(held.get(self.model._meta.label_lower, ()))


def forget_all() -> int:
    """Carry out every declaration, batch by batch: killed anywhere, the next night goes on."""
    now, held = timezone.now(), held_records()
    return sum(keep.forget(now, held) for module in declared("retention") for keep in module.KEPT)
