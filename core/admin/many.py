"""Lists with a selection: steps for many rows, the page that shows beforehand what will happen, and what came of it.

    class ApplicationAdmin(Lean, Scoped, WithMany, WithSteps, ModelAdmin): …
    declare(Application, ManyStep(name="reject", …))        # core.many.declaring

Choosing, "all that match" included, is Django's own; nothing happens to a row before somebody has seen the page and
said yes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core import seen
from core.admin import exporting
from core.admin.steps import REFUSALS, ConfirmForm, Text, sentence
from core.many import runs
from core.many.declaring import ManyStep, step_of, steps_of
from core.many.models import ManyRow, ManyRun, RowState

# Beyond these a page only says how many more there are.
SHOWN, SHOWN_LEFT_OUT, LATEST = 100, 20, 50
# So few steps have a button each; of more, those that stand out.
FEW = 4
PREFIX = "many_"
EXPORT = "export_chosen"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """For these it cannot be, all for the same reason."""

    why: str
    rows: list[Any]

    @property
    def shown(self) -> list[Any]:
        """The first of them."""
        return self.rows[:SHOWN_LEFT_OUT]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, len(self.rows) - SHOWN_LEFT_OUT)


class WithMany:
    """For a ModelAdmin with steps, before it in the bases: the list's selection and the pages of its runs."""

    list_before_template = "core/admin/many_head.html"

    def get_urls(self) -> list[URLPattern]:
        """`many/` the latest runs, `many/<run>/` one of them: looked at beforehand, and afterwards."""
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        name = f"{self._address_of_model()}_many"  # type: ignore[attr-defined]
        return [
            path("many/", view(self.many_list), name=f"{name}_list"),
            path("many/<int:run_id>/", view(self.many_view), name=name),
            path("many/<int:run_id>/take-back/", view(self.many_back), name=f"{name}_back"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    @property
    def _many_label(self) -> str:
        return str(self.model._meta.label_lower)  # type: ignore[attr-defined]

    def many_url(self, run: ManyRun) -> str:
        """The page of a run."""
        return reverse(f"admin:{self._address_of_model()}_many", args=[run.pk])  # type: ignore[attr-defined]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The steps for a selection, for whoever may take steps at all."""
        if IS_POPUP_VAR in request.GET or not self.has_step_permission(request):  # type: ignore[attr-defined]
            return {}
        steps = {
            f"{PREFIX}{step.name}": (_choose(step), f"{PREFIX}{step.name}", step.title)
            for step in steps_of(self._many_label)
        }
        return {**steps, EXPORT: (_export, EXPORT, _("Export the chosen rows (Excel)"))} if steps else {}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the way to what was done in one go, and the steps that have a button of their own."""
        address = reverse(f"admin:{self._address_of_model()}_many_list")  # type: ignore[attr-defined]
        offered, steps = self.get_actions(request), steps_of(self._many_label)
        direct = [
            {"value": f"{PREFIX}{step.name}", "title": step.title}
            for step in steps
            if (step.look or len(steps) <= FEW) and f"{PREFIX}{step.name}" in offered
        ]
        context = {**(extra_context or {}), "many_list": address, "many_direct": direct}
        return super().changelist_view(request, context)  # type: ignore[misc]

    def many_list(self, request: HttpRequest) -> HttpResponse:
        """The latest runs over this list."""
        self._require_view(request)
        of_list = ManyRun.objects.filter(model=self._many_label, asked_at__isnull=False)
        found = of_list.select_related("taken_back_by").order_by("-id")[:LATEST]
        numbers = {
            row["run"]: row
            for row in ManyRow.objects.filter(run__in=[run.pk for run in found])
            .order_by()
            .values("run")
            .annotate(**{state: Count("pk", filter=Q(state=state)) for state in RowState.values})
        }
        lines = [
            {
                "run": run,
                "title": self._many_title(run),
                "url": self.many_url(run),
                "counts": numbers.get(run.pk),
            }
            for run in found
        ]
        return self._many_page(request, "many_list", _("Done in one go"), {"lines": lines})

    def many_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """A draft: what will happen to whom (GET, changes nothing), or yes (POST). Later: what came of it."""
        self._require_view(request)
        run = self._many_run(run_id)
        if run.asked_at is None:
            if run.by_id != request.user.pk:
                raise Http404
            return self._beforehand(request, run)
        if request.method == "POST":
            # A second click on the same yes.
            return HttpResponseRedirect(self._many_onward(request, run))
        return self._afterwards(request, run)

    def many_back(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Begin to take a whole run back: a draft, to be looked at like any other."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._require_step(request)
        run = self._many_run(run_id)
        try:
            return HttpResponseRedirect(self.many_url(runs.take_back(run_id=run.pk, by=request.user)))
        except REFUSALS as error:
            messages.error(request, str(sentence(error)))
            return HttpResponseRedirect(self.many_url(run))

    def _beforehand(self, request: HttpRequest, run: ManyRun) -> HttpResponse:
        self._require_step(request)
        step = step_of(run.model, run.step)
        if step is None:
            raise Http404
        chosen = list(run.rows.all())
        rows = self._many_rows(request, step, [row.row_id for row in chosen])
        left_out = self._many_left_out(request, step, chosen, rows)
        taken = [rows[row.row_id] for row in chosen if row.row_id not in left_out]
        form_class = step.form or ConfirmForm
        form = form_class(
            request.POST if request.method == "POST" else None, subject=taken, person=request.user
        )
        if request.method == "POST" and form.is_valid():
            # What was asked of one row alone stands with that row, and goes with it.
            kept = {name: value for name, value in form.cleaned_data.items() if name in form.base_fields}
            try:
                done = runs.ask(
                    run_id=run.pk,
                    by=request.user,
                    values={**kept, **({"why": form.why} if form.why else {})},
                    left_out=left_out,
                    each=step.each(form.cleaned_data, taken),
                )
                return HttpResponseRedirect(self._many_onward(request, done))
            except REFUSALS as error:
                form.add_error(None, str(sentence(error)))
        context = {
            "run": run,
            "step": step,
            "form": form,
            "taken": taken[:SHOWN],
            "taken_count": len(taken),
            "taken_more": max(0, len(taken) - SHOWN),
            "left_out": _by_reason(left_out, rows),
            "left_out_count": len(left_out),
            "foreseen": list(step.foresee(taken)) if taken else [],
            "is_background": len(taken) > runs.AT_ONCE,
        }
        return self._many_page(request, "many", step.title, context, status=422 if form.errors else 200)

    def _many_left_out(
        self, request: HttpRequest, step: ManyStep, chosen: Sequence[ManyRow], rows: Mapping[int, Any]
    ) -> dict[int, Text]:
        found: dict[int, Text] = {}
        for row in chosen:
            if row.row_id not in rows:
                found[row.row_id] = _("It is not there any more, or not yours to see.")
            elif row.version != seen.version_of(rows[row.row_id]):
                found[row.row_id] = _("It was changed after it was chosen.")
        still = [row for pk, row in rows.items() if pk not in found]
        return found | {pk: why for pk, why in step.left_out(request.user, still).items() if pk not in found}

    def _afterwards(self, request: HttpRequest, run: ManyRun) -> HttpResponse:
        step, counts = step_of(run.model, run.step), runs.counts(run)
        lines = {
            state: list(run.rows.filter(state=state)[:SHOWN])
            for state in (RowState.REFUSED, RowState.LEFT_OUT, RowState.DONE)
            if counts[state]
        }
        ids = [row.row_id for found in lines.values() for row in found]
        rows = self._many_rows(request, step, ids) if ids else {}
        total, waiting = sum(counts.values()), counts[RowState.WAITING]
        back = ManyRun.objects.filter(takes_back=run, asked_at__isnull=False).first()
        may_step = self.has_step_permission(request)  # type: ignore[attr-defined]
        may_go_back = bool(step and step.undo) and not waiting and counts[RowState.DONE] and back is None
        undone = step if may_step else None
        context = {
            "run": run,
            "counts": counts,
            "total": total,
            "went": total - waiting,
            "groups": [
                (
                    state.label,
                    counts[state],
                    [self._many_line(row, rows, undone if state == RowState.DONE else None) for row in found],
                    counts[state] - SHOWN,
                )
                for state, found in lines.items()
            ],
            "taken_back_by": (back, self.many_url(back)) if back else None,
            "may_go_back": may_go_back and may_step,
            "back_url": reverse(f"admin:{self._address_of_model()}_many_back", args=[run.pk]),  # type: ignore[attr-defined]
        }
        return self._many_page(request, "many_done", self._many_title(run), context)

    def _many_line(self, row: ManyRow, rows: Mapping[int, Any], step: ManyStep | None) -> dict[str, Any]:
        """A row by name, with the way to it, and to the step that takes `step` back on it alone."""
        known = rows.get(row.row_id)
        url = self._way_to(known) if known is not None else ""  # type: ignore[attr-defined]
        return {
            "name": str(known) if known is not None else _("not there any more"),
            "url": url,
            "said": row.said,
            "undo": self._undoing(known, step) if step is not None and known is not None else None,
        }

    def _undoing(self, known: Any, step: ManyStep) -> tuple[Text, str] | None:
        found = (one for one in self.all_steps if one.name == step.undo and one.form and one.offered(known))  # type: ignore[attr-defined]
        one = next(found, None)
        return (one.title, self.step_url(known, one.name)) if one else None  # type: ignore[attr-defined]

    def _many_rows(self, request: HttpRequest, step: ManyStep | None, ids: Sequence[int]) -> dict[int, Any]:
        """Those of these rows that this person may see, by id, with what the step joins to them."""
        rows: QuerySet[Any] = self.get_queryset(request).order_by()  # type: ignore[attr-defined]
        rows = rows.filter(pk__in=ids)
        return {row.pk: row for row in (step.read(rows) if step else rows)}

    def _many_run(self, run_id: int) -> ManyRun:
        run = ManyRun.objects.filter(pk=run_id, model=self._many_label).first()
        if run is None:
            raise Http404
        return run

    def _many_title(self, run: ManyRun) -> Text:
        step = step_of(run.model, run.step)
        return step.title if step else run.step

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied

    def _require_step(self, request: HttpRequest) -> None:
        if not self.has_step_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied

    def _many_onward(self, request: HttpRequest, run: ManyRun) -> str:
        """What came of the run, with the way back to where it was chosen; where it was one row alone, and is done, that
        is said back there."""
        back = self._many_way_back(request)
        if not back:
            return self.many_url(run)
        if list(run.rows.values_list("state", flat=True)) == [RowState.DONE]:
            said = _("Done: %(step)s.") % {"step": self._many_title(run)}
            link = format_html('{} <a href="{}">{}</a>', said, self.many_url(run), _("See what was done"))
            messages.success(request, link)
            return back
        return f"{self.many_url(run)}?{urlencode({'next': back})}"

    def _many_way_back(self, request: HttpRequest) -> str:
        """Where the choice was made, when that is a page of ours other than the list."""
        back = request.GET.get("next", "")
        ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
        return back if back and ours else ""

    def _many_page(
        self, request: HttpRequest, name: str, title: Text, more: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": title,
            "media": self.media,  # type: ignore[attr-defined]
            "list_url": self._many_way_back(request)
            or reverse(f"admin:{self._address_of_model()}_changelist"),  # type: ignore[attr-defined]
            "many_list": reverse(f"admin:{self._address_of_model()}_many_list"),  # type: ignore[attr-defined]
            **more,
        }
        if "form" in more:
            context["media"] += more["form"].media
        return TemplateResponse(request, f"core/admin/{name}.html", context, status=status)


def _choose(step: ManyStep) -> Callable[[WithMany, HttpRequest, "QuerySet[Any]"], HttpResponse | None]:
    """What the list's action does: keep what was chosen, and show it."""

    def start(model_admin: Any, request: HttpRequest, chosen: "QuerySet[Any]") -> HttpResponse | None:
        ids = list(chosen.values_list("pk", flat=True)[: runs.MOST + 1])
        model: type[Model] = model_admin.model
        known = seen.without_bytes(model._base_manager.filter(pk__in=ids))
        found = {row.pk: row for row in known}
        try:
            run = runs.draft(step=step, rows=[found[pk] for pk in ids if pk in found], by=request.user)
        except REFUSALS as error:
            messages.error(request, str(sentence(error)))
            return None
        return HttpResponseRedirect(model_admin.many_url(run))

    return start


def _by_reason(left_out: Mapping[int, Text], rows: Mapping[int, Any]) -> list[LeftOut]:
    """Those left out, the most frequent reason first."""
    found: dict[str, list[Any]] = {}
    for pk, why in left_out.items():
        found.setdefault(str(why), []).append(rows.get(pk) or "–")
    return sorted((LeftOut(why, each) for why, each in found.items()), key=lambda one: -len(one.rows))


def _export(model_admin: Any, request: HttpRequest, chosen: "QuerySet[Any]") -> HttpResponse:
    """What was chosen as a file, with the columns of the list and what is logged of it; all that match, as the list."""
    if request.POST.get("select_across") == "1":
        return exporting.answer(model_admin, request)
    return exporting.answer(model_admin, request, only=list(chosen.values_list("pk", flat=True)))
