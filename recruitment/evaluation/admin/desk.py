"""The pages of the scoring desk: what waits, and one answer after another, without the name."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import DomainError
from people.actors import person_of
from people.models import User
from people.rights import Right
from people.rules import has_right
from recruitment.enums import Standing
from recruitment.evaluation.services import desk, stages
from recruitment.models import Checkpoint, Competency, Judgement, Recording, RubricScore, Stage
from recruitment.models.plans import HIGHEST_LEVEL, LONGEST_ANCHOR

UNPROCESSABLE = 422
JUDGED_SHOWN = 5


class JudgeForm(forms.Form):
    """A level for the answer that the page shows."""

    score = forms.IntegerField(widget=forms.HiddenInput)
    level = forms.TypedChoiceField(
        choices=[(level, level) for level in range(1, HIGHEST_LEVEL + 1)], coerce=int
    )
    note = forms.CharField(required=False, max_length=desk.LONGEST_NOTE)


class ChangeForm(forms.Form):
    """Another level in place of the reviewer's last, or none."""

    change = forms.IntegerField(widget=forms.HiddenInput)
    level = forms.TypedChoiceField(
        choices=[(level, level) for level in range(1, HIGHEST_LEVEL + 1)],
        coerce=int,
        required=False,
        empty_value=None,
    )
    note = forms.CharField(required=False, max_length=desk.LONGEST_NOTE)


class AnchorForm(forms.Form):
    """A level's wording after a judged answer."""

    judgement = forms.IntegerField(widget=forms.HiddenInput)
    anchor = forms.CharField(max_length=LONGEST_ANCHOR)


def _reviewer(request: HttpRequest) -> User:
    person = person_of(request)
    if not isinstance(person, User) or not has_right(person, Right.RECRUIT):
        raise PermissionDenied
    return person


def overview(request: HttpRequest) -> HttpResponse:
    """The questions with what waits for this person, and how far reviewers agree."""
    person = _reviewer(request)
    rows = [
        {"question": each, "agreed": _agreed(each), "address": _address(each.stage.pk, each.competency.pk)}
        for each in desk.questions(person)
    ]
    context = {**admin.site.each_context(request), "title": _("Scoring desk"), "rows": rows}
    return TemplateResponse(request, "recruitment/admin/desk.html", context)


def _agreed(question: desk.Question) -> str:
    found = question.agreed
    if found.kappa is None:
        return _("%(pairs)s judged twice: too few to say") % {"pairs": found.pairs}
    return _("%(kappa)s (%(low)s to %(high)s), of %(pairs)s judged twice") % {
        "kappa": f"{found.kappa:.2f}",
        "low": f"{found.low:.2f}",
        "high": f"{found.high:.2f}",
        "pairs": found.pairs,
    }


def _address(stage_id: int, competency_id: int) -> str:
    return reverse("admin:recruitment_interviewplan_desk_question", args=[stage_id, competency_id])


def question(request: HttpRequest, stage_id: int, competency_id: int) -> HttpResponse:
    """The next answer of one question; POST judges it, or words a level after one that was judged."""
    person = _reviewer(request)
    stage = Stage.objects.select_related("version__plan").filter(pk=stage_id).first()
    competency = Competency.objects.filter(pk=competency_id).first()
    if stage is None or competency is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            if _taken(request):
                return HttpResponseRedirect(_address(stage_id, competency_id))
            refused = _("Please choose a level, and keep within the lengths.")
        except DomainError as error:
            refused = str(error.message)
    score = desk.next_for(person, stage_id=stage_id, competency_id=competency_id)
    first, second = desk.waiting_for(person, stage_id=stage_id, competency_id=competency_id)
    anchors = dict(stage.version.levels.filter(competency=competency).values_list("level", "anchor"))
    context = {
        **admin.site.each_context(request),
        "title": _("Scoring desk"),
        "stage": stage,
        "competency": competency,
        "score": score,
        "waiting": {"first": first, "second": second},
        "has_levels": bool(anchors),
        "steps": [(level, anchors.get(level, "")) for level in range(1, HIGHEST_LEVEL + 1)],
        "answers": [] if score is None else _answers(score.checkpoint),
        "judged": [
            _judged(each)
            for each in desk.judged(person, stage_id=stage_id, competency_id=competency_id)[:JUDGED_SHOWN]
        ],
        "refused": refused,
        "longest": {"note": desk.LONGEST_NOTE, "anchor": LONGEST_ANCHOR},
    }
    status = UNPROCESSABLE if refused else 200
    return TemplateResponse(request, "recruitment/admin/desk_question.html", context, status=status)


def _taken(request: HttpRequest) -> bool:
    by = person_of(request)
    if "anchor" in request.POST:
        worded = AnchorForm(request.POST)
        if not worded.is_valid():
            return False
        values = worded.cleaned_data
        desk.set_anchor(judgement_id=values["judgement"], text=values["anchor"], by=by)
        messages.success(
            request,
            _("The level of the house's rubric is worded so; plans take it over when published next."),
        )
        return True
    if "change" in request.POST:
        return _changed(request)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return False
    values = form.cleaned_data
    desk.judge(score_id=values["score"], level=values["level"], note=values["note"], by=by)
    messages.success(request, _("Saved. Here is the next answer."))
    return True


def _changed(request: HttpRequest) -> bool:
    by, form = person_of(request), ChangeForm(request.POST)
    if not form.is_valid():
        return False
    values = form.cleaned_data
    if "take_back" in request.POST:
        desk.take_back(judgement_id=values["change"], by=by)
        messages.success(request, _("Taken back. The answer waits again."))
        return True
    if values["level"] is None:
        return False
    made = desk.change(judgement_id=values["change"], level=values["level"], note=values["note"], by=by)
    messages.success(request, _("Changed: level %(level)s.") % {"level": made.level})
    return True


def _answers(checkpoint: Checkpoint) -> list[dict[str, Any]]:
    """Question by question: what was typed, or heard, and the recordings. Nothing of it says whose it is."""
    read = {answer.question_id: answer for answer in stages.read(checkpoint, with_levels=True).said.answers}
    recordings: dict[int, list[dict[str, Any]]] = {}
    given = checkpoint.interview.answers.filter(
        attempt=checkpoint.attempt, question__stage=checkpoint.stage_id
    )
    sources = {(answer.kept_from_id or answer.pk): answer.question_id for answer in given}
    taken = Recording.objects.filter(segment__answer__in=sources, segment__standing=Standing.TAKEN)
    # While more comes the old file is served.
    playable = taken.exclude(stored_name="").order_by("segment__number")
    for pk, mime, answer_id in playable.values_list("pk", "mime", "segment__answer"):
        plays = {"address": reverse("recordings:recording", args=[pk]), "is_video": mime.startswith("video/")}
        recordings.setdefault(sources[answer_id], []).append(plays)
    return [
        {
            "text": row.wording,
            "said": read[row.pk].text if row.pk in read else "",
            "spoken": read[row.pk].spoken if row.pk in read else None,
            "recordings": recordings.get(row.pk, []),
        }
        for row in checkpoint.stage.questions.order_by("number")
    ]


def _judged(judgement: Judgement) -> dict[str, Any]:
    score: RubricScore = judgement.score
    said = "\n".join(each["said"] for each in _answers(score.checkpoint) if each["said"])
    return {"judgement": judgement, "said": said[:LONGEST_ANCHOR]}
