"""A report as one page and as PDF: for the house with the words it rests on, for the candidate with what it means.

A quote of what was spoken leads to its second of the recording (`/recordings/<id>/#t=…`), where who may not hear it is
refused. Every figure says where it comes from; what is not known is named.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import pdf
from core.figures import Basis, estimate
from core.joining import clauses, semicolon
from core.joining import named as labelled_as
from core.language import is_english, spoken
from people.colleagues import whom_to_turn_to
from recruitment.enums import AssessmentStatus
from recruitment.enums_incoming import ResumeFactKind
from recruitment.evaluation import ways
from recruitment.evaluation.services import heard
from recruitment.models import Assessment, AssessmentScore, Interview, Stage
from recruitment.services import progress

TEMPLATE = Path(__file__).parent / "documents" / "assessment.typ"
# One page: the strongest evidence of each competency, the rest stands on the interview's page.
MOST_QUOTES, MOST_MISSING = 3, 6
KINDS = {
    "written_test": gettext_lazy("Written test"),
    "learning": gettext_lazy("back-test of estimates"),
    **dict(ResumeFactKind.choices),
}
SAID = {
    "draft": gettext_lazy("by the draft transcript"),
    "corrected": gettext_lazy("by the corrected transcript"),
}


def read(assessment_id: int) -> Assessment:
    """The report with all that is printed of it. Three queries."""
    competencies = Prefetch(
        "competencies",
        queryset=AssessmentScore.objects.select_related("competency").order_by("competency_id"),
    )
    rows = Assessment.objects.select_related(
        "interview__application__candidate",
        "interview__application__opening__department",
        "interview__application__opening__specialist",
        "interview__version__plan",
    )
    return rows.prefetch_related(competencies).get(pk=assessment_id)


def document(assessment: Assessment) -> pdf.Document:
    """For the house, in the active language. DocumentError as `core.pdf.make` says."""
    return pdf.make(TEMPLATE, contents(assessment), title=_("Interview assessment"))


def document_for_candidate(assessment: Assessment) -> pdf.Document:
    """For the candidate, in the candidate's language: the scores, what they rest on, who decides, and whom to ask."""
    with translation.override(assessment.interview.application.candidate.language):
        return pdf.make(TEMPLATE, contents_for_candidate(assessment), title=_("Your interview assessment"))


def contents(assessment: Assessment) -> dict[str, Any]:
    """What the house's document says."""
    application = assessment.interview.application
    said = _common(assessment)
    said["who"] = f"{application.candidate} · {application.opening} · {application.opening.department}"
    said["facts"] += [
        [_("Plan"), str(assessment.interview.version)],
        [_("Method"), str(ways.way_of_report(assessment))],
        [_("Status"), str(AssessmentStatus(assessment.status).label)],
    ]
    threshold = assessment.interview.threshold
    if threshold is not None:
        said["line"] = float(threshold)
        said["facts"].append([_("Pass line then"), formats.number_format(threshold, 0)])
    said["facts"] += [[_("Transcript"), line] for line in wording_of(assessment)]
    titles = titles_of(assessment.interview)
    said["rows"] = [_row(row, titles) for row in assessment.competencies.all()]
    return said | {"parts": _parts(assessment, titles, with_sources=True)}


