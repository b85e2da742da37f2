"""Tags on candidates: put on, taken off, brought along when two entries become one."""

import unicodedata
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, NotFound, Refused
from core.text import listed
from people.actors import Actor, actor_user
from people.models import User
from people.rights import Right
from people.rules import has_right
from recruitment.models import Candidate, CandidateTag, Tag
from recruitment.models.tags import LONGEST_TAG
from recruitment.rules import require_not_erased

# So many are put on in one go, and so many one candidate has.
MOST_AT_ONCE, MOST = 5, 20
# A list's filter offers so many; beyond these nobody finds one by looking.
MOST_OFFERED = 200


def written(text: str) -> list[str]:
    """The tags in what somebody typed, each once however it is spelt.

    Invalid: tags_empty, tag_too_long, too_many_tags.
    """
    spelt: dict[str, str] = {}
    for name in listed(text.replace("#", " ")):
        spelt.setdefault(_key(name), name)
    names = list(spelt.values())
    if not names:
        raise Invalid("tags_empty", _("Please write at least one tag."))
    if any(len(name) > LONGEST_TAG or len(_key(name)) > 2 * LONGEST_TAG for name in names):
        raise Invalid("tag_too_long", _("A tag has 30 characters at most."))
    if len(names) > MOST_AT_ONCE:
        raise Invalid("too_many_tags", _("Please put five tags on at once at most."))
    return names


def put(*, candidate_id: int, names: Sequence[str], by: Actor) -> list[str]:
    """Put tags on a candidate: those that were not there yet. A word that is written otherwise stays as it was first.

    Forbidden: not_permitted. NotFound: candidate_unknown. Refused: erased_already, too_many_tags. Invalid: as
    `written`.
    """
    names = written("\n".join(names))
    with transaction.atomic():
        candidate, user = _candidate(candidate_id, by)
        known = {_key(one) for one in candidate.tags.values_list("tag__name", flat=True)}
        new = [name for name in names if _key(name) not in known]
        if len(known) + len(new) > MOST:
            raise Refused("too_many_tags", _("A candidate has twenty tags at most."))
        words = [Tag.objects.get_or_create(key=_key(name), defaults={"name": name})[0].name for name in new]
        CandidateTag.objects.bulk_create(
            [CandidateTag(candidate=candidate, tag_id=word, put_by=user) for word in words]
        )
        return words


def take_off(*, candidate_id: int, names: Sequence[str], by: Actor) -> list[str]:
    """Take tags off a candidate: those that are there. Forbidden, NotFound, Refused and Invalid: as for `put`."""
    keys = {_key(name) for name in written("\n".join(names))}
    with transaction.atomic():
        candidate, _user = _candidate(candidate_id, by)
        gone = candidate.tags.filter(tag__in=list(_words(keys)))
        words = list(gone.values_list("tag__name", flat=True))
        gone.delete()
        return words


def bring_along(*, keep: Candidate, gone: Candidate) -> None:
    """For a merge, which holds both: what `keep` has already goes with the other entry."""
    there = CandidateTag.objects.filter(candidate=keep, tag=OuterRef("tag"))
    CandidateTag.objects.filter(~Exists(there), candidate=gone).update(candidate=keep)


def offered() -> list[str]:
    """The tags that somebody has, by name; one query, along the index."""
    used = CandidateTag.objects.order_by().filter(tag=OuterRef("name"))
    return list(Tag.objects.filter(Exists(used)).values_list("name", flat=True)[:MOST_OFFERED])


def _words(keys: Iterable[str]) -> Iterable[str]:
    return Tag.objects.filter(key__in=list(keys)).values_list("name", flat=True)


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _candidate(candidate_id: int, by: Actor) -> tuple[Candidate, User]:
    """The candidate, locked, and who does it."""
    user = actor_user(by)
    if user is None or not has_right(user, Right.RECRUIT):
        raise Forbidden("not_permitted", _("Only recruiting specialists may do this."))
    candidate = Candidate.objects.visible_to(user).select_for_update().filter(pk=candidate_id).first()
    if candidate is None:
        raise NotFound("candidate_unknown", _("There is no such candidate."))
    require_not_erased(candidate)
    return candidate, user
