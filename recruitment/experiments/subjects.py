"""What can be tried: the exit dialog here, messages by the floor that words them."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from recruitment.enums import ExperimentSubject

# Raises a DomainError for words that are none, by language.
Check = Callable[[str, str], None]
LONGEST_HEADING, LONGEST_DIALOG = 60, 300
_checks: dict[str, Check] = {}


def register(subject: ExperimentSubject, check: Check) -> None:
    """Words of this subject are judged by `check(language, text)`."""
    _checks[subject] = check


def require(subject: str, language: str, text: str) -> None:
    """That these words can take the place of the usual ones. Invalid: as the check says."""
    _checks[subject](language, text)


def parts_of(text: str) -> tuple[str, str]:
    """The first line, and what stands below it."""
    heading, _newline, body = text.strip().partition("\n")
    return heading.strip(), body.strip()


def check_dialog(_language: str, text: str) -> None:
    """A heading and a sentence or two, shown as they are. Invalid: wording_empty, wording_too_long."""
    heading, body = parts_of(text)
    if not heading or not body:
        raise Invalid("wording_empty", _("Please write the heading in the first line and the text below it."))
    if len(heading) > LONGEST_HEADING or len(body) > LONGEST_DIALOG:
        raise Invalid(
            "wording_too_long",
            _(
                "This is too long for a dialog: %(heading)s characters in the heading, %(body)s below it at most."
            )
            % {"heading": LONGEST_HEADING, "body": LONGEST_DIALOG},
        )


register(ExperimentSubject.EXIT_DIALOG, check_dialog)
