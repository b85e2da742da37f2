"""Who may open a résumé, the note that somebody did, and finding résumés by what stands in them."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import searching
from core.errors import NotFound
from core.fulltext import query_of
from people.actors import actor_label
from people.models import User
from recruitment.models import Resume, ResumeAccess

# Within this time the pages that somebody turns are one time of looking.
ONE_LOOK = timedelta(minutes=30)


def to_open(*, resume_id: int, by: User, fetched: bool = False) -> Resume:
    """The résumé, if this person may see it; that they looked is noted before a byte is sent.

    NotFound: resume_unknown (also where it is not this person's).
    """
    with transaction.atomic():
        found = Resume.objects.visible_to(by).select_for_update().filter(pk=resume_id).first()
        if found is None:
            raise NotFound("resume_unknown", _("There is no such résumé."))
        since = timezone.now() - ONE_LOOK
        access = ResumeAccess.objects.filter(resume=found, user=by, last_at__gte=since).first()
        if access is None:
            ResumeAccess.objects.create(resume=found, user=by, who=actor_label(by), fetched=fetched)
        else:
            access.fetched = access.fetched or fetched
            access.save(update_fields=["fetched", "last_at"])
        return found


def holding(rows: "QuerySet[Resume]", typed: str) -> "QuerySet[Resume]":
    """Those of these résumés whose text holds every word that was typed. By the index over words."""
    query = query_of(typed)
    return rows.filter(searching.matches(query, "word_key")) if query else rows.none()
