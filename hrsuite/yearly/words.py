"""The report in words: sections of lines, as page and document show them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.template.defaultfilters import filesizeformat
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from core.checks.declaring import declared_invariants
from core.checks.models import HealthReport
from core.joining import joined
from hrsuite.yearly.parts import SOON_FULL_MONTHS
from people.enums import Role
from people.models import User

Words = dict[str, str | Promise]
MISSING: Words = {
    "openings_of_closed_accounts": gettext_lazy("Open openings whose specialist's account is closed"),
    "colleagues_without_department": gettext_lazy("Colleagues without a department"),
    "colleagues_without_address": gettext_lazy("Colleagues whom no message reaches (no e-mail, no WeCom)"),
    "employees_without_number": gettext_lazy("Employee files without a number"),
    "calendar_years": gettext_lazy("Years whose calendar is not loaded"),
}
STUCK: Words = {
    "reactions": gettext_lazy("Reactions to events that failed"),
    "works": gettext_lazy("Long works that failed"),
    "deliveries_ambiguous": gettext_lazy("Messages that may have been sent, and nobody knows"),
    "messages_not_reached": gettext_lazy("Messages that reached nobody"),
    "follow_ups_overdue": gettext_lazy("Calls to candidates that are overdue"),
    "interviews_past_return": gettext_lazy("Interrupted interviews past their time to return"),
    "decisions_waiting": gettext_lazy("Decisions that have waited for more than a week"),
}
RISKS: Words = {
    "no_backup": gettext_lazy("No backup is made each night. Say where to: HRSUITE_BACKUP_TO."),
    "old_backup": gettext_lazy("The last good backup is older than 36 hours, or there is none."),
    "old_drill": gettext_lazy("For more than eight days no backup was restored on trial."),
    "no_https": gettext_lazy("The suite is not reached by HTTPS: whoever listens reads along."),
    "leads_by_password": gettext_lazy("HR leads may sign in by password alone. Ask for a second factor."),
    "password_alone": ngettext_lazy(
        "%(count)s account has no second factor.", "%(count)s accounts have no second factor.", "count"
    ),
    "many_administrators": ngettext_lazy(
        "%(count)s account is an administrator. Fewer are enough.",
        "%(count)s accounts are administrators. Fewer are enough.",
        "count",
    ),
    "unused_accounts": ngettext_lazy(
        "%(count)s account has not been used for 90 days. Close it unless somebody needs it.",
        "%(count)s accounts have not been used for 90 days. Close those nobody needs.",
        "count",
    ),
    "keys_without_end": ngettext_lazy(
        "%(count)s API key has no last day.", "%(count)s API keys have no last day.", "count"
    ),
    "promises_broken": ngettext_lazy(
        "%(count)s promise of the data check does not hold.",
        "%(count)s promises of the data check do not hold.",
        "count",
    ),
    "never_checked": gettext_lazy("The data check has never run."),
    "stuck": ngettext_lazy("%(count)s record is stuck.", "%(count)s records are stuck.", "count"),
    "soon_full": ngettext_lazy(
        "At this growth the disk is full in %(months)s month.",
        "At this growth the disk is full in %(months)s months.",
        "months",
    ),
    "no_mail": gettext_lazy("No mail server is connected: nothing leaves the house by e-mail."),
    "calendar_missing": gettext_lazy(
        "The working calendar of %(years)s is missing: dates there are provisional."
    ),
}
# By how the code begins.
TROUBLES: Words = {
    "disk": gettext_lazy("a disk was nearly full"),
    "database": gettext_lazy("the database took no changes"),
    "storage": gettext_lazy("a storage took no files"),
    "clock": gettext_lazy("a clock was wrong"),
    "slept": gettext_lazy("a machine had been asleep"),
    "memory": gettext_lazy("memory was short"),
    "job": gettext_lazy("a job had run out of memory"),
}
_ACCOUNTS: Words = {
    "administrators": gettext_lazy("Superusers, by name"),
    "leads": gettext_lazy("HR leads, by name"),
    "without_role": gettext_lazy("Accounts without a role"),
    "unused": gettext_lazy("Accounts that were not used for 90 days"),
    "password_alone": gettext_lazy("Accounts without a second factor"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what, the figure, more about it; `is_red` where somebody has to do something."""

    label: str
    value: str
    note: str = ""
    is_red: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines."""

    title: str
    lines: list[Line] = field(default_factory=list)


def sections(report: HealthReport) -> list[Section]:
    """All of it in the active language. One query: the names of the accounts that are still there."""
    found = report.parts
    names = _names(found["rights"])
    return [
        Section(_("Open risks"), list(_risks(found["risks"])) or [Line(_("None was found."), "")]),
        Section(_("Data: promises"), list(_promises(found["data_quality"]["promises"]))),
        Section(_("Data: what is missing"), list(_missing(found["data_quality"]["missing"]))),
        Section(_("Rights: who may do what"), list(_rights(found["rights"], names))),
        Section(_("Stuck records"), [
            Line(str(STUCK[name]), str(count), is_red=count > 0) for name, count in found["stuck"].items()
        ]),
        Section(_("Room"), list(_capacity(found["capacity"]))),
    ]  # fmt: skip


def heading(report: HealthReport) -> str:
    """When and by whom it was made."""
    at = formats.date_format(timezone.localtime(report.at), "Y-m-d H:i")
    return _("Made on %(at)s by %(by)s") % {"at": at, "by": report.by or _("the yearly job")}


def _risks(found: Iterable[dict[str, Any]]) -> Iterator[Line]:
    for one in found:
        code, facts = one["code"], {name: value for name, value in one.items() if name != "code"}
        if code.startswith("trouble_"):
            yield Line(_trouble(code.removeprefix("trouble_")), "", is_red=True)
        else:
            yield Line(str(RISKS[code] % facts) if code in RISKS else code, "", is_red=True)


def _trouble(code: str) -> str:
    """That there was one: its figures were those of the moment."""
    what = next((words for start, words in TROUBLES.items() if code.startswith(start)), code)
    return _("When it was looked: %(what)s") % {"what": what}


def _promises(found: Iterable[dict[str, Any]]) -> Iterator[Line]:
    known = declared_invariants()
    for one in found:
        title = str(known[one["code"]].title) if one["code"] in known else one["code"]
        if one["found"] is None:
            yield Line(title, _("could not look: %(error)s") % {"error": one["error"]}, is_red=True)
        else:
            more = _("more than %(count)s") % {"count": one["found"]} if one["is_more"] else str(one["found"])
            yield Line(title, more, _moment(one["at"]), is_red=one["found"] > 0)


def _missing(found: dict[str, Any]) -> Iterator[Line]:
    for name, count in found.items():
        shown = ", ".join(map(str, count)) or "0" if isinstance(count, list) else str(count)
        yield Line(str(MISSING[name]), shown, is_red=bool(count))


def _rights(found: dict[str, Any], names: dict[int, str]) -> Iterator[Line]:
    for role, count in found["roles"].items():
        yield Line(str(Role(role).label) if role in Role.values else role, str(count))
    for name, title in _ACCOUNTS.items():
        who = found[name]
        listed = joined(names.get(pk, "–") for pk in who["who"])
        more = who["count"] - len(who["who"])
        note = f"{listed} + {more}" if more > 0 else listed
        is_red = name in ("without_role", "unused", "password_alone") and who["count"] > 0
        yield Line(str(title), str(who["count"]), note, is_red=is_red)
    asked = joined(Role(role).label for role in found["second_factor_for"] if role in Role.values)
    yield Line(_("Roles that need a second factor"), asked or _("none"), is_red=not asked)
    keys = found["keys"]
    yield Line(_("API keys"), str(keys["good"]))
    yield Line(_("API keys without a last day"), str(keys["without_end"]), is_red=keys["without_end"] > 0)
    yield Line(_("API keys that were not used for 90 days"), str(keys["unused"]), is_red=keys["unused"] > 0)


def _capacity(found: dict[str, Any]) -> Iterator[Line]:
    growth, months = found["growth_bytes"], found["months_left"]
    unknown = _("not known before two weeks of sizes are there")
    yield Line(_("Size of the database"), filesizeformat(found["database_bytes"]))
    yield Line(_("Growth in a month"), unknown if growth is None else _size(growth))
    yield Line(
        _("Room on the disk"),
        _("%(free)s of %(total)s") % {
            "free": filesizeformat(found["disk_free"]), "total": filesizeformat(found["disk_total"])
        },
    )  # fmt: skip
    if growth is None:
        yield Line(_("Until the disk is full"), unknown)
    elif months is None:
        yield Line(_("Until the disk is full"), _("it does not grow"))
    else:
        yield Line(
            _("Until the disk is full"),
            ngettext("%(months)s month", "%(months)s months", months) % {"months": months},
            is_red=months < SOON_FULL_MONTHS,
        )
    for one in found["largest"]:
        yield Line(
            _table(one["table"]),
            filesizeformat(one["bytes"]),
            ngettext("%(count)s row", "%(count)s rows", one["rows"]) % {"count": one["rows"]},
        )


def _table(name: str) -> str:
    """What a table holds, in words; one that no model has, by its own name."""
    for model in apps.get_models():
        if model._meta.db_table == name:
            return capfirst(str(model._meta.verbose_name_plural))
    return name


def _size(number: int) -> str:
    return f"-{filesizeformat(-number)}" if number < 0 else filesizeformat(number)


def _moment(text: str) -> str:
    return formats.date_format(timezone.localtime(datetime.fromisoformat(text)), "Y-m-d H:i")


def _names(found: dict[str, Any]) -> dict[int, str]:
    wanted = {pk for name in _ACCOUNTS for pk in found[name]["who"]}
    return {person.pk: str(person) for person in User.objects.filter(pk__in=wanted)}
