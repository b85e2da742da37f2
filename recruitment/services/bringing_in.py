"""Many candidates and their applications at once, as a table says them: judged, brought in, and taken away again.

A row names a person, an opening and what is known besides. A person is known by phone number or e-mail address. Of
somebody who is known, what is written stays; only what nobody has written yet is filled in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext_noop

from core.errors import Invalid
from core.events.models import Event
from core.exchange.cells import Fault
from core.exchange.models import Fate, ImportRow
from people.calendar import require_start_day
from people.models import User
from people.names import sort_key
from recruitment.enums import ApplicationStage, OpeningState
from recruitment.models import Application, Candidate, Opening
from recruitment.rules import openings_of
from recruitment.services import application_stages, applications, candidates

FILLED_IN = ("phone", "email", "other_contacts")
PERSON, APPLICATION = "candidate", "application"
NAME_KEY, MOST_DIGITS = 120, 18


@dataclass(slots=True)
class Standing:
    """What is there already of what some rows name. Read in seven queries, however many rows there are."""

    openings: dict[str, list[Opening]] = field(default_factory=dict)
    permitted: set[int] = field(default_factory=set)
    by_phone: dict[str, Candidate] = field(default_factory=dict)
    by_email: dict[str, Candidate] = field(default_factory=dict)
    standing: dict[tuple[int, int], Application] = field(default_factory=dict)
    called_off: dict[tuple[int, int], int] = field(default_factory=dict)
    namesakes: dict[str, list[str]] = field(default_factory=dict)
    days: dict[str, Fault | None] = field(default_factory=dict)
    is_held: bool = False

    @classmethod
    def of(cls, rows: Sequence[ImportRow], by: User, *, is_held: bool = False) -> "Standing":
        """As it is now; `is_held`: under the locks of whoever brings them in, openings before people before theirs."""
        found = cls(is_held=is_held)
        found._find_openings({row.values["opening"] for row in rows}, by, is_held=is_held)
        phones = {row.values["phone"] for row in rows if row.values["phone"]}
        emails = {row.values["email"] for row in rows if row.values["email"]}
        people = Candidate.objects.filter(Q(phone__in=phones) | Q(email__in=emails)).order_by("pk")
        for person in people.select_for_update() if is_held else people:
            found.remember(person)
        theirs = Application.objects.filter(
            candidate__in={person.pk for person in (*found.by_phone.values(), *found.by_email.values())},
            opening__in=[opening.pk for each in found.openings.values() for opening in each],
        ).order_by("pk")
        # Not held: a step that changes one takes its interviews first.
        for application in theirs:
            pair = (application.candidate_id, application.opening_id)
            if application.stage in ApplicationStage.called_off:
                found.called_off[pair] = application.pk
            else:
                found.standing[pair] = application
        if not is_held:
            found._find_namesakes(rows)
        return found

    def _find_openings(self, named: set[str], by: User, *, is_held: bool) -> None:
        numbers = {
            int(name) for name in named if name.isascii() and name.isdigit() and len(name) <= MOST_DIGITS
        }
        rows = Opening.objects.filter(
            Q(title__in=named) | Q(title_en__in=named) | Q(pk__in=numbers)
        ).order_by("pk")
        for opening in rows.select_for_update() if is_held else rows:
            for name in {opening.title, opening.title_en, str(opening.pk)} & named:
                self.openings.setdefault(name, []).append(opening)
        self.permitted = openings_of(by, {one.pk for each in self.openings.values() for one in each})

    def _find_namesakes(self, rows: Sequence[ImportRow]) -> None:
        keys = {sort_key(row.values["name"])[:NAME_KEY] for row in rows}
        for key, name in (
            Candidate.objects.filter(name_key__in=keys).order_by("pk").values_list("name_key", "name")
        ):
            self.namesakes.setdefault(key, []).append(name)

    def remember(self, person: Candidate) -> None:
        """Somebody who is there, or has just been brought in."""
        if person.phone:
            self.by_phone[person.phone] = person
        if person.email:
            self.by_email[person.email] = person

    def opening(self, row: ImportRow) -> Opening:
        """The one that the row means: among several of one title, the only one that is open and one's own."""
        found = self.openings.get(row.values["opening"], [])
        mine = [one for one in found if one.pk in self.permitted]
        if not mine:
            text = gettext_noop("There is no opening “%(value)s” that you take care of.")
            raise Fault("opening_unknown", text, column="opening", value=row.values["opening"])
        still = [one for one in mine if one.state == OpeningState.OPEN]
        if not still:
            raise Fault("opening_closed", gettext_noop("This opening is closed."), column="opening")
        if len(still) > 1:
            text = gettext_noop("Several openings have this title: write the number (%(numbers)s).")
            numbers = [one.pk for one in still]
            raise Fault("opening_ambiguous", text, column="opening", numbers=numbers)
        return still[0]

    def person(self, row: ImportRow) -> Candidate | None:
        """Who is known by this number or address; None for somebody new."""
        by_phone = self.by_phone.get(row.values["phone"] or "")
        by_email = self.by_email.get(row.values["email"] or "")
        if by_phone is not None and by_email is not None and by_phone is not by_email:
            text = gettext_noop("The number is %(first)s's and the address %(second)s's: two candidates.")
            raise Fault("two_people", text, column="phone", first=by_phone.name, second=by_email.name)
        person = by_phone or by_email
        if person is not None and sort_key(person.name) != sort_key(row.values["name"]):
            text = gettext_noop("This number or address is %(name)s's, who is a candidate already.")
            column = "phone" if by_phone is not None else "email"
            raise Fault("candidate_known", text, column=column, name=person.name)
        return person

    def require_start(self, day: str) -> None:
        """A day on which somebody can start. Asked once for each day."""
        if day not in self.days:
            self.days[day] = None
            try:
                require_start_day(date.fromisoformat(day))
            except Invalid as error:
                self.days[day] = Fault(error.code, str(error.message), column="planned_start")
        if (fault := self.days[day]) is not None:
            raise fault


