"""The sentences that the page's script says, and the causes that a candidate may name: all of them translatable."""

from django.utils.translation import gettext as _

from recruitment.enums import ExitCause


def sentences() -> dict[str, str]:
    """By name; {words} in braces are filled in by the script."""
    return {
        "autosave": _("Saved while you write"),
        "call_me": _("Please contact me."),
        "coming": _("Next: {title}"),
        "empty": _("Please write an answer first. A single sentence will do."),
        "exit_saved": _(
            "{saved} of {count} stages are finished and saved; the answer you are writing is saved too."
        ),
        "failed": _("That did not work. Please try again."),
        "kept": _("Your earlier text is here"),
        "not_finished": _("Not finished yet"),
        "question_of": _("Question {number} of {count}"),
        "return_until": _("You may return until {when}."),
        "saved_at": _("Saved {time}"),
        "saving": _("Saving…"),
        "stage_of": _("Stage {number}/{count}"),
        "stage_saved": _("Stage {number}/{count} saved"),
        "stage_saved_at": _("{title}: saved at {time}"),
        "submit_interview": _("Submit and finish the interview"),
        "submit_next": _("Submit, next question"),
        "submit_stage": _("Submit and finish this stage"),
        "unsteady": _("Connection unsteady; trying again"),
        "words": _("{count} characters"),
    }


def causes() -> list[tuple[str, str]]:
    """What a candidate may name when leaving, in the candidate's own words."""
    return [
        (ExitCause.NETWORK.value, _("My network is bad")),
        (ExitCause.INTERRUPTED_BY_SOMEBODY.value, _("Somebody interrupted me")),
        (ExitCause.TIME_CONFLICT.value, _("The time does not suit")),
        (ExitCause.DEVICE.value, _("My device fails")),
        (ExitCause.UNWILLING.value, _("I do not want to go on")),
    ]


def heading_of(code: str) -> str:
    """The heading of the page for a link that leads nowhere."""
    headings = {
        "link_expired": _("This link has expired"),
        "link_revoked": _("This link was replaced"),
        "link_unknown": _("We do not know this link"),
        "no_session": _("Please open your link again"),
        "too_many_requests": _("Just a moment, please"),
    }
    return headings.get(code, _("This page cannot be opened"))
