"""Tags on many at once: candidates in their list, and whoever stands behind applications."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin import fields
from core.admin.steps import StepForm, Text
from core.errors import Invalid
from core.joining import joined
from core.many.declaring import ManyStep, declare
from recruitment.models import Application, Candidate
from recruitment.models.tags import LONGEST_TAG
from recruitment.services import tags

# What the form reminds of; more would hide the form.
REMINDED = 30


class TagsForm(StepForm):
    """Which words."""

    tags = fields.words(gettext_lazy("tags"), lines=2, max_length=tags.MOST_AT_ONCE * (LONGEST_TAG + 5))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = tags.offered()[:REMINDED]
        said = [_("Several are parted by a comma or a new line.")]
        if used:
            said.append(_("In use: %(tags)s") % {"tags": joined(used)})
        self.fields["tags"].help_text = " ".join(said)

    def clean_tags(self) -> list[str]:
        """Each once."""
        try:
            return tags.written(self.cleaned_data["tags"])
        except Invalid as error:
            raise ValidationError(str(error.message), code=error.code) from None


def _erased(_person: Any, rows: Sequence[Any]) -> dict[int, Text]:
    found = {row.pk: row if isinstance(row, Candidate) else row.candidate for row in rows}
    why = _("This record was erased: nothing is written about it any more.")
    return {pk: why for pk, candidate in found.items() if candidate.erased_at is not None}


def _of_candidate(do: Callable[..., object]) -> Callable[[Any, int, dict[str, Any]], object]:
    return lambda by, pk, values: do(candidate_id=pk, names=values["tags"], by=by)


def _of_application(do: Callable[..., object]) -> Callable[[Any, int, dict[str, Any]], object]:
    def take(by: Any, pk: int, values: dict[str, Any]) -> object:
        candidate = Application.objects.values_list("candidate", flat=True).get(pk=pk)
        return do(candidate_id=candidate, names=values["tags"], by=by)

    return take


for _model, _of, _read in (
    (Candidate, _of_candidate, lambda rows: rows),
    (Application, _of_application, lambda rows: rows.select_related("candidate", "opening")),
):
    declare(
        _model,
        ManyStep(
            name="tag",
            title=gettext_lazy("Put tags on"),
            form=TagsForm,
            take=_of(tags.put),
            read=_read,
            left_out=_erased,
            words=gettext_lazy(
                "Tags are the candidate's: they stand in both lists, for HR alone. Who has one already keeps it."
            ),
        ),
        ManyStep(
            name="untag",
            title=gettext_lazy("Take tags off"),
            form=TagsForm,
            take=_of(tags.take_off),
            read=_read,
            left_out=_erased,
            words=gettext_lazy("Who does not have them is left as they are."),
        ),
    )
