"""What a floor above asks of a candidate on a page of its own: named on the candidate's pages, with the way there."""

from collections.abc import Callable
from dataclasses import dataclass

from django_stubs_ext import StrPromise

from recruitment.models import Application

Text = str | StrPromise


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing, in the candidate's words. `is_given`: it is there already, and may be looked at."""

    title: Text
    words: Text
    button: Text
    address: str
    is_given: bool = False


Ask = Callable[[Application], Asked | None]
_asks: list[Ask] = []


def register(ask: Ask) -> None:
    """Ask this of whoever opens their pages; None where nothing is asked of them. Once for each."""
    if ask not in _asks:
        _asks.append(ask)


def of(application: Application) -> list[Asked]:
    """What is asked of this person now. What each costs, its app says."""
    return [found for ask in _asks if (found := ask(application)) is not None]
