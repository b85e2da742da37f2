"""`<version>/page/`: a plan's draft as one page; `<version>/preview/`: a version as the candidate meets it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError
from core.language import in_language
from core.numbers import HIGHEST_ID
from people.actors import person_of
from recruitment.admin import plan_blocks
from recruitment.admin.plan_blocks import Block, VersionForm
from recruitment.enums_spoken import VoiceKind
from recruitment.evaluation.services.trying import try_points
from recruitment.models import Competency, PlanVersion
from recruitment.recordings.services import voices
from recruitment.services import plan_writing, plans
from recruitment.services.answers import LONGEST_TEXT
from recruitment.services.plans import settings_of

OK, UNPROCESSABLE = 200, 422
REARRANGING = ("add", "up", "down", "remove")
LANGUAGES = ("zh-hans", "en")


def address_of(version: PlanVersion) -> str:
    """The page of a draft."""
    return reverse("admin:recruitment_planversion_page", args=[version.pk])


@dataclass(slots=True)
class Sheet:
    """The page as it is shown or was sent: the version, its own form, the blocks, and the state it was opened on."""

    version: PlanVersion
    form: VersionForm
    blocks: list[Block]
    seen: str


class WithPage:
    """For the ModelAdmin of versions, before it in the bases: the draft as one page, and the preview of any version."""

    def get_urls(self) -> list[URLPattern]:
        """And the two pages."""
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("<int:pk>/page/", view(self.page_view), name="recruitment_planversion_page"),
            path("<int:pk>/preview/", view(self.preview_view), name="recruitment_planversion_preview"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def page_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The draft to edit; a version that is published is read on its own page.

        A POST takes one deed: `save` and `publish` save the whole, and a first version is published with it (422
        with what is wrong, 409 where somebody else was first; what was typed stays on the page), `try:<key>` tries an
        answer against the points as they are typed, and `add:`, `up:`, `down:`, `remove:<key>` rearrange the page
        without saving it.
        """
        version = self._version(request, pk)
        if not self.has_step_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if version.published_at is not None:
            return HttpResponseRedirect(reverse("admin:recruitment_planversion_change", args=[version.pk]))
        competencies = plan_blocks.competency_choices()
        if request.method != "POST":
            written = plan_writing.read(version)
            form = VersionForm(initial=settings_of(version))
            blocks = plan_blocks.shown(written, competencies)
            return self._page(request, Sheet(version, form, blocks, written.mark))
        blocks = plan_blocks.sent(request.POST, competencies)
        sheet = Sheet(version, VersionForm(request.POST), blocks, request.POST.get("seen", ""))
        deed, _colon, key = request.POST.get("deed", "save").partition(":")
        if deed == "try":
            return self._tried(request, sheet, key)
        if deed in REARRANGING:
            plan_blocks.change(blocks, deed, key, competencies)
            return self._page(request, sheet, is_checked=False)
        return self._save(request, sheet, deed)

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a candidate would read, screen by screen, in the room's own dress; nothing on it can be pressed."""
        version = self._version(request, pk)
        asked = request.GET.get("language", "")
        language = asked if asked in LANGUAGES else translation.get_language() or LANGUAGES[0]
        with translation.override(language):
            notes = in_language(version.notes, version.notes_en)
            context = {"notes": notes, "version": version, "language": language, "screens": _screens(version)}
            return HttpResponse(render_to_string("recruitment/admin/plan_preview.html", context, request))

    def _version(self, request: HttpRequest, pk: int) -> PlanVersion:
        version = self.get_queryset(request).filter(pk=min(pk, HIGHEST_ID)).first()  # type: ignore[attr-defined]
        if version is None or not self.has_view_permission(request, version):  # type: ignore[attr-defined]
            raise Http404
        return version

    def _save(self, request: HttpRequest, sheet: Sheet, deed: str) -> HttpResponse:
        # Both are asked, so that the page says all that is wrong at once.
        is_whole, are_whole = sheet.form.is_valid(), plan_blocks.are_valid(sheet.blocks)
        if not (is_whole and are_whole):
            refused = _("Not saved yet: some fields below need another look.")
            return self._page(request, sheet, refused=refused, status=UNPROCESSABLE)
        try:
            plan_writing.write(
                version_id=sheet.version.pk,
                written=plan_blocks.written(sheet.form.cleaned_data, sheet.blocks),
                seen=sheet.seen,
                by=person_of(request),
            )
        except DomainError as error:
            is_stale = error.code == "changed_meanwhile"
            return self._page(
                request, sheet, refused=str(error.message), is_stale=is_stale, status=error.status
            )
        if deed == "publish":
            return self._publish(request, sheet)
        messages.success(request, _("The draft is saved."))
        return HttpResponseRedirect(address_of(sheet.version))

    def _publish(self, request: HttpRequest, sheet: Sheet) -> HttpResponse:
        """The first version at once: no interview is scheduled under another one. Any later one is looked at first."""
        version = sheet.version
        if version.plan.published is not None:
            return HttpResponseRedirect(
                reverse("admin:recruitment_planversion_step", args=[version.pk, "publish"])
            )
        try:
            plans.publish(version_id=version.pk, by=person_of(request))
        except DomainError as error:
            # What was typed is saved, and stands on the page anew.
            messages.error(request, str(error.message))
            return HttpResponseRedirect(address_of(version))
        self.log_change(request, version, _("Publish"))  # type: ignore[attr-defined]
        messages.success(
            request, _("Published. Interviews of openings with this plan are scheduled with it.")
        )
        return HttpResponseRedirect(reverse("admin:recruitment_planversion_change", args=[version.pk]))

    def _tried(self, request: HttpRequest, sheet: Sheet, key: str) -> HttpResponse:
        block = next((one for top in sheet.blocks for one in top.inner if one.key == key), None)
        if block is None:
            raise Http404
        points = plan_blocks.points_of(block)
        if points is not None:
            competencies = {row.pk: row for row in Competency.objects.all()}
            block.tried = try_points(points, block.said[:LONGEST_TEXT], competencies)
        if request.POST.get("fragment"):
            context = {"block": block, "is_whole": points is not None}
            return TemplateResponse(request, "recruitment/admin/plan_tried.html", context)
        return self._page(request, sheet, is_checked=False, tried=key, is_whole=points is not None)

    def _page(
        self, request: HttpRequest, sheet: Sheet, *, is_checked: bool = True, status: int = OK, **more: Any
    ) -> HttpResponse:
        if not is_checked:
            for each in (sheet.form, *(one.form for top in sheet.blocks for one in top.all())):
                each.errors.clear()
        competencies = plan_blocks.competency_choices()
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": str(sheet.version),
            "version": sheet.version,
            "form": sheet.form,
            "blocks": sheet.blocks,
            "seen": sheet.seen,
            "blank": [plan_blocks.fresh(kind, f"{kind}new", competencies) for kind in plan_blocks.FORMS],
            "longest_answer": LONGEST_TEXT,
            "is_first": sheet.version.plan.published is None,
            **more,
        }
        return TemplateResponse(request, "recruitment/admin/plan_page.html", context, status=status)


