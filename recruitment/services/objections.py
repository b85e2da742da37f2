"""What a floor above knows that speaks against taking a step: it says so before the step is taken."""

from collections.abc import Callable

from recruitment.models import Application

Objection = Callable[[Application, str], None]
_objections: list[Objection] = []


def register(objection: Objection) -> None:
    """Ask this before each step of an application: it raises Refused, or returns. Once for each."""
    if objection not in _objections:
        _objections.append(objection)


def ask(application: Application, step: str) -> None:
    """On a locked application: raise what anybody has against this step of it."""
    for objection in _objections:
        objection(application, step)
