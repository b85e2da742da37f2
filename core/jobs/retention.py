"""How long what happened is kept: every app's `retention.py` declares it, one nightly job carries it out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from core.collecting import declared
from core.errors import Invalid, NotFound
from core.jobs.models import KeepRule
from core.persons import Records, held_records
from core.trouble import wall

AT_ONCE = 1000
MOST_COUNTED = 10_000


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
    # What becomes of the rows of these ids instead of going, in the same transaction; `may_go` then leaves them out.
    instead: Callable[[list[int], datetime], None] | None = None
    # Of these rows those that are held with the records in the first argument, by label.
    spared: Callable[[Records, list[int]], set[int]] | None = None
    # For the page of periods: what it is (else the model's name), why it is kept so long, and between which lengths in
    # days the lead may choose; without them nobody chooses.
    title: str | StrPromise = ""
    why: str | StrPromise = ""
    bounds: tuple[int, int] | None = None
    # Nothing goes before the lead has chosen a period: `days` is what the page proposes, this what it says till then.
    until: str | StrPromise = ""

    @property
    def code(self) -> str:
        """What the period and the last run are kept under."""
        conditions = "".join(f" {name}" for name in sorted(self.may_go))
        return f"{self.model._meta.label_lower} {self.since}{conditions}"

    @property
    def name(self) -> str:
        """What is kept, in words."""
        return str(self.title or self.model._meta.verbose_name_plural)

    def is_off(self, rule: "KeepRule | None") -> bool:
        """Whether nothing goes, because nobody has chosen the period that has to be chosen."""
        return bool(self.until) and (rule is None or rule.days is None)

    def due(self, moment: datetime, rule: "KeepRule | None") -> int:
        """How many rows will be old enough by then, counted up to MOST_COUNTED; what is held stays all the same."""
        before = moment - timedelta(days=rule.shortest(self.days) if rule else self.days)
        rows = self.model._default_manager.order_by().filter(**{f"{self.since}__lt": before}, **self.may_go)
        return rows[: MOST_COUNTED + 1].count()

    def forget(self, now: datetime, held: Records | None = None, rule: "KeepRule | None" = None) -> int:
        """Delete what is old enough, batch by batch, each in its own transaction; how many rows went. Nothing of whom
        is `held` goes. With a `rule` its periods count: of each row that of its own time, or a shorter one since."""
        if self.instead is not None:
            return self._change(now, held or {}, rule)
        gone, last = 0, None
        rows = self.model._default_manager.order_by("pk")
        while True:
            later = rows if last is None else rows.filter(pk__gt=last)
            found = list(later.values_list("pk", self.since)[:AT_ONCE])
            old = [pk for pk, since in found if since is not None and self._is_over(since, now, rule)]
            if not old and any(since is not None for _pk, since in found):
                return gone
            if not found:
                return gone
            last = found[-1][0]
            gone += self._delete(old, held or {}, now) if old else 0

    def _change(self, now: datetime, held: Records, rule: "KeepRule | None") -> int:
        """The same of rows that stay: those to which it happened already are not looked through again."""
        changed, after = 0, Q()
        before = now - timedelta(days=rule.shortest(self.days) if rule else self.days)
        rows = self.model._default_manager.filter(**{f"{self.since}__lt": before}, **self.may_go)
        while found := list(
            rows.filter(after).order_by(self.since, "pk").values_list("pk", self.since)[:AT_ONCE]
        ):
            pk, since = found[-1]
            after = Q(**{f"{self.since}__gt": since}) | Q(**{self.since: since, "pk__gt": pk})
            changed += self._delete([pk for pk, since in found if self._is_over(since, now, rule)], held, now)
        return changed

    def _is_over(self, since: datetime, now: datetime, rule: "KeepRule | None") -> bool:
        return since < now - timedelta(days=rule.days_of(since, self.days) if rule else self.days)

    def _delete(self, old: list[Any], held: Records, now: datetime) -> int:
        with transaction.atomic():
            rows = self.model._default_manager.order_by("pk").filter(pk__in=old, **self.may_go)
            going = list(rows.select_for_update().values_list("pk", flat=True))
            spared = self._spared(held, going) if held else set()
            going = [pk for pk in going if pk not in spared]
            if self.instead is not None:
                self.instead(going, now)
                return len(going)
            self.first(going)
            self.model._default_manager.filter(pk__in=going)._raw_delete("default")
        return len(going)

    def _spared(self, held: Records, going: list[Any]) -> set[int]:
        if self.spared is not None:
            return self.spared(held, going)
        return set(held.get(self.model._meta.label_lower, ()))


@dataclass(frozen=True, slots=True)
class Told:
    """A kind of data whose end is no row's age: what, for how long, why, and how many go by a moment, all in words."""

    title: str | StrPromise
    period: Callable[[], str]
    why: str | StrPromise
    due: Callable[[datetime], int | None] = lambda moment: None


def keeps() -> list[Keep]:
    """Every app's, in the order of the apps."""
    return [keep for module in declared("retention") for keep in module.KEPT]


def told() -> list[Told]:
    """What every app says beside it."""
    return [one for module in declared("retention") for one in getattr(module, "TOLD", ())]


def forget_all() -> int:
    """Carry out every declaration, batch by batch: killed anywhere, the next night goes on.

    When each was last carried out, and how much went, stands in its rule.
    """
    now, held, count = wall.earliest(), held_records(), 0
    rules = {rule.code: rule for rule in KeepRule.objects.all()}
    for keep in keeps():
        gone = keep.forget(now, held, rules.get(keep.code))
        KeepRule.objects.update_or_create(code=keep.code, defaults={"ran_at": timezone.now(), "gone": gone})
        count += gone
    return count


def change(*, code: str, days: int, by: Any, by_name: str) -> KeepRule:
    """Keep this kind of data so many days from now on, within what law and policy allow.

    What was written under a shorter period goes by that one: what was promised is never lengthened. A shorter period
    counts for everything. The caller has asked for the right. NotFound: kind_unknown. Invalid: days_out_of_bounds.
    """
    keep = next((keep for keep in keeps() if keep.code == code), None)
    if keep is None or keep.bounds is None:
        raise NotFound("kind_unknown", _("There is no such period that could be changed."))
    least, most = keep.bounds
    if not least <= days <= most:
        raise Invalid(
            "days_out_of_bounds",
            _("Between %(least)s and %(most)s days, please.") % {"least": least, "most": most},
        )
    with transaction.atomic():
        KeepRule.objects.get_or_create(code=code)
        rule = KeepRule.objects.select_for_update().get(code=code)
        was = None if keep.is_off(rule) else keep.days if rule.days is None else rule.days
        if was != days:
            now = timezone.now()
            if was is not None:
                rule.earlier = [*rule.earlier, {"days": was, "until": now.isoformat()}]
            rule.days, rule.changed_at, rule.changed_by = days, now, by_name[:150]
            rule.save()
    return rule
