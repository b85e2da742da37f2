"""What the candidate reads in each situation: heading, sentence, what comes next, and what one can do now."""

from collections.abc import Callable

from django.utils.translation import gettext as _

Words = tuple[str, str, str, str]


def words_of(situation: str) -> Words:
    """Heading, sentence, what comes next, what one can do now, in the language that is spoken."""
    return WORDS[situation]()


def _same_link() -> str:
    return _("Open this same link again, on a phone or a computer.")


def _ask_for_a_time() -> str:
    return _("Call or write to your contact and ask for a new time.")


def _ask() -> str:
    return _("If you have a question, call or write to your contact.")


def _is_a_mistake() -> str:
    return _("If this is a mistake, or you changed your mind, call or write to your contact soon.")


WORDS: dict[str, Callable[[], Words]] = {
    "invited": lambda: (
        _("Interview invitation"),
        _("Your interview is open. You can begin now."),
        _("Please finish the interview."),
        "",
    ),
    "rescheduled": lambda: (
        _("Your interview has a new time"),
        _("Your interview was given a new time and is open. You can begin now."),
        _("Please finish the interview."),
        "",
    ),
    "rescheduled_ahead": lambda: (
        _("Your interview has a new time"),
        _("Your interview was given a new time and has not opened yet; nothing needs to be done now."),
        _("The interview opens at the new time."),
        _same_link(),
    ),
    "not_open": lambda: (
        _("The interview is not open yet"),
        _("Your interview has not opened yet; nothing needs to be done now."),
        _("The interview opens at its time."),
        _same_link(),
    ),
    "window_over": lambda: (
        _("The time for this interview is over"),
        _("The interview was not begun while it was open."),
        _("HR can give you a new time."),
        _ask_for_a_time(),
    ),
    "missed": lambda: (
        _("You missed this interview"),
        _("The interview was not begun while it was open."),
        _("HR will contact you about a new time."),
        _ask_for_a_time(),
    ),
    "in_progress": lambda: (
        _("Your interview is in progress"),
        _("The interview is already open on a page or a device. If you go on here, the other page stops."),
        _("Go on here, or stay on the other page."),
        "",
    ),
    "interrupted": lambda: (
        _("Your interview was interrupted"),
        _("You can return on any device and go on where you stopped."),
        _("Return and finish the interview."),
        "",
    ),
    "return_over": lambda: (
        _("The time to return is over"),
        _("Your interview was interrupted, and the time to return has passed."),
        _("HR will contact you about what happens next."),
        _ask_for_a_time(),
    ),
    "no_returns_left": lambda: (
        _("This interview cannot be continued here"),
        _("The interview was left more times than it can be continued."),
        _("HR will contact you about what happens next."),
        _ask_for_a_time(),
    ),
    "given_up": lambda: (
        _("You gave up this interview"),
        _("You ended this interview yourself before it was finished. Your application itself is still open."),
        _("HR will contact you about what happens next."),
        _("If you would like to take the interview after all, call or write to your contact."),
    ),
    "not_returned": lambda: (
        _("This interview has ended"),
        _("The interview was interrupted and not continued in time. Your application itself is still open."),
        _("HR will contact you about what happens next."),
        _ask_for_a_time(),
    ),
    "cancelled": lambda: (
        _("This interview was cancelled"),
        _("HR has cancelled this interview; you need not take part in it any more."),
        _("HR will tell you what comes next."),
        _ask(),
    ),
    "on_hold": lambda: (
        _("This interview is on hold"),
        _("The interview cannot be taken at the moment; nothing is needed from you."),
        _("You will hear from us about what happens next."),
        _ask(),
    ),
    "completed": lambda: (
        _("Your interview is complete"),
        _("Thank you. Your answers have arrived and are being evaluated."),
        _("We will tell you what happens next."),
        _("Nothing more is needed from you now."),
    ),
    "report_there": lambda: (
        _("Your interview is complete"),
        _("Thank you. Your answers have been evaluated, and a decision is being made."),
        _("We will tell you what happens next."),
        _("Nothing more is needed from you now."),
    ),
    "second_round": lambda: (
        _("You are in the second round"),
        _("This interview is done, and we would like to meet you in a second round."),
        _("Your contact arranges the time with you."),
        _("You may want to think about which times suit you."),
    ),
    "slots_offered": lambda: (
        _("Please choose a time"),
        _(
            "You can choose among several times for your interview. They are not reserved: whoever chooses first "
            "gets the time."
        ),
        _("Please choose the time that suits you."),
        _("If none of them suits you, call or write to your contact."),
    ),
    "offer": lambda: (
        _("An offer is being prepared"),
        _("Your interviews are done, and we are preparing an offer for you."),
        _("Your contact will discuss the details with you."),
        _("Please do not give notice at your present work before you have the written offer."),
    ),
    "offer_sent": lambda: (
        _("We have an offer for you"),
        _("Your offer is ready. Please read the letter, and tell us whether you accept."),
        _("Please answer the offer."),
        _("Please do not give notice at your present work before you have read the letter in full."),
    ),
    "offer_over": lambda: (
        _("This offer is no longer open"),
        _("Your interviews are done; the offer that we sent you is no longer open."),
        _("Your contact will discuss with you what happens next."),
        _is_a_mistake(),
    ),
    "hired": lambda: (
        _("You are hired"),
        _("Welcome! Your application has succeeded."),
        _("Your contact helps you with everything up to your first day."),
        _ask(),
    ),
    "rejected": lambda: (
        _("Your application has ended"),
        _("Thank you for your time. We have decided not to continue with this application."),
        _("Nothing more is needed from you. You are welcome to apply to us again."),
        _("If you have a question about this decision, call or write to your contact."),
    ),
    "withdrawn": lambda: (
        _("Your application was withdrawn"),
        _("The application was withdrawn, and the interview is not continued."),
        _("Nothing more is needed from you."),
        _is_a_mistake(),
    ),
    "fell_through": lambda: (
        _("Your start with us is off"),
        _("As far as we know you will not take up this position; the preparation of your start has ended."),
        _("Nothing more is needed from you."),
        _is_a_mistake(),
    ),
    "held_elsewhere": lambda: (
        _("This interview is not held here"),
        _("This interview takes place outside this page."),
        _("The interview takes place as your invitation says."),
        _("Please use the details in your invitation, or ask your contact."),
    ),
}
