"""A candidate's voluntary details for comparing groups: said with consent, changed, taken back; read by nobody else."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound
from recruitment.enums import AgeBand, Gender
from recruitment.models import Candidate, GroupAnswer

# Of the words on the candidate's page; another meaning is another version.
CONSENT_VERSION = "2026-11"


def answer_of(candidate_id: int) -> GroupAnswer | None:
    """What the candidate has said, for the own page. One query."""
    return GroupAnswer.objects.filter(candidate=candidate_id).first()


def say(*, candidate_id: int, gender: str, age_band: str, agreed: bool) -> GroupAnswer:
    """The candidate's own word, in place of an earlier one. It changes no score and no decision.

    Invalid: consent_missing, group_unknown, nothing_said. NotFound: candidate_unknown.
    """
    if not agreed:
        raise Invalid("consent_missing", _("Please agree to the use, or leave this out."))
    if (gender and gender not in Gender) or (age_band and age_band not in AgeBand):
        raise Invalid("group_unknown", _("Please choose one of the answers that are offered."))
    if not gender and not age_band:
        raise Invalid("nothing_said", _("Please choose at least one answer, or leave this out."))
    with transaction.atomic():
        _held(candidate_id)
        row, _is_new = GroupAnswer.objects.update_or_create(
            candidate_id=candidate_id,
            defaults={"gender": gender, "age_band": age_band, "consent_version": CONSENT_VERSION},
        )
        return row


def take_back(*, candidate_id: int) -> None:
    """What was said is gone, and counts nowhere any more. Nothing to do where nothing was said."""
    with transaction.atomic():
        _held(candidate_id)
        GroupAnswer.objects.filter(candidate=candidate_id).delete()


def _held(candidate_id: int) -> None:
    """Lock the record. An erased one is told nothing more."""
    rows = Candidate.objects.select_for_update().order_by().filter(pk=candidate_id, erased_at=None)
    if not list(rows.values_list("pk")):
        raise NotFound("candidate_unknown", _("There is no such candidate."))
