"""What a figure means never changes under its version; what was printed under an earlier one can be counted again."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Q
from django.test import Client
from django.utils.html import escape
from python_calamine import CalamineWorkbook

from core.errors import Invalid, NotFound
from core.figures import Rate
from recruitment.models import Application
from reports import asking, efficiency, folding, kept, stale
from reports.asking import asked_for, report_named
from reports.lines import table_of
from reports.models import Fold, KeptTable, WeekOfOpening
from reports.registry import Asked, Facts, Report
from reports.stale import folded_up_to
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.reports.meanings import Ledger, meanings, meanings_of, read_ledger, write_ledger

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)
RENEW = "pytest tests/reports/test_definitions.py --renew-definitions"


def faults(now: Ledger, written: Ledger) -> list[str]:
    """A sentence for each figure that means something else than is written, with what is to be done."""
    found = []
    for report, versions in written.items():
        for version, figures in versions.items():
            counted = now.get(report, {}).get(version)
            if counted is None:
                found.append(
                    f"{report} {version} cannot be counted any more: keep the report as it was in `earlier` of the new"
                    " one."
                )
                continue
            for name in sorted(figures.keys() | counted.keys()):
                if figures.get(name) != counted.get(name):
                    found.append(
                        f"{name} of {report} {version} means something else than what is written of it. Raise the"
                        " version of the figure and of the report, keep the report as it was in `earlier`, and run"
                        f" {RENEW}. If it counts the same and is only written otherwise: the same with =same-meaning."
                    )
    for report, versions in now.items():
        for version, figures in versions.items():
            if version not in written.get(report, {}):
                found.append(f"{report} {version} is not written down yet: run {RENEW}.")
            for other, others in versions.items():
                for name in figures.keys() & others.keys() if int(other) < int(version) else ():
                    has_its_version = figures[name]["version"] == others[name]["version"]
                    if has_its_version != (_unnumbered(figures[name]) == _unnumbered(others[name])):
                        found.append(
                            f"{name} means {'something else' if has_its_version else 'the same'} in {report} {other}"
                            f" and {version}: its version {'is raised with that' if has_its_version else 'stays'}."
                        )
    return found


def _unnumbered(meaning: Any) -> dict[str, Any]:
    return {key: value for key, value in meaning.items() if key != "version"}


def test_no_figure_comes_to_mean_something_else_under_its_version(request: pytest.FixtureRequest) -> None:
    now, renew = meanings(), request.config.getoption("--renew-definitions", default=None)
    if renew:
        written = read_ledger()
        for report, versions in now.items():
            for version, figures in versions.items():
                if renew == "same-meaning" or version not in written.get(report, {}):
                    written.setdefault(report, {})[version] = figures
        write_ledger(written)
    assert faults(now, read_ledger()) == []


def _otherwise(**changes: Any) -> Report:
    """Efficiency with a pass rate of another kind."""
    measures = tuple(
        replace(one, **changes) if one.name == "pass_rate" else one for one in efficiency.EFFICIENCY.measures
    )
    return replace(efficiency.EFFICIENCY, measures=measures)


def _counted_otherwise(name: str, wanted: Q) -> Report:
    def facts(asked: Asked) -> Facts:
        found = efficiency.facts(asked)
        return replace(found, counts={**found.counts, name: wanted})

    return replace(efficiency.EFFICIENCY, facts=facts)


def _read_otherwise() -> Report:
    def facts(asked: Asked) -> Facts:
        found = efficiency.facts(asked)

        def read(line: Any) -> Any:
            values = found.read(line)
            rate: Any = values["pass_rate"]
            return {**values, "pass_rate": replace(rate, exits=0)}

        return replace(found, read=read)

    return replace(efficiency.EFFICIENCY, facts=facts)


# Whoever waits for a score counts as not passed.
SECOND = replace(
    _counted_otherwise("judged", Q(passed__isnull=False) | Q(finished_at__isnull=False)),
    version=2,
    measures=_otherwise(version=2, words="Passed ÷ all who finished.").measures,
    earlier=(efficiency.EFFICIENCY,),
)


@pytest.mark.parametrize(
    ("changed", "figures"),
    [
        (_otherwise(unit="count"), {"pass_rate"}),
        (_otherwise(title="passed"), {"pass_rate"}),
        (_otherwise(words="Passed ÷ all."), {"pass_rate"}),
        (_otherwise(is_bounded=False), {"pass_rate"}),
        (_otherwise(version=2), {"pass_rate"}),
        (_read_otherwise(), {"pass_rate"}),
        (_counted_otherwise("gone", Q(left=True)), {"pass_rate"}),
        (_counted_otherwise("hired", Q(stage_then="offer")), {"hired"}),
        (_counted_otherwise("left", Q(left=True)), {"advance_rate"}),
        (_counted_otherwise("under_way", Q(under_way=True)), {"advance_rate", "completion_rate"}),
    ],
)  # fmt: skip
def test_each_change_of_what_a_figure_means_is_told_of_that_figure_alone(
    changed: Report, figures: set[str]
) -> None:
    written = read_ledger()
    found = faults({**written, "efficiency": meanings_of(changed)}, written)
    assert {sentence.partition(" ")[0] for sentence in found} == figures
    assert all("Raise the version" in sentence and RENEW in sentence for sentence in found)


def test_a_figure_that_is_written_otherwise_and_counts_the_same_is_no_change() -> None:
    wanted = Q(stage_then__in=("offer", "hired")) | Q(stood_then__in=["offer", "hired"])
    written = read_ledger()
    same = _counted_otherwise("offered", wanted)
    assert faults({**written, "efficiency": meanings_of(same)}, written) == []


def test_a_raised_version_has_to_keep_the_earlier_one_and_to_be_written_down() -> None:
    written = read_ledger()
    alone = {**written, "efficiency": meanings_of(replace(SECOND, earlier=()))}
    assert [sentence.partition(":")[0] for sentence in faults(alone, written)] == [
        "efficiency 1 cannot be counted any more",
        "efficiency 2 is not written down yet",
    ]
    both = {**written, "efficiency": meanings_of(SECOND)}
    assert faults(both, both) == []
    assert [sentence.partition(":")[0] for sentence in faults(both, written)] == [
        "efficiency 2 is not written down yet"
    ]
    forgotten = meanings_of(replace(SECOND, measures=_otherwise(words="Passed ÷ all who finished.").measures))
    found = {**written, "efficiency": forgotten}
    assert faults(found, found) == [
        "pass_rate means something else in efficiency 1 and 2: its version is raised with that."
    ]


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Report:
    """The day on which the pass rate comes to mean something else."""
    monkeypatch.setitem(asking.REPORTS, "efficiency", SECOND)
    return SECOND


def _story() -> Any:
    opening = make.opening()
    for place in range(3):
        row = make.application(opening)
        made = make.interview(row, state="completed" if place else "abandoned")
        type(made).objects.filter(pk=made.pk).update(completed_at=NOW - timedelta(days=1) if place else None)
    Application.objects.update(created_at=NOW - timedelta(days=3))
    return opening


ASKED = {"from": "2026-11-02", "to": "2026-11-29", "by": "opening"}


@pytest.mark.usefixtures("_frozen")
def test_what_was_printed_under_a_version_is_counted_again_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    opening, lead = _story(), people.lead()
    asker = api.client_of(lead)
    printed = asker.get("/api/v1/reports/efficiency/", ASKED).json()
    assert (printed["version"], printed["definition"]["versions"]) == (1, [1])
    monkeypatch.setitem(asking.REPORTS, "efficiency", SECOND)
    now = asker.get("/api/v1/reports/efficiency/", ASKED).json()
    again = asker.get("/api/v1/reports/efficiency/", {**ASKED, "version": 1}).json()
    assert (now["version"], now["definition"]["versions"]) == (2, [2, 1])
    assert (again["version"], again["definition"]["versions"]) == (1, [2, 1])
    assert [now["totals"]["pass_rate"]["denominator"], again["totals"]["pass_rate"]["denominator"]] == [2, 0]
    again["definition"]["versions"] = [1]
    assert again == printed
    book = asker.get("/api/v1/reports/efficiency.xlsx", {**ASKED, "version": 1})
    assert 'filename="efficiency-2026-11-02-2026-11-29-version-1.xlsx"' in book["Content-Disposition"]
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.content))
    said = {row[-1] for row in sheets.get_sheet_by_index(1).to_python()}
    assert "pass_rate/1" in said
    assert "pass_rate/2" not in said
    assert opening.pk in [int(row["key"]) for row in again["rows"]]


@pytest.mark.usefixtures("_frozen", "second")
def test_the_page_says_by_which_version_it_counts_and_leads_to_the_other(client: Client) -> None:
    _story()
    client.force_login(people.lead())
    query = "from=2026-11-02&to=2026-11-29&by=opening"
    now, then, figures = (
        client.get(f"/admin/reports/{path}").content.decode()
        for path in (f"efficiency/?{query}", f"efficiency/?{query}&version=1", "figures/")
    )
    assert "版本 1 的口径不同：" in now
    assert f'href="{escape(f"?{query}&version=1")}"' in now
    assert "按本报表版本 1 的口径统计" not in now
    assert "按本报表版本 1 的口径统计" in then
    assert "版本 2 的口径不同：" in then
    assert '<input type="hidden" name="version" value="1">' in then
    assert "Passed ÷ all who finished." in now
    assert "Passed ÷ all who finished." not in then
    assert [name in figures for name in ("pass_rate/1", "pass_rate/2", "completion_rate/1")] == [True] * 3
    assert figures.count("completion_rate/1") == 1
    assert '/admin/reports/efficiency/?version=1"' in figures
    assert client.get(f"/admin/reports/efficiency/?{query}&version=3").status_code == 404
    people_then = client.get(f"/admin/reports/efficiency/people/?{query}&version=1&measure=pass_rate")
    assert people_then.status_code == 200


@pytest.mark.usefixtures("_frozen", "second")
def test_a_version_that_never_was_is_refused() -> None:
    with pytest.raises(NotFound) as refused:
        report_named("efficiency", "3")
    assert (refused.value.code, refused.value.extra) == ("version_unknown", {"known": [1, 2]})
    for text in ("0", "-1", "one", "1.0", "12345"):
        with pytest.raises(Invalid) as wrong:
            report_named("efficiency", text)
        assert wrong.value.code == "version_invalid"


@pytest.mark.usefixtures("_frozen")
def test_a_table_that_was_kept_under_the_earlier_version_is_not_shown_for_the_new_one(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.REPORT_LIVE_SECONDS = 0.0
    _story()
    lead = people.lead()

    def read(version: str = "") -> tuple[int, Rate]:
        report = report_named("efficiency", version)
        table = kept.table_for(report, asked_for(report, {**ASKED, "version": version}, lead), is_usual=False)
        rate = table.totals["pass_rate"]
        assert isinstance(rate, Rate)
        return table.report.version, rate

    before = read()
    assert (before[0], before[1].denominator, before[1].definition) == (1, 0, "pass_rate/1")
    monkeypatch.setitem(asking.REPORTS, "efficiency", SECOND)
    assert read()[1].denominator == 2
    assert read("1") == before
    assert KeptTable.objects.count() == 2
    KeptTable.objects.update(counted_at=NOW - timedelta(hours=2))
    assert kept.count_due() == 2
    assert read("1") == before


@pytest.mark.usefixtures("_frozen")
def test_figures_that_were_kept_under_another_meaning_are_counted_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = make.interview(make.application(make.opening()), state="scheduled")
    folding.fold()
    WeekOfOpening.objects.create(opening=made.application.opening, first=date(2026, 11, 2), figures={})
    kept_now = WeekOfOpening.objects.count()
    assert Fold.objects.get().version == 1
    for module in (stale, folding):
        monkeypatch.setattr(module, "VERSION", 2)
    assert folded_up_to() is None
    folding.fold()
    assert Fold.objects.get().version == 2
    assert Fold.objects.get().differences == 0
    assert WeekOfOpening.objects.count() == kept_now - 1


@pytest.fixture
def _frozen() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_every_report_can_be_asked_by_each_of_its_versions() -> None:
    lead = people.lead()
    for report in asking.REPORTS.values():
        for version in report.versions:
            found = report_named(report.name, str(version.version))
            assert found is version
            assert (
                table_of(found, asked_for(found, {"version": str(version.version)}, lead)).report.version
                == version.version
            )
