"""The app's place in the house."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Departments, people, roles, the working calendar."""

    name = "people"
    verbose_name = _("People and calendar")

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_removed  # noqa: PLC0415 -- models are not loaded before ready()

        from core import error_pages  # noqa: PLC0415 -- models are not loaded before ready()
        from core.admin import banners, panels, ways_in  # noqa: PLC0415
        from core.events.naming import name_actors  # noqa: PLC0415
        from core.jobs.panel import WORKS  # noqa: PLC0415
        from people.actors import Party  # noqa: PLC0415
        from people.admin.viewing import said  # noqa: PLC0415
        from people.colleagues import whoever_leads  # noqa: PLC0415
        from people.directory import way  # noqa: PLC0415
        from people.models import CalendarYear  # noqa: PLC0415
        from people.receivers import forget_the_factor, note_session, seed_calendar  # noqa: PLC0415

        name_actors({party.value: party.label for party in Party})
        error_pages.call_for_help(whoever_leads)
        panels.register(CalendarYear, WORKS)
        banners.register("viewing_as", said)
        ways_in.register("directory", way)
        authenticator_removed.connect(forget_the_factor, dispatch_uid="people.forget_the_factor")
        user_logged_in.connect(note_session, dispatch_uid="people.note_session")
        post_migrate.connect(seed_calendar, sender=self, dispatch_uid="people.seed_calendar")
