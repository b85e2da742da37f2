"""The report as a PDF: the same sections as on the page."""

from pathlib import Path

from django.utils.translation import gettext as _

from core import pdf
from core.checks.models import HealthReport
from hrsuite.yearly import words

TEMPLATE = Path(__file__).parent / "documents" / "health.typ"


def document(report: HealthReport) -> pdf.Document:
    """In the active language."""
    data = {
        "made": words.heading(report),
        "footer": f"{_('Yearly health check')} · {report}",
        "sections": [
            {
                "title": section.title,
                "lines": [
                    {"label": one.label, "value": one.value, "note": one.note, "red": one.is_red}
                    for one in section.lines
                ],
            }
            for section in words.sections(report)
        ],
    }
    return pdf.make(TEMPLATE, data, title=_("Yearly health check"))