def contents_for_candidate(assessment: Assessment) -> dict[str, Any]:
    """What the candidate's document says: no pass line, nobody's name but the specialist's, no method's inner name."""
    application = assessment.interview.application
    said = _common(assessment)
    said["who"] = f"{application.candidate} · {application.opening}"
    specialist = whom_to_turn_to(application.opening.specialist)
    titles = titles_of(assessment.interview)
    is_estimated = assessment.basis == Basis.FALLBACK
    said["rows"] = [
        {
            **row,
            # Whose scores are estimated from other work reads which: nothing of it is quoted.
            "evidence": [{**piece, "by": ""} for piece in row["evidence"]] if is_estimated else [],
            "quotes": [{**one, "link": "", "at": ""} for one in row["quotes"]],
        }
        for row in (_row(row, titles) for row in assessment.competencies.all())
    ]
    rests_on = (
        _(
            "The scores are an estimate from your written tests, your résumé and the stages that you finished, and "
            "from nothing else: not your face, your voice or your accent."
        )
        if is_estimated
        else _(
            "The scores compare what you said with what a full answer mentions, and nothing else: not your face, "
            "your voice or your accent."
        )
    )
    meaning = {
        "title": _("What this means"),
        "lines": [
            rests_on,
            _("The band is how far each score may be off. A score by a machine is not a validated measure."),
            _("A person decides on your application. No score rejects anybody by itself."),
            _(
                "You may ask for an explanation, have the assessment looked at by a person, or object: turn to "
                "%(name)s. It does you no harm."
            )
            % {"name": specialist.name or str(specialist)},
        ],
    }
    return said | {"parts": [meaning, *_parts(assessment, titles, with_sources=False)]}


def _common(assessment: Assessment) -> dict[str, Any]:
    moment = formats.date_format(timezone.localtime(assessment.issued_at), "Y-m-d H:i")
    is_estimate = assessment.basis in Basis.estimates
    return {
        "facts": [
            [_("Basis"), str(Basis(assessment.basis).label)],
            [_("Issued"), _("%(moment)s (Beijing time)") % {"moment": moment}],
        ],
        "estimate": is_estimate,
        "warning": _("Estimate: not for advancing or ranking") if is_estimate else "",
        "line": None,
        "overall": _figures(assessment),
        "headings": [_("competency"), _("0 to 100, with its interval"), _("value"), _("what it rests on")],
        "words": {
            "overall": _("overall").capitalize(),
            "competencies": _("Competencies"),
            "unknown": _("nothing to go by"),
        },
        "footer": f"{_('Interview assessment')} · {assessment.pk}",
    }


def _figures(row: Assessment | AssessmentScore, basis: str = Basis.FULL) -> dict[str, Any]:
    found = estimate(row.value, row.low, row.high, basis)
    return dict.fromkeys(("value", "low", "high")) if found is None else dict(found.shown)


def _row(row: AssessmentScore, stages: dict[str, str]) -> dict[str, Any]:
    missing = list(dict.fromkeys(point["point"] for point in _points(row) if point["quote"] is None))
    return {
        "name": str(row.competency),
        **_figures(row),
        "evidence": [_piece(named(piece, stages)) for piece in row.evidence],
        "quotes": [
            {**one, "link": one["link"] and settings.BASE_URL + one["link"]} for one in quotes_of(row)
        ],
        "missing": _("Not mentioned: %(points)s") % {"points": clauses(missing[:MOST_MISSING])}
        if missing
        else "",
    }


def _points(row: AssessmentScore) -> list[dict[str, Any]]:
    return [point for piece in row.evidence for point in piece.get("points", ())]


def quotes_of(row: AssessmentScore) -> list[dict[str, str]]:
    """The words that speak for a score, those that weigh most first, each once, with all points that it speaks for and
    with its place in the recording.
    """
    found: dict[tuple[Any, ...], dict[str, str]] = {}
    for point in sorted(
        (point for point in _points(row) if point["quote"]), key=lambda point: -point["weight"]
    ):
        quote = _quote(point)
        about = quote.pop("about")
        once = found.setdefault(tuple(quote.items()), {**quote, "about": ""})
        once["about"] = clauses(dict.fromkeys(filter(None, [*once["about"].split(semicolon()), about])))
    return list(found.values())[:MOST_QUOTES]


def _piece(piece: dict[str, Any]) -> dict[str, str]:
    by = str(piece.get("scorer", "")).removeprefix("llm:")
    return {"label": _source(piece), "by": _("reviewed by a person") if piece.get("reviewed") else by}