@dataclass(slots=True)
class Judged:
    """What a row comes to: who, where, and what of it is not there yet."""

    row: ImportRow
    opening: Opening
    person: Candidate | None
    application: Application | None


def judge(row: ImportRow, standing: Standing) -> Judged | None:
    """Write into the row what becomes of it; None when nothing does."""
    row.faults, row.changes, row.found = [], [], {}
    # Once rows are brought in, they would be each other's namesakes.
    row.hints = [hint for hint in row.hints if hint["code"] == "namesake"] if standing.is_held else []
    try:
        if not row.values["phone"] and not row.values["email"]:
            text = gettext_noop(
                "Neither a phone number nor an e-mail address: nobody could tell them anything."
            )
            raise Fault("no_way_to_reach", text, column="phone")
        opening = standing.opening(row)
        person = standing.person(row)
        application = _application(row, standing, opening, person)
        if row.fate == Fate.DUPLICATE:
            return None
        day = row.values["planned_start"]
        if day and (application is None or _day(application.planned_start) != day):
            standing.require_start(day)
    except Fault as fault:
        row.fate, row.faults = Fate.REFUSED, [fault.kept()]
        return None
    if person is not None:
        row.found[PERSON] = person.pk
        _fill_in(row, person)
    elif names := standing.namesakes.get(sort_key(row.values["name"])[:NAME_KEY]):
        text = gettext_noop("%(count)s candidate of this name is there already, with other contact details.")
        row.hints.append(Fault("namesake", text, column="name", count=len(names)).kept())
    if application is None:
        row.fate = Fate.NEW
    else:
        row.found[APPLICATION] = application.pk
        _differing(row, application)
        row.fate = Fate.CHANGED if row.changes else Fate.UNCHANGED
    return Judged(row, opening, person, application) if row.fate != Fate.UNCHANGED else None


