"""The administrator's page of backups: what is kept, how old and how large, when it was last tried, and "now"."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin import looks
from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.admin.scope import ReadOnly
from core.backups import keys, runs, shelf
from core.backups.models import BackupRun, RunKind, RunState
from core.errors import Refused
from core.events.naming import actor_name
from core.sealed import ring


@admin.register(BackupRun)
class BackupRuns(ReadOnly, Catalogue, ModelAdmin):
    """Backups and trials, the newest first; a run that is under way shows how far it is."""

    nothing_yet = _("No backup has been made yet.")
    list_before_template = "hrsuite/backups.html"
    list_display = ["name_or_kind", "kind", "how_far", "age", "size", "rows", "files", "tried", "place"]
    list_display_links = ["name_or_kind"]
    in_copies = {"age": ("ended_at",), "tried": ("tried_on", "trial_error"), "place": ("gone_at",)}
    list_filter = ["kind", "state"]
    ordering = ["-id"]
    fields = readonly_fields = [
        "kind", "name", "how_far", "asked_at", "asked_by", "ended_at", "age", "size", "rows", "files", "tried", "place",
    ]  # fmt: skip

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The system administrator."""
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same people."""
        return self.has_view_permission(request)

    def with_details(self, rows: Any) -> Any:
        """With the last trial of each."""
        return rows.with_trials()

    def get_urls(self) -> list[URLPattern]:
        """The address that asks for a run of one kind."""
        view = self.admin_site.admin_view(self.now_view)
        return [path("now/<slug:kind>/", view, name="core_backuprun_now"), *super().get_urls()]

    def now_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Ask for a backup or a trial (POST): made by a job, whose row shows how far it is."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if kind not in RunKind.values:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            runs.ask(kind, by=request.user)
            messages.success(request, gettext("It was asked for; reload this page to see how far it is."))
        except Refused as error:
            messages.warning(request, str(error.message))
        return HttpResponseRedirect(reverse("admin:core_backuprun_changelist"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """With where backups go, and which keys open them."""
        tried = BackupRun.objects.filter(kind=RunKind.DRILL, ended_at__isnull=False).order_by("-id").first()
        place = shelf.folder()
        said = {
            "place": str(place) if place else settings.STORAGES["backups"]["OPTIONS"]["bucket_name"],
            "is_nightly": settings.BACKUPS_ARE_ON,
            "key_at": str(keys.place()),
            "secret_at": settings.SECRET_KEPT_AT,
            "ring_at": str(ring.place_of()),
            "is_wrapped": keys.wrapped() is not None,
            "copies": in_words(*replicas()),
            "last_trial": _trial(tried.ended_at, tried.error) if tried else None,
        }
        return super().changelist_view(request, {**(extra_context or {}), "backups": said})

    @display(description=_("backup"))
    def name_or_kind(self, run: BackupRun) -> str:
        """Its name; before it has one, what it is to be."""
        return str(run)

    @display(description=_("asked for by"))
    def asked_by(self, run: BackupRun) -> str:
        """Whoever asked, or the schedule."""
        return actor_name(run.by) if run.by else gettext("the schedule")

    @display(description=_("state"))
    def how_far(self, run: BackupRun) -> Any:
        """The state; while it runs, the step and about how much; when it failed, the code of why."""
        if run.is_cut_off:
            return looks.red(gettext("Cut off: nobody works on it any more"), True)
        if run.state == RunState.FAILED:
            return looks.red(f"{run.get_state_display()} ({run.error})", True)
        if run.state != RunState.RUNNING:
            return run.get_state_display()
        words = run.get_step_display() or run.get_state_display()
        if run.share is None:
            return f"{words} · {filesizeformat(run.passed)}"
        return format_html('<progress max="100" value="{}"></progress> {} {} %', run.share, words, run.share)

    @display(description=_("how long ago"), empty_value="–")
    def age(self, run: BackupRun) -> str | None:
        """Since it ended."""
        if run.ended_at is None:
            return None
        return gettext("%(span)s ago") % {"span": timesince(run.ended_at, timezone.now(), depth=1)}

    @display(description=_("size"), empty_value="–")
    def size(self, run: BackupRun) -> str | None:
        """As it lies there, sealed."""
        return None if run.bytes is None else filesizeformat(run.bytes)

    @display(description=_("last trial"), empty_value="–")
    def tried(self, run: BackupRun) -> Any:
        """When it was last brought back on trial, and whether that went well."""
        if run.kind != RunKind.BACKUP or run.tried_at is None:
            return None
        return _trial(run.tried_at, run.tried_error)

    @display(description=_("last trial"), empty_value="–")
    def tried_on(self, run: BackupRun) -> Any:
        """When, as a moment."""
        return run.tried_at if run.kind == RunKind.BACKUP else None

    @display(description=_("error"), empty_value="–")
    def trial_error(self, run: BackupRun) -> str | None:
        """Why the last trial failed."""
        return (run.tried_error or None) if run.kind == RunKind.BACKUP else None

    @display(description=_("kept"), empty_value="–")
    def place(self, run: BackupRun) -> str | None:
        """Whether it still lies in its place."""
        if run.kind != RunKind.BACKUP or run.state != RunState.DONE:
            return None
        return (
            gettext("yes")
            if run.gone_at is None
            else gettext("until %(day)s") % {"day": looks.minute(run.gone_at)}
        )


def _trial(at: Any, error: str) -> Any:
    if error:
        return looks.red(
            gettext("%(at)s: failed (%(error)s)") % {"at": looks.minute(at), "error": error}, True
        )
    return gettext("%(at)s: everything was there") % {"at": looks.minute(at)}


def replicas() -> tuple[int, bool]:
    """How many copies of the database follow it now, and whether a commit waits for one of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), current_setting('synchronous_standby_names') FROM pg_stat_replication"
        )
        count, names = cursor.fetchone()
    return count, bool(names)


def in_words(count: int, is_synchronous: bool) -> str:
    """What the loss of the database's machine would cost."""
    if is_synchronous and not count:
        return gettext(
            "The copy that every commit waits for is away: nothing can be written. See docs/machines.md."
        )
    if is_synchronous:
        text = ngettext(
            "%(count)s copy follows the database; nothing acknowledged is lost with it.",
            "%(count)s copies follow the database; nothing acknowledged is lost with it.",
            count,
        )
    elif count:
        text = ngettext(
            "%(count)s copy follows the database; what was written last may be lost with it.",
            "%(count)s copies follow the database; what was written last may be lost with it.",
            count,
        )
    elif settings.WAL_IS_KEPT:
        return gettext(
            "No copy follows the database: what was written in the last two minutes may be lost with it."
        )
    else:
        return gettext(
            "No copy follows the database: what was written since the last backup may be lost with it."
        )
    return text % {"count": count}
