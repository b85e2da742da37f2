"""Somebody who is not known yet applies: the person and the application are made in one step."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import contacts
from core.errors import Invalid, Refused
from people.actors import Actor, Party
from recruitment.models import Application, Candidate, Opening
from recruitment.rules import require_recruiting
from recruitment.services import applications

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person as typed, spelt out: phone as E.164, address in small letters; "" for what was not given."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = "zh-hans"

    @classmethod
    def of(cls, *, name: str, phone: str = "", email: str = "", language: str = "zh-hans") -> "Newcomer":
        """Spell it out.

        Invalid: name_missing, phone_unknown, no_way_to_reach (neither number nor address), language_unknown.
        """
        try:
            number = contacts.phone(phone)
        except ValueError as error:
            raise Invalid("phone_unknown", _("This is no phone number.")) from error
        found = cls(contacts.name(name), number, contacts.email(email), language)
        if not found.name:
            raise Invalid("name_missing", _("Please enter a name."))
        if not found.phone and not found.email:
            raise Invalid("no_way_to_reach", _("Please enter a phone number or an e-mail address."))
        if language not in LANGUAGES:
            raise Invalid("language_unknown", _("Unknown language."))
        return found


def known_as(person: Newcomer) -> Candidate | None:
    """Who has this number, else this address, already. At most two queries, each by its unique index."""
    for field in ("phone", "email"):
        value = getattr(person, field)
        found = Candidate.objects.filter(**{field: value}).first() if value else None
        if found is not None:
            return found
    return None


def enter(
    *, person: Newcomer, opening_id: int, by: Actor, planned_start: date | None = None, source: str = ""
) -> Application:
    """Make the candidate and the application of a person whom nobody knows by this number or address.

    Both or neither: where the application is refused, no candidate is left behind. Namesakes are the form's to ask
    about. Forbidden: not_permitted. Refused: candidate_known, and what `applications.apply` refuses.
    """
    if by is not Party.CANDIDATE:
        require_recruiting(by, Opening, opening_id)
    with transaction.atomic():
        try:
            with transaction.atomic():
                candidate = Candidate.objects.create(
                    name=person.name, phone=person.phone, email=person.email, language=person.language
                )
        except IntegrityError as error:
            if known_as(person) is None:
                raise
            raise Refused("candidate_known", _("Another candidate has this number or address.")) from error
        return applications.apply(
            candidate_id=candidate.pk,
            opening_id=opening_id,
            by=by,
            planned_start=planned_start,
            source=source,
        )
