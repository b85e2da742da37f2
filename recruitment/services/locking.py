"""Taking hold of the rows of a step, in the one order: interview, then its lease, then its other rows.

A row that this chain holds already is the one that it has, as it was changed: it is neither locked nor read again.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.events.reading import held_row, once_in_sets
from core.prepared import Shape, columns_of, of_row
from recruitment.models import Application, FollowUp, Interview, Lease
from recruitment.models.promises import stated_for


def interview(interview_id: int) -> Interview:
    """The interview under its row lock, with what every step reads about it. NotFound: interview_unknown."""
    found = held_row(Interview, interview_id) or _interviews(interview_id)
    if found is None:
        raise _unknown_interview()
    return found


def interviews_of(interview_ids: Iterable[int]) -> dict[int, Interview]:
    """`interview` of each of these, locked in the order of their numbers. NotFound: interview_unknown."""
    wanted = list(dict.fromkeys(interview_ids))
    _interviews.ahead(pk for pk in wanted if held_row(Interview, pk) is None)
    return {pk: interview(pk) for pk in wanted}


@once_in_sets
def _interviews(interview_ids: Collection[int]) -> dict[int, Interview | None]:
    rows = _with_surroundings().select_for_update(of=("self",)).filter(pk__in=interview_ids).order_by("pk")
    return {**dict.fromkeys(interview_ids), **{row.pk: row for row in rows}}


def free_interviews(interview_ids: Collection[int]) -> list[Interview]:
    """`interview` of those of these that nobody else holds at the moment: for jobs, which come again."""
    rows = _with_surroundings().select_for_update(of=("self",), skip_locked=True)
    return list(rows.filter(pk__in=interview_ids).order_by("pk"))


def interview_alone(interview_id: int) -> Interview:
    """The interview's own row under its lock: for what comes with every few words. NotFound: interview_unknown."""
    return _locked(Interview.objects.all(), interview_id)


def interview_and_lease(interview_id: int) -> tuple[Interview, Lease]:
    """`interview`, and then its lease, under their row locks. NotFound: interview_unknown."""
    rows = _with_surroundings().select_related("lease").filter(lease__isnull=False)
    found = _locked(rows, interview_id, of=("self", "lease"))
    return found, found.lease


def interview_and_lease_alone(interview_id: int) -> tuple[Interview, Lease]:
    """`interview_alone`, and then its lease, under their row locks. NotFound: interview_unknown."""
    row = _WITH_LEASE.first(interview_id)
    if row is None:
        raise _unknown_interview()
    width = len(columns_of(Interview))
    found, lease_ = of_row(Interview, row[:width]), of_row(Lease, row[width:])
    found.lease, lease_.interview = lease_, found
    return found, lease_


# It comes with every few words that somebody types. Of the two rows that it joins both are locked.
_WITH_LEASE = Shape(
    lambda pk: (
        Interview.objects.select_for_update()
        .filter(pk=pk, lease__isnull=False)
        .order_by()
        .values_list(*columns_of(Interview), *(f"lease__{name}" for name in columns_of(Lease)))
    ),
    int,
)


def _with_surroundings() -> "QuerySet[Interview]":
    return Interview.objects.select_related(
        "version", "application__opening__specialist", "application__opening__advance_rule"
    )


def _locked(rows: "QuerySet[Interview]", interview_id: int, *, of: tuple[str, ...] = ("self",)) -> Interview:
    try:
        return rows.select_for_update(of=of).get(pk=interview_id)
    except Interview.DoesNotExist:
        raise _unknown_interview() from None


def _unknown_interview() -> NotFound:
    return NotFound("interview_unknown", _("There is no such interview."))


def interviews(condition: Q) -> None:
    """Hold the interviews, in order: for a step that ends them all, or that they come before."""
    list(Interview.objects.select_for_update().filter(condition).order_by("pk").values("pk"))


def lease(interview_id: int) -> Lease:
    """The interview's lease under its row lock; its interview must be locked already."""
    return Lease.objects.select_for_update().get(pk=interview_id)


def application(application_id: int) -> Application:
    """The application under its row lock. NotFound: application_unknown."""
    found = _applications(application_id)
    if found is None:
        raise NotFound("application_unknown", _("There is no such application."))
    return found


def applications_of(application_ids: Iterable[int]) -> dict[int, Application]:
    """`application` of each of these, locked in the order of their numbers. NotFound: application_unknown."""
    wanted = list(dict.fromkeys(application_ids))
    _applications.ahead(wanted)
    return {pk: application(pk) for pk in wanted}


def free_applications(application_ids: Collection[int]) -> list[Application]:
    """`application` of those of these that nobody else holds at the moment: for jobs, which come again."""
    rows = _application_with_surroundings().select_for_update(of=("self",), skip_locked=True)
    return list(rows.filter(pk__in=application_ids).order_by("pk"))


def application_in_hand(application_id: int) -> Application | None:
    """The application as this chain holds it, None where it does not; nothing is read."""
    return _applications.known(application_id)


@once_in_sets
def _applications(application_ids: Collection[int]) -> dict[int, Application | None]:
    held = _application_with_surroundings().select_for_update(of=("self",))
    rows = held.filter(pk__in=application_ids).order_by("pk")
    return {**dict.fromkeys(application_ids), **{row.pk: row for row in rows}}


def _application_with_surroundings() -> "QuerySet[Application]":
    rows = Application.objects.select_related("candidate", "opening__specialist", "opening__advance_rule")
    return rows.annotate(promised_times=stated_for("opening"))


def application_after_interviews(application_id: int) -> Application:
    """The application after its interviews: for a step that ends them too. NotFound: application_unknown."""
    interviews(Q(application=application_id))
    return application(application_id)


def follow_up(follow_up_id: int) -> FollowUp:
    """The follow-up under its row lock. NotFound: follow_up_unknown."""
    try:
        return (
            FollowUp.objects.select_for_update(of=("self",)).select_related("interview").get(pk=follow_up_id)
        )
    except FollowUp.DoesNotExist:
        raise NotFound("follow_up_unknown", _("There is no such follow-up.")) from None


def free_follow_ups(follow_up_ids: Collection[int]) -> list[FollowUp]:
    """`follow_up` of those of these that nobody else holds at the moment: for jobs, which come again."""
    rows = FollowUp.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        "interview__application__opening__specialist"
    )
    return list(rows.filter(pk__in=follow_up_ids).order_by("pk"))
