"""What an empty list says: what will appear in it, and what to do now."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EMPTY: dict[str, Promise] = {
    "recruitment.followup": _(
        "Nobody waits for a call. When somebody leaves an interview, it appears here at once."
    ),
    "recruitment.decision": _("No question waits. The rule decides on full reports; estimates come here."),
    "recruitment.application": _("Nobody has applied yet"),
    "recruitment.interview": _("No interview is planned yet: plan one from an application's page."),
    "recruitment.interviewexit": _("Nobody has left an interview half way."),
    "recruitment.segment": _("Nothing is recorded yet. What candidates say appears here while they say it."),
    "recruitment.assessment": _(
        "No report yet: it appears once a stage is saved and scored, or the interview breaks off."
    ),
    "recruitment.invitation": _(
        "Nobody is invited yet. The rule invites on a full report, a person may do so on an estimate."
    ),
    "recruitment.roomlink": _("No link yet: make one on an interview's page."),
    "recruitment.vendor": _("No vendor is connected. Add one to hand interviews over to it."),
    "recruitment.vendorevent": _("No vendor has reported anything yet."),
    "recruitment.recordingaccess": _("Nobody has played a recording yet."),
    "onboarding.onboardingcase": _("No onboarding yet: it begins once an application has a planned start."),
    "onboarding.onboardingstep": _("No steps yet: they come with an onboarding."),
    "onboarding.onboardingdelay": _(
        "No start is delayed. When an interview breaks off that a start waits on, its delay appears here."
    ),
    "training.trainingplan": _("No plan yet: it is made as soon as a report or a test shows a skill gap."),
    "training.planitem": _("No course is planned yet: courses come with training plans."),
    "notifications.message": _("No message yet. Whatever candidates and colleagues are told appears here."),
    "notifications.channelpause": _(
        "No channel is paused. A channel whose provider fails pauses by itself and appears here."
    ),
    "people.employee": _("No file yet: one is made when an onboarding begins."),
    "events.reaction": _("Nothing is owed: whatever follows from an event has taken place."),
    "django_q.failure": _("No job has failed."),
}


def words_for(model_label: str) -> Promise | str:
    """The sentence of this list; of a list without one, that it is empty."""
    return EMPTY.get(model_label, _("Nothing here yet."))