def _quote(point: dict[str, Any]) -> dict[str, str]:
    found = {
        "quote": point["quote"],
        "about": point["point"],
        "said": str(SAID.get(point.get("said", ""), "")),
        "link": "",
        "at": "",
    }
    if "recording" in point:
        second = int(point["second"])
        found["link"] = heard_at(point["recording"], second)
        found["at"] = f"{second // 60}:{second % 60:02}"
    return found


def heard_at(recording_id: int, second: float) -> str:
    """The address of a recording from this second on."""
    return f"{reverse('recordings:recording', args=[recording_id])}#t={int(second)}"


def _parts(assessment: Assessment, english: dict[str, str], *, with_sources: bool) -> list[dict[str, Any]]:
    """What it was computed from, and what is not known."""
    parts = []
    saved = {piece["label"] for piece in assessment.sources if piece["source"] == "stage"}
    titles = progress.plan_of(assessment.interview.version_id).titles.values()
    # A full report rests on the whole interview, whoever scored it and whatever it names as its sources.
    unsaved = [title for title in titles if title not in saved] if assessment.basis in Basis.estimates else []
    unknown = [
        _("Stage not saved: %(title)s") % {"title": english.get(title, title)} for title in unsaved
    ] + [
        _("No score: %(name)s") % {"name": row.competency}
        for row in assessment.competencies.all()
        if row.value is None
    ]
    if unknown:
        parts.append({"title": _("What is not known"), "lines": unknown})
    lines = [_source(piece) for piece in sources_of(assessment, english)] if with_sources else []
    if lines:
        parts.append({"title": _("Sources"), "lines": list(dict.fromkeys(lines))})
    return parts


def wording_of(assessment: Assessment) -> list[str]:
    """Of a report that stands, by whose words of what was spoken it scores: a line for each recording that somebody
    corrected. Those of which nothing is said here are scored as the draft has them. One query."""
    if assessment.status != AssessmentStatus.CURRENT:
        return []
    lines = []
    for transcript in heard.corrected_in(assessment.interview_id, assessment.attempt):
        if transcript.last_corrected is None:
            continue
        who, at = transcript.last_corrected
        when = formats.date_format(timezone.localtime(at), "Y-m-d H:i")
        words = {"number": transcript.recording_id, "who": who, "when": when}
        if transcript.is_scored_as_before:
            lines.append(_("recording %(number)s: as it was before %(who)s corrected it on %(when)s") % words)
        else:
            lines.append(_("recording %(number)s: as %(who)s corrected it on %(when)s") % words)
    return lines


def titles_of(interview: Interview) -> dict[str, str]:
    """The English titles of the stages by what a report keeps of them, where English is spoken; else nothing, and
    without a query."""
    if not is_english():
        return {}
    stages = Stage.objects.filter(version=interview.version_id).exclude(title_en="")
    return dict(stages.order_by().values_list("title", "title_en"))


def named(piece: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    """A piece of evidence with its name as the reader speaks; what is no stage says of what kind it is."""
    found = spoken(piece)
    source = piece.get("source", "")
    if source == "stage" and found.get("label") in titles:
        found["label"] = titles[found["label"]]
    elif source in KINDS:
        found["label"] = labelled_as(KINDS[source], found.get("label", ""))
    return found


def sources_of(assessment: Assessment, titles: dict[str, str]) -> list[dict[str, Any]]:
    """What the report was computed from, named as the reader speaks: a stage that was scored in several competencies
    says with each figure in which."""
    names = {row.competency_id: str(row.competency) for row in assessment.competencies.all()}
    sources = []
    for piece in (named(one, titles) for one in assessment.sources):
        about = names.get(piece.get("competency", 0)) if piece["source"] == "stage" else None
        if about and piece.get("value") is not None:
            words = _("%(stage)s (%(competency)s)") % {"stage": piece["label"], "competency": about}
            piece["label"] = words
        sources.append(piece)
    return sources


def _source(piece: dict[str, Any]) -> str:
    value, label = piece.get("value"), piece.get("label", "")
    return label if value is None else f"{label} {float(value):.0f}"
