"""Résumés beside the application and the candidate: which there are, one of them opened, and what it proposes."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core import contacts
from core.admin import fields, panels
from core.admin.steps import Step, StepForm, Text, offer
from core.errors import DomainError
from people.actors import person_of
from recruitment.enums_incoming import ProposalKind, ProposalState, ResumeState
from recruitment.models import Application, Candidate, Resume
from recruitment.resumes import kinds
from recruitment.resumes.services import adding, looking
from recruitment.resumes.services.confirming import LEVELS

ACCEPT = ".pdf,.docx"
HINT = _("PDF or Word (.docx), at most 10 MB and 50 pages.")
MOST = 10


def file_field(**options: Any) -> forms.FileField:
    """A résumé from the reader's machine."""
    return fields.file(_("résumé"), accept=ACCEPT, help_text=HINT, **options)


def looked_at(form: forms.Form, field: str) -> None:
    """In a form's `clean`: look at the file; what is not taken is an error of its field, with its code."""
    sent = form.cleaned_data.get(field)
    if sent:
        try:
            form.cleaned_data[field] = adding.look(sent, sent.name)
        except DomainError as error:
            form.add_error(field, forms.ValidationError(error.message, code=error.code))


class ResumeForm(StepForm):
    """One file."""

    file = file_field()

    def clean(self) -> dict[str, Any]:
        """The file, looked at."""
        super().clean()
        looked_at(self, "file")
        return self.cleaned_data


def _add(request: HttpRequest, row: Any, data: dict[str, Any]) -> Text:
    is_application = isinstance(row, Application)
    adding.add(
        looked=data["file"],
        candidate_id=row.candidate_id if is_application else row.pk,
        application_id=row.pk if is_application else None,
        by=person_of(request),
    )
    return _("The résumé is kept; it is being read.")


def render(request: HttpRequest, candidate_id: int, application: Application | None = None) -> SafeString:
    """The résumés of a candidate; the one that the address asks for is opened, which is noted. Empty without any."""
    rows = Resume.objects.visible_to(request.user).filter(candidate=candidate_id)
    resumes = list(rows.select_related("uploaded_by").defer("text", "word_key").order_by("-pk")[:MOST])
    if not resumes:
        return SafeString("")
    wanted = request.GET.get("resume", "")
    chosen = next((each for each in resumes if str(each.pk) == wanted), None)
    context = {
        "resumes": resumes,
        "words": {each.pk: kinds.SENTENCES.get(each.note, "") for each in resumes},
        "chosen": opened(request, chosen) if chosen else None,
        "address": request.path,
    }
    return SafeString(render_to_string("recruitment/admin/resumes.html", context, request=request))


def opened(request: HttpRequest, resume: Resume) -> dict[str, Any]:
    """What the viewer shows of one résumé. Noted as a look."""
    found = looking.to_open(resume_id=resume.pk, by=person_of(request))
    waiting = found.proposals.filter(state=ProposalState.PROPOSED)
    may = request.user.has_perm("recruitment.change_resume")
    return {
        "resume": found,
        "why": kinds.SENTENCES.get(found.note, ""),
        "is_read": found.state != ResumeState.READING,
        "pages": [
            reverse("resumes:page", args=[found.pk, number]) for number in range(1, len(found.page_names) + 1)
        ],
        "file": reverse("resumes:file", args=[found.pk]),
        "confirm": reverse("admin:recruitment_resume_step", args=[found.pk, "confirm"]),
        "dismiss": reverse("admin:recruitment_resume_step", args=[found.pk, "dismiss"]),
        "may": may,
        "levels": list(LEVELS),
        "proposals": [
            {
                "row": each,
                "shown": contacts.shown(each.value) if each.kind == ProposalKind.PHONE else each.value,
                "judged": each.kind in ProposalKind.judged,
            }
            for each in waiting
            if each.value not in _known(found)
        ],
        "confirmed": list(found.proposals.filter(state=ProposalState.CONFIRMED)),
    }


def _known(resume: Resume) -> set[str]:
    """What stands in the record already needs no proposal."""
    return {resume.candidate.phone, resume.candidate.email}


def _of_application(request: HttpRequest, application: Application) -> SafeString:
    return render(request, application.candidate_id, application)


def _of_candidate(request: HttpRequest, candidate: Candidate) -> SafeString:
    return render(request, candidate.pk)


_ADD = Step("resume", _("Add résumé"), _add, form=ResumeForm, words=HINT)
for _model, _render in ((Application, _of_application), (Candidate, _of_candidate)):
    offer(_model, _ADD)  # type: ignore[arg-type]
    panels.register(_model, panels.Panel("resumes", _("Résumés"), _render, order=8))  # type: ignore[arg-type]
