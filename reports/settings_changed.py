"""Changes of settings that candidates feel, read from the history: rules, plan versions, words of messages, waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.days import midnight
from core.errors import Forbidden, NotFound
from core.history.models import Change, Did
from core.history.words import Words
from notifications.models import WaitBeforeTelling, WordingVersion
from people.rules import is_hr
from recruitment.models import AdvanceRule, Opening, PlanVersion

if TYPE_CHECKING:
    from people.models import User

MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class Setting:
    """One change of a setting. `openings` are those it reaches, None for all of them."""

    id: int
    at: datetime
    words: str
    why: str
    openings: tuple[int, ...] | None

    @property
    def day(self) -> date:
        """The day on which it was changed, in Shanghai."""
        return timezone.localdate(self.at)

    def touches(self, other: "Setting") -> bool:
        """Whether both reach an opening."""
        if self.openings is None or other.openings is None:
            return True
        return not set(self.openings).isdisjoint(other.openings)


def _label(model: type[Model]) -> str:
    return model._meta.label_lower


RULE, PLAN, WORDS, WAIT = (
    _label(one) for one in (AdvanceRule, PlanVersion, WordingVersion, WaitBeforeTelling)
)
# A first rule and a first version change nothing: there was nothing before. The wait of each kind is there from the
# start; words without a version were the product's.
_ARE_SETTINGS = (
    Q(model=RULE, did=Did.CHANGED)
    | Q(model=PLAN, did=Did.CHANGED, after__has_key="published_at")
    | Q(model=WORDS, did=Did.CREATED)
    | Q(model=WAIT, did=Did.CHANGED)
)


def changes_of_settings(
    user: "User", *, first: date | None = None, last: date | None = None
) -> list[Setting]:
    """The latest changes that reach openings which this person may see, the newest first; of these days where given.

    Forbidden: not_permitted. Five statements, however many.
    """
    _require_reader(user)
    rows = _changes()
    if first is not None:
        rows = rows.filter(at__gte=midnight(first))
    if last is not None:
        rows = rows.filter(at__lt=midnight(last + timedelta(days=1)))
    return _settings(rows.order_by("-id")[:MOST_CHANGES], user)


def change_of_setting(change_id: int, user: "User") -> Setting:
    """That change. Forbidden: not_permitted. NotFound: change_unknown, also where it reaches no opening of theirs."""
    _require_reader(user)
    found = _settings(_changes().filter(pk=change_id), user)
    if not found:
        raise NotFound("change_unknown", _("There is no such change of a setting."))
    return found[0]


def _require_reader(user: "User") -> None:
    if not is_hr(user):
        raise Forbidden("not_permitted", _("Only HR staff may do this."))


def _changes() -> "QuerySet[Change]":
    return Change.objects.filter(_ARE_SETTINGS, model__in=(RULE, PLAN, WORDS, WAIT))


def _settings(changes: "Iterable[Change]", user: "User") -> list[Setting]:
    rows = list(changes)
    said = Words(rows)
    seen = set(Opening.objects.visible_to(user).values_list("pk", flat=True))
    of_rules = _openings_of_rules(rows)
    versions = _versions(rows)
    found = []
    for one in rows:
        key = int(one.object_id)
        openings: tuple[int, ...] | None = None
        if one.model == RULE:
            openings = tuple(sorted(seen & {of_rules.get(key, 0)}))
        elif one.model == PLAN:
            version, reached = versions.get(key, (None, set()))
            if version is None or version.number == 1:
                continue
            openings = tuple(sorted(seen & reached))
        if openings == ():
            continue
        found.append(Setting(one.pk, one.at, _words(one, said, versions), one.why, openings))
    return found


def _words(one: Change, said: Words, versions: dict[int, tuple[PlanVersion, set[int]]]) -> str:
    if one.model == PLAN:
        version = versions[int(one.object_id)][0]
        return _("%(who)s published %(version)s") % {"who": said.who(one), "version": version}
    return " · ".join(said.sentences(one))


def _keys(rows: list[Change], label: str) -> list[int]:
    return [int(one.object_id) for one in rows if one.model == label]


def _openings_of_rules(rows: list[Change]) -> dict[int, int]:
    keys = _keys(rows, RULE)
    if not keys:
        return {}
    return dict(AdvanceRule.objects.filter(pk__in=keys).values_list("pk", "opening_id"))


def _versions(rows: list[Change]) -> dict[int, tuple[PlanVersion, set[int]]]:
    """The versions that were published, each with the openings that go by its plan now."""
    keys = _keys(rows, PLAN)
    if not keys:
        return {}
    versions = list(PlanVersion.objects.filter(pk__in=keys).select_related("plan"))
    reached: dict[Any, set[int]] = {}
    going = Opening.objects.filter(interview_plan__in={one.plan_id for one in versions})
    for opening, plan in going.values_list("pk", "interview_plan_id"):
        reached.setdefault(plan, set()).add(opening)
    return {one.pk: (one, reached.get(one.plan_id, set())) for one in versions}
