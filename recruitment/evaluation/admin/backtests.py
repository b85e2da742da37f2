"""The nightly back-tests: whether estimates for unfinished interviews are learned, and how well they would do."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.lists import Lean
from core.admin.scope import ReadOnly
from core.figures import LEAST
from recruitment.evaluation.learning.names import CARRIED, DOCUMENTED, ENOUGH, LEARNED, TESTS
from recruitment.models import Learning, Opening, PlanVersion, Skill

BECAUSE = {
    "better_and_covers": _("The learned estimate is better than both others and covers what it promises."),
    "too_few_finished": _("Too few finished interviews to learn from."),
    "one_stage": _("Every finished interview has one stage alone: none could be hidden to test with."),
    "no_better": _("The learned estimate is no better than the others."),
    "covers_too_little": _("The learned intervals hold the truth less often than promised."),
}
METHODS = {
    LEARNED: _("learned"),
    CARRIED: _("mean so far, carried forward"),
    DOCUMENTED: _("documented weights"),
}


@admin.register(Learning)
class LearningAdmin(Lean, ReadOnly, ModelAdmin):
    """A row for each night. It speaks of no single person: whoever may see assessments may see it."""

    nothing_yet = _("No back-test yet: it runs every night at half past two.")
    list_display = ["learned_at", "in_use", "finished", "left", "coverage", "worst"]
    sortable_by: list[str] = []
    change_form_outer_before_template = "recruitment/admin/backtest.html"
    fields = ["learned_at", "finished", "left"]
    readonly_fields = fields

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The figures, by opening."""
        context = dict(extra_context or {})
        found = self.get_object(request, unquote(object_id))
        if found is not None:
            context["backtest"] = described(found)
        return super().change_view(request, object_id, form_url, context)

    @display(description=_("estimates by"))
    def in_use(self, learning: Learning) -> Any:
        """Which estimate was used from then on."""
        return METHODS[LEARNED if learning.estimator else DOCUMENTED]

    @display(description=_("held the truth"))
    def coverage(self, learning: Learning) -> str:
        """The share of cases, of how many."""
        return _share(learning.result)

    @display(description=_("in the worst opening"))
    def worst(self, learning: Learning) -> str:
        """The share where the promise was kept least."""
        return _share(learning.result.get("worst_group") or {})


def _share(figures: dict[str, Any]) -> str:
    if not figures.get("n"):
        return "–"
    if figures["n"] < LEAST:
        return _("%(cases)s cases: not enough data") % {"cases": figures["n"]}
    return _("%(share)s of %(cases)s cases") % {
        "share": f"{figures['coverage']:.0%}",
        "cases": figures["n"],
    }


def described(learning: Learning) -> dict[str, Any]:
    """What the page says: the choice and its reason, the errors, each opening, and who left beside who finished."""
    result = learning.result
    groups = result.get("by_group", {})
    titles = _titles(groups)
    return {
        "in_use": METHODS[LEARNED if learning.estimator else DOCUMENTED],
        # Who is not advised for another reason is told that one alone.
        "because": "" if result.get("abstains") else BECAUSE[result["because"]],
        "enough": ENOUGH,
        "abstains": result.get("abstains", False),
        "n": result["n"],
        "coverage": _share(result),
        "level": f"{result.get('level', 0):.0%}",
        "no_advice": f"{result['no_advice']:.0%}" if result.get("no_advice") is not None else "–",
        "documented": _documented(result),
        "errors": [(METHODS[name], error) for name, error in result.get("rmse", {}).items()],
        "groups": [
            {
                "title": titles[name],
                "n": one["n"],
                "coverage": _share(one),
                "width": one["width"],
                "pooled": one["calibration"] == "pooled",
                "error": one["rmse"].get(LEARNED, one["rmse"].get(DOCUMENTED)),
            }
            for name, one in groups.items()
        ],
        "exits": _named(result.get("exits", {}).get("known_before", [])),
    }


def _documented(result: dict[str, Any]) -> dict[str, str] | None:
    """What the documented weights cover, where they are used although something was learned."""
    found = result.get("documented") or {}
    if found.get("coverage") is None or result["use"] == LEARNED or LEARNED not in result["rmse"]:
        return None
    return {
        "coverage": f"{found['coverage']:.0%}",
        "none": "–" if found["no_advice"] is None else f"{found['no_advice']:.0%}",
    }


def _named(compared: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What of both was known before, by its name: the first stage, or the skill of a written test. One query."""
    skills = {
        one["what"]: one["what"].removeprefix(TESTS) for one in compared if one["what"].startswith(TESTS)
    }
    names = {str(skill.pk): str(skill) for skill in Skill.objects.filter(pk__in=skills.values())}
    return [
        {
            **one,
            "name": _("written test: %(skill)s")
            % {"skill": names.get(skills[one["what"]], skills[one["what"]])}
            if one["what"] in skills
            else _("first stage"),
        }
        for one in compared
    ]


def _titles(groups: dict[str, Any]) -> dict[str, str]:
    """An opening's title with its plan's version; what is gone by its number. Two queries."""
    parted = {name: tuple(int(part) for part in name.split(":")) for name in groups}
    openings = Opening.objects.in_bulk([opening for opening, _version in parted.values()])
    versions = dict(
        PlanVersion.objects.filter(pk__in=[version for _opening, version in parted.values()]).values_list(
            "pk", "number"
        )
    )
    return {
        name: _("%(opening)s, plan version %(number)s")
        % {"opening": openings.get(opening, opening), "number": versions.get(version, version)}
        for name, (opening, version) in parted.items()
    }
