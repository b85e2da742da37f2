"""HR's own words: edited as a draft, checked, published as versions that never change, and taken back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Refused
from notifications import editing, overrides, rendering
from notifications.models import Wording, WordingVersion
from people.actors import Actor, actor_user, require_right
from people.rights import Right


def ensure_rows() -> None:
    """A row for each text that the product comes with; what HR wrote stays."""
    rows = []
    for path in sorted(rendering.FOLDER.glob("*/*.txt")):
        kind, audience = path.stem.rsplit(".", 1)
        rows.append(Wording(kind=kind, audience=audience, language=path.parent.name))
    Wording.objects.bulk_create(rows, ignore_conflicts=True)


def publish(*, wording_id: int, by: Actor) -> WordingVersion:
    """The draft is what messages say from now on; what was written before stays as it was.

    Forbidden: not_permitted (the lead's). NotFound: wording_unknown. Refused: wording_unchanged. Invalid: as `editing`
    says.
    """
    require_right(by, Right.DECIDE)
    with transaction.atomic():
        wording = _locked(wording_id)
        if wording.text:
            editing.require(wording, wording.text)
        return _published(wording, by)


def reset(*, wording_id: int, by: Actor) -> WordingVersion:
    """The product's own words again, as a version of its own. Refused: wording_unchanged (they stand already)."""
    require_right(by, Right.DECIDE)
    with transaction.atomic():
        wording = _locked(wording_id)
        wording.text = ""
        version = _published(wording, by)
        wording.save(update_fields=["text"])
        return version


def newest_of(wording: Wording) -> WordingVersion | None:
    """The version in force; None while nothing was ever published. One query."""
    return wording.versions.order_by("-number").first()


def _locked(wording_id: int) -> Wording:
    row = Wording.objects.select_for_update(no_key=True).filter(pk=wording_id).first()
    if row is None:
        raise NotFound("wording_unknown", _("There is no such wording."))
    return row


def _published(wording: Wording, by: Actor) -> WordingVersion:
    last = newest_of(wording)
    if (last.text if last else "") == wording.text:
        raise Refused("wording_unchanged", _("These words are in force already."))
    version = WordingVersion.objects.create(
        wording=wording, number=last.number + 1 if last else 1, text=wording.text, published_by=actor_user(by)
    )
    transaction.on_commit(overrides.write)
    return version
