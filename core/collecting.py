"""Apps declare, the roof collects: one module of an app's own for each kind of thing that it has to say.

`schedules.py`, `menu.py`, `urls.py`, `api/urls.py` and the like are found in every installed app of the house, in the
order of INSTALLED_APPS. Adding an app is one line there.
"""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from django.apps import AppConfig, apps

LIBRARIES = {"site-packages", "dist-packages"}


def house() -> list[AppConfig]:
    """The installed apps that are ours: those whose code lies in no folder of libraries."""
    return [app for app in apps.get_app_configs() if not LIBRARIES & set(Path(app.path).parts)]


@cache
def declared(name: str) -> tuple[ModuleType, ...]:
    """The module `name` ("menu", "api.urls") of every app of the house that has one. A mistake inside it is raised.

    Looked for once a process: the apps are what they were when it started, and each page's menu asks.
    """
    return tuple(import_module(f"{app.name}.{name}") for app in house() if _has(app.name, name))


def _has(package: str, name: str) -> bool:
    first, _dot, rest = name.partition(".")
    found = find_spec(f"{package}.{first}")
    if found is None or not rest:
        return found is not None
    return found.submodule_search_locations is not None and _has(f"{package}.{first}", rest)
