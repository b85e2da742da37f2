"""How long what happened is kept: every app's `retention.py` declares it, one nightly job carries it out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from core.collecting import declared

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Keep:
    """Rows of `model` go `days` days after the moment in `since`, the oldest first, those that `may_go` says may.

    `first` deletes what hangs on the rows of these ids, in the same transaction. Rows are written in the order of their
    ids: where the oldest is not old enough, none is, and nothing is looked through.
    """

    model: type[models.Model]
    since: str
    days: int
    may_go: dict[str, Any]
    first: Callable[[list[int]], None] = lambda ids: None

    def forget(self, now: datetime) -> int:
        """Delete one batch; how many rows went. 0 when nothing more is old enough."""
        rows = self.model._default_manager.order_by("pk")
        oldest = [
            pk
            for pk, since in rows.values_list("pk", self.since)[:AT_ONCE]
            if since is not None and since < now - timedelta(days=self.days)
        ]
        with transaction.atomic():
            going = list(
                rows.filter(pk__in=oldest, **self.may_go).select_for_update().values_list("pk", flat=True)
            )
            self.first(going)
            self.model._default_manager.filter(pk__in=going)._raw_delete("default")
        return len(going)


def forget_all() -> int:
    """Carry out every declaration, batch by batch: killed anywhere, the next night goes on."""
    now, gone = timezone.now(), 0
    for keep in (keep for module in declared("retention") for keep in module.KEPT):
        while count := keep.forget(now):
            gone += count
    return gone
