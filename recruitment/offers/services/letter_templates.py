"""Templates of letters: checked, published as versions that never change, and which one a new offer takes."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Refused
from people.actors import Actor, actor_user, require_right
from people.models import User
from people.rights import Right
from recruitment.models import LetterTemplate, LetterVersion
from recruitment.offers import ready, wording

TEXTS = ("title", "body", "title_en", "body_en")


def publish(*, template_id: int, by: Actor) -> LetterVersion:
    """What the template says now becomes its next version, for offers drafted from now on.

    Forbidden: not_permitted. NotFound: letter_template_unknown. Refused: letter_unchanged. Invalid: as `wording` says.
    """
    require_right(by, Right.RECRUIT)
    with transaction.atomic():
        template = LetterTemplate.objects.select_for_update(no_key=True).filter(pk=template_id).first()
        if template is None:
            raise NotFound("letter_template_unknown", _("There is no such letter template."))
        last = newest_of(template)
        if last is not None and not differs(template, last):
            raise Refused(
                "letter_unchanged",
                _("Nothing has changed since version %(number)s.") % {"number": last.number},
            )
        return _published(template, last.number + 1 if last else 1, actor_user(by))


def newest_of(template: LetterTemplate) -> LetterVersion | None:
    """The version that an offer drafted now takes; None while nothing is published. One query."""
    return template.versions.order_by("-number").first()


def differs(template: LetterTemplate, version: LetterVersion) -> bool:
    """Whether the template says something else than this version."""
    return any(getattr(template, name) != getattr(version, name) for name in TEXTS)


def version_for(template_id: int | None) -> LetterVersion:
    """The newest version of this template, or of the first in use; the ready-made one where a house has none.

    NotFound: letter_template_unknown (not in use, or never published).
    """
    if template_id is None:
        ensure_one()
    versions = LetterVersion.objects.filter(template__is_in_use=True).select_related("template")
    if template_id is not None:
        versions = versions.filter(template=template_id)
    found = versions.order_by("template_id", "-number").first()
    if found is None:
        raise NotFound(
            "letter_template_unknown", _("There is no published letter template in use: publish one first.")
        )
    return found


def ensure_one() -> None:
    """Publish the ready-made letter when nothing was ever published; whatever HR has made of it stays."""
    with transaction.atomic():
        if LetterVersion.objects.exists():
            return
        template, is_new = LetterTemplate.objects.get_or_create(
            name=ready.NAME,
            defaults={
                "title": ready.TITLE, "body": ready.BODY, "title_en": ready.TITLE_EN, "body_en": ready.BODY_EN,
            },
        )  # fmt: skip
        if is_new:
            _published(template, 1, None)


def _published(template: LetterTemplate, number: int, person: User | None) -> LetterVersion:
    for title in (template.title, template.title_en):
        wording.require_title(title)
    for body in (template.body, template.body_en):
        wording.require_body(body)
    return LetterVersion.objects.create(
        template=template, number=number, published_by=person,
        **{name: getattr(template, name) for name in TEXTS},
    )  # fmt: skip
