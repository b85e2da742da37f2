"""Whether this code may touch the data it was started on: it goes forward from any release, and never back."""

from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from core.collecting import house
from core.version import VERSION


def require_known_past(using: str = "default") -> None:
    """Refuse data that another line of releases wrote, before anything is changed. An empty database is no past.

    CommandError names the steps that this release does not know. Data of before the first release has steps of its
    own, and so has data of a later one.
    """
    ours = {app.label for app in house()}
    loader = MigrationLoader(connections[using])
    unknown = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in ours and (app, name) not in loader.disk_migrations
    )
    if unknown:
        raise CommandError(
            _(
                "These data were not written by this release or an earlier one: version %(version)s does not know "
                "the steps %(steps)s. Nothing was changed. Start the version that wrote them, or keep them and begin "
                "in another folder (script/server --home DIR); docs/upgrading.md says more."
            )
            % {"version": VERSION, "steps": ", ".join(unknown)}
        )
