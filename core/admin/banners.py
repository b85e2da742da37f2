"""What stands above every page of the back office as long as it is so: sentences that apps register."""

from collections.abc import Callable

from django.http import HttpRequest

from core.admin.steps import Text

# Answers a sentence, or nothing.
Banner = Callable[[HttpRequest], Text | None]
_banners: dict[str, Banner] = {}


def register(name: str, banner: Banner) -> None:
    """Show what `banner` answers on every page; a later one of the same name takes its place."""
    _banners[name] = banner


def sentences(request: HttpRequest) -> list[Text]:
    """What there is to say now to whoever is signed in."""
    if not request.user.is_authenticated:
        return []
    return [text for banner in _banners.values() if (text := banner(request))]
