"""A code for another device: eight characters that a person can type, good once and for ten minutes.

Guessing is hopeless. There are 30^8 = 6.6e11 codes (39 bits). One browser may be wrong `WRONG_PER_BROWSER` = 10 times a
minute, one address, which may be a whole office or a phone network, `WRONG_PER_ADDRESS` = 100 times, and all addresses
together `WRONG_ALTOGETHER` = 300 times, in each of the two web processes. An address that tries without a pause while a
thousand codes are live hits one of them with 200 * 1000 / 6.6e11 a minute: once in six years. Any number of addresses
together stay below 600 * 1000 / 6.6e11 a minute: once in two years, with a thousand codes live at every moment; with
ten, once in two centuries. A link has one live code and makes five an hour.
"""

import secrets
import unicodedata
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Refused
from recruitment.enums import InterviewState
from recruitment.models import HandoverCode, Interview, RoomLink, RoomSession
from recruitment.services import links

# Neither 0 and O, nor 1, I and L, nor U, which is heard and read as V.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
GOOD_FOR = timedelta(minutes=10)
MOST_AN_HOUR = 5
LONGEST_TYPED = 40


def digest(code: str) -> str:
    """What is kept of a code: keyed, since a short code behind a plain hash is found by trying them all."""
    return salted_hmac("recruitment.handover", code, algorithm="sha256").hexdigest()


def tidy(typed: str) -> str:
    """A code as it was made, out of how a person typed it: small letters, wide characters, blanks, dashes."""
    wide = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED]).upper()
    return "".join(letter for letter in wide if letter in ALPHABET)


def spaced(code: str) -> str:
    """Two groups of four, as it is shown."""
    return f"{code[:4]}-{code[4:]}"


def mint(*, link_id: int) -> tuple[str, datetime]:
    """Make a code for the link's interview; returns it as it is shown, the only time that it is known, and its end.

    In one transaction: the link is locked, codes older than an hour are deleted, earlier live ones end.
    Refused: `ended`, `too_many_codes` (five an hour). NotFound: link_expired, link_revoked.
    """
    with transaction.atomic():
        link = RoomLink.objects.select_for_update(no_key=True).get(pk=link_id)
        links.require_live(link)
        state = Interview.objects.values_list("state", flat=True).get(pk=link.interview_id)
        if state not in InterviewState.running:
            raise Refused("ended", _("This interview has ended."), state=state)
        now = timezone.now()
        HandoverCode.objects.filter(link=link, created_at__lt=now - timedelta(hours=1)).delete()
        if HandoverCode.objects.filter(link=link).count() >= MOST_AN_HOUR:
            raise Refused(
                "too_many_codes",
                _(
                    "Five codes an hour is the limit. You can also open your invitation link on the other device."
                ),
            )
        HandoverCode.objects.filter(link=link, expires_at__gt=now).update(expires_at=now)
        code = "".join(secrets.choice(ALPHABET) for _each in range(LENGTH))
        made = HandoverCode.objects.create(link=link, code_hash=digest(code), expires_at=now + GOOD_FOR)
        return spaced(code), made.expires_at


def exchange(*, typed: str) -> tuple[str, RoomSession]:
    """Turn a code into a session of one browser, of the same link; the code is used up in the same transaction.

    NotFound: `code_unknown`, whether it was mistyped, is too old, was used before, or its link is no longer good.
    """
    with transaction.atomic():
        found = (
            HandoverCode.objects.select_for_update(of=("self",))
            .select_related("link")
            .filter(code_hash=digest(tidy(typed)))
            .first()
        )
        now = timezone.now()
        if (
            found is None
            or found.used_at is not None
            or min(found.expires_at, found.link.expires_at) <= now
            or found.link.revoked_at is not None
        ):
            raise NotFound(
                "code_unknown",
                _(
                    "This code does not work. It is good for ten minutes and for one use: "
                    "please get a new one on the first device."
                ),
            )
        found.used_at = now
        found.save(update_fields=["used_at"])
        return links.open_session(found.link)