def _hear(found: voices.Heard | None) -> str:
    """The words of the button that reads a question aloud; "" without one."""
    if found is None:
        return ""
    is_ours = found.kind == VoiceKind.OWN
    return _("Listen to the question") if is_ours else _("Listen to the question (synthetic voice)")


def _further(question: plan_writing.WrittenQuestion) -> list[str]:
    """What may be asked further, in the order in which the rule takes it."""
    points = sorted(question.points, key=lambda point: -point.weight)
    return [in_language(point.probe, point.probe_en) for point in points if point.probe]


def _screens(version: PlanVersion) -> list[dict[str, Any]]:
    """One for each question, in the room's own sentences. Five queries."""
    stages = plan_writing.read(version).stages
    asked = [in_language(one.text, one.text_en) for stage in stages for one in stage.questions]
    heard = voices.heard(version.read_aloud, asked)
    found = []
    for number, stage in enumerate(stages, start=1):
        of_stage = {
            "stage": _("Stage {number}/{count}").format(number=number, count=len(stages)),
            "title": in_language(stage.title, stage.title_en),
            "steps": ["is-saved"] * (number - 1) + ["is-open"] + [""] * (len(stages) - number),
        }
        for place, question in enumerate(stage.questions, start=1):
            is_last = place == len(stage.questions)
            if not is_last:
                button = _("Submit, next question")
            elif number == len(stages):
                button = _("Submit and finish the interview")
            else:
                button = _("Submit and finish this stage")
            prepare = question.prepare_seconds
            found.append(
                {
                    **of_stage,
                    "place": _("Question {number} of {count}").format(
                        number=place, count=len(stage.questions)
                    ),
                    "question": (asks := in_language(question.text, question.text_en)),
                    "hear": _hear(heard.get(asks)),
                    "further": _further(question),
                    "prepare": ngettext(
                        "You have {count} second to prepare; then the recording begins by itself.",
                        "You have {count} seconds to prepare; then the recording begins by itself.",
                        prepare,
                    ).format(count=prepare) if prepare else "",
                    "words": ngettext("{count} character", "{count} characters", 0).format(count=0),
                    "button": button,
                }
            )  # fmt: skip
    return found
