"""Taking hold of the rows of a step, in the one order: interview, then its lease, then its other rows."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from recruitment.models import Application, FollowUp, Interview, Lease


def interview(interview_id: int) -> Interview:
    """The interview under its row lock, with what every step reads about it. NotFound: interview_unknown."""
    return _locked(Interview.objects.select_related("plan", "application__opening"), interview_id)


def interview_alone(interview_id: int) -> Interview:
    """The interview's own row under its lock: for what comes with every few words. NotFound: interview_unknown."""
    return _locked(Interview.objects.all(), interview_id)


def _locked(rows: "QuerySet[Interview]", interview_id: int) -> Interview:
    try:
        return rows.select_for_update(of=("self",)).get(pk=interview_id)
    except Interview.DoesNotExist:
        raise NotFound("interview_unknown", _("There is no such interview.")) from None


def interviews_beside(interview_id: int) -> None:
    """Hold every interview of the same application, in order: for a step that ends them all."""
    own = Interview.objects.filter(pk=interview_id).values("application")
    list(Interview.objects.select_for_update().filter(application__in=own).order_by("pk").values("pk"))


def lease(interview_id: int) -> Lease:
    """The interview's lease under its row lock; its interview must be locked already."""
    return Lease.objects.select_for_update().get(pk=interview_id)


def application(application_id: int, *, with_interviews: bool = False) -> Application:
    """The application under its row lock; its interviews first, where the step ends them too.

    NotFound: application_unknown.
    """
    if with_interviews:
        list(
            Interview.objects.select_for_update()
            .filter(application_id=application_id)
            .order_by("pk")
            .values("pk")
        )
    try:
        return (
            Application.objects.select_for_update(of=("self",))
            .select_related("candidate", "opening__specialist", "opening__advance_rule")
            .get(pk=application_id)
        )
    except Application.DoesNotExist:
        raise NotFound("application_unknown", _("There is no such application.")) from None


def follow_up(follow_up_id: int) -> FollowUp:
    """The follow-up under its row lock. NotFound: follow_up_unknown."""
    try:
        return (
            FollowUp.objects.select_for_update(of=("self",)).select_related("interview").get(pk=follow_up_id)
        )
    except FollowUp.DoesNotExist:
        raise NotFound("follow_up_unknown", _("There is no such follow-up.")) from None