def _application(
    row: ImportRow, standing: Standing, opening: Opening, person: Candidate | None
) -> Application | None:
    if person is None or person.pk is None:
        return None
    pair = (person.pk, opening.pk)
    found = standing.standing.get(pair)
    if found is None and pair in standing.called_off:
        # Whoever was rejected does not come back because a list was imported once more.
        row.found[APPLICATION] = standing.called_off[pair]
        text = gettext_noop("%(name)s has applied for this opening before, and that application has ended.")
        row.fate, row.hints = Fate.DUPLICATE, [Fault("ended_before", text, name=person.name).kept()]
    return found


def _fill_in(row: ImportRow, person: Candidate) -> None:
    for name in FILLED_IN:
        value, has = row.values[name], getattr(person, name)
        if value and not has:
            row.changes.append({"of": PERSON, "field": name, "before": "", "after": value})
        elif value and value != has:
            text = gettext_noop("%(name)s has another entry here, which stays.")
            row.hints.append(Fault("kept", text, column=name, name=person.name).kept())


def _differing(row: ImportRow, application: Application) -> None:
    day, source = row.values["planned_start"], row.values["source"]
    if day and _day(application.planned_start) != day:
        before = _day(application.planned_start)
        row.changes.append({"of": APPLICATION, "field": "planned_start", "before": before, "after": day})
    if source and not application.source:
        row.changes.append({"of": APPLICATION, "field": "source", "before": "", "after": source})


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def check(rows: Sequence[ImportRow], *, by: User) -> None:
    """Say of each row what would become of it. Nothing is written; as many queries for many rows as for one."""
    standing = Standing.of(rows, by)
    for row in rows:
        judge(row, standing)


Made = Callable[[set[int]], set[int]]


def bring_in(rows: Sequence[ImportRow], *, by: User, made_here: Made) -> None:
    """Make, in sets, what these rows say and is not there: people, applications, and what is filled in.

    `made_here` says which of these people the same file made.
    The openings are locked as `applications.apply` locks them, each right is asked, and starts are announced. A row
    for which nothing is left to do says so in its fate. Must run in a transaction.
    """
    standing = Standing.of(rows, by, is_held=True)
    for person in _new_people(rows, standing):
        standing.remember(person)
    judged = [found for row in rows if (found := judge(row, standing)) is not None]
    # Known by now, but not there before.
    fresh = {id(found.person): found.person for found in judged if found.person and found.person.pk is None}
    Candidate.objects.bulk_create([person for person in fresh.values() if person is not None])
    for found in judged:
        assert found.person is not None  # noqa: S101 -- whoever was not known was made above
        if id(found.person) in fresh:
            found.row.made[PERSON] = fresh.pop(id(found.person)).pk  # type: ignore[union-attr]
        found.row.found[PERSON] = found.person.pk
    _apply([found for found in judged if found.application is None], by)
    _change(judged, by, made_here)


def _new_people(rows: Sequence[ImportRow], standing: Standing) -> Iterable[Candidate]:
    """One for each number or address that nobody has; two rows may name the same."""
    for row in rows:
        values = row.values
        known = standing.by_phone.get(values["phone"] or "") or standing.by_email.get(values["email"] or "")
        if known is not None and known.pk is not None:
            continue
        person = known or Candidate(name=values["name"], language=values["language"] or "zh-hans")
        for name in FILLED_IN:
            setattr(person, name, getattr(person, name) or values[name] or "")
        person.make_keys()
        yield person


def _apply(judged: Sequence[Judged], by: User) -> None:
    if not judged:
        return
    openings = {found.opening.pk: found.opening for found in judged}
    promised = {pk: application_stages.first_promise(opening) for pk, opening in openings.items()}
    made: dict[tuple[int, int], Application] = {}
    for found in judged:
        assert found.person is not None  # noqa: S101 -- as above
        day = found.row.values["planned_start"]
        made[found.person.pk, found.opening.pk] = Application(
            candidate=found.person,
            opening=found.opening,
            planned_start=date.fromisoformat(day) if day else None,
            source=found.row.values["source"] or "",
            promised_by=promised[found.opening.pk],
        )
    Application.objects.bulk_create(made.values())
    for found in judged:
        application = made[found.person.pk, found.opening.pk]  # type: ignore[union-attr]
        found.row.made[APPLICATION] = application.pk
        found.row.found[APPLICATION] = application.pk
    applications.announce_starts([one for one in made.values() if one.planned_start], by=by)


def _change(judged: Sequence[Judged], by: User, made_here: Made) -> None:
    of_people = [
        (
            found.person,
            {change["field"]: change["after"] for change in found.row.changes if change["of"] == PERSON},
        )
        for found in judged
    ]
    changed = [(person, values) for person, values in of_people if person is not None and values]
    ours = made_here({person.pk for person, _values in changed}) if changed else set()
    for person, values in changed:
        _write(person, values, by, is_known=person.pk not in ours)
    for found in judged:
        for change in found.row.changes:
            if found.application is not None and change["of"] == APPLICATION:
                _write_application(found.application, change["field"], change["after"], by)


def _write(person: Candidate, values: Mapping[str, str], by: User, *, is_known: bool = True) -> None:
    """The employee file follows what others keep of a candidate whom anybody knows."""
    for name, value in values.items():
        setattr(person, name, value)
    person.save()
    if is_known:
        candidates.announce_corrected(person, fields=values, by=by)


def _write_application(application: Application, name: str, value: str | None, by: User) -> None:
    if name == "planned_start":
        day = date.fromisoformat(value) if value else None
        applications.plan_start(application_id=application.pk, planned_start=day, by=by)
    else:
        application.source = value or ""
        application.save(update_fields=["source"])


def take_away(rows: Sequence[ImportRow], *, by: User, made_too: Iterable[int]) -> None:
    """Take back what these rows made, where nobody has touched it since; else the row says why it stays.

    `made_too` are the people whom the same file made, by whichever row. What was filled in is emptied again where it
    still stands. Must run in a transaction.
    """
    ours = set(made_too)
    ids = {row.made[APPLICATION] for row in rows if APPLICATION in row.made}
    held = {one.pk: one for one in Application.objects.filter(pk__in=ids).select_for_update().order_by("pk")}
    touched = _touched(Application, held) | {
        pk for pk, one in held.items() if one.stage != ApplicationStage.APPLIED or one.planned_start
    }
    for row in rows:
        if row.made.get(APPLICATION) in touched:
            text = gettext_noop("The application is being worked on: it stays.")
            row.left = Fault("touched", text).kept()
        elif row.changes and row.found.get(PERSON) not in ours:
            _put_back(row, by)
    Application.objects.filter(pk__in=set(held) - touched)._raw_delete("default")
    people = {row.found[PERSON] for row in rows if row.left is None and PERSON in row.found} & ours
    persons = {
        one.pk: one for one in Candidate.objects.filter(pk__in=people).select_for_update().order_by("pk")
    }
    stay = _touched(Candidate, persons)
    Candidate.objects.filter(pk__in=set(persons) - stay)._raw_delete("default")


def _touched(model: type[Model], ids: Mapping[int, Any]) -> set[int]:
    """Those of these rows that others hang on, or of which something was announced."""
    found: set[int] = set()
    for relation in model._meta.related_objects:
        remote = relation.field
        rows = relation.related_model._base_manager.filter(**{f"{remote.name}__in": list(ids)})
        found |= set(rows.order_by().values_list(remote.attname, flat=True))
    told = Event.objects.filter(subject_type=model._meta.label_lower, subject_id__in=list(ids))
    return found | set(told.order_by().values_list("subject_id", flat=True))


def _put_back(row: ImportRow, by: User) -> None:
    """What the row filled in is as it was before, where it is still what the row wrote."""
    person = Candidate.objects.select_for_update().filter(pk=row.found.get(PERSON)).first()
    application = Application.objects.filter(pk=row.found.get(APPLICATION)).first()
    for change in row.changes:
        name, of = change["field"], person if change["of"] == PERSON else application
        now = getattr(of, name, None)
        if of is None or (_day(now) if isinstance(now, date) else now) != change["after"]:
            row.left = Fault("touched", gettext_noop("Somebody has changed this since: it stays.")).kept()
        elif isinstance(of, Candidate):
            _write(of, {name: change["before"]}, by)
        else:
            _write_application(of, name, change["before"], by)
