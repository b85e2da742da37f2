"""`manage.py backtest`, as somebody with a table of their own calls it."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recruitment.evaluation.admin.backtests import BECAUSE, METHODS
from recruitment.evaluation.learning import synthetic


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("backtest", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return written(tmp_path, "random", 150)


def written(folder: Path, leaving: synthetic.Leaving, people: int) -> Path:
    """As Excel writes it, with its mark at the beginning."""
    path = folder / f"分数 {leaving}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["person", "group", "stage", "competency", "score", "test_logic"])
        for person in synthetic.draw(leaving, 5, people=people).cohort.people:
            for (stage, competency), score in person.scores.items():
                lines.writerow([person.name, person.group, stage, competency, score, person.tests["logic"]])
    return path


def test_a_table_is_tested_and_the_answer_is_json_alone(table: Path) -> None:
    found = json.loads(told("--csv", str(table), "--json"))
    assert {"n", "coverage", "width", "rmse", "no_advice", "by_group"} <= found.keys()
    assert set(found["rmse"]) == {"learned", "carried_mean", "documented_weights"}
    assert set(found["by_group"]) == {f"group {number}" for number in range(6)}
    assert 0.8 <= found["coverage"] <= 1


def test_without_json_each_group_has_a_line(table: Path) -> None:
    """What is printed for people says all that the figures for programs do."""
    found = json.loads(told("--csv", str(table), "--json"))
    lines = told("--csv", str(table)).splitlines()
    for line, one in zip(lines, [found, *found["by_group"].values()], strict=False):
        assert f"{one['n']} 例" in line and f"不给建议 {one['no_advice']:.0%}" in line
        errors = {f"{METHODS[name]} {error:.2f}" for name, error in one["rmse"].items()}
        assert {error for error in errors if error in line} == errors
    assert lines[7].startswith(f"覆盖率最低的一组：{found['worst_group']['group']}")
    assert lines[8:10] == [f"估计方式：{METHODS[found['use']]}", BECAUSE[found["because"]]]
    assert [line.split("：")[0] for line in lines[10:]] == [
        f"退出者与完成者的差异，{name}" for name in ("第一环节", "test_logic")
    ]
    assert [one["what"] for one in found["exits"]["known_before"]] == ["first_stage", "test_logic"]


@pytest.mark.parametrize(("encoding", "between"), [("gb18030", ","), ("utf-16", "\t"), ("utf-8", ";")])
def test_a_table_as_programs_in_china_and_europe_save_it(table: Path, encoding: str, between: str) -> None:
    """The same figures, whatever the characters are written in and whatever parts the columns."""
    figures = told("--csv", str(table), "--json")
    rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"), newline="")))
    with table.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=between).writerows(
            [["姓名" + cell if name == "person" and number else cell for name, cell in zip(rows[0], row, strict=True)]
             for number, row in enumerate(rows)]
        )  # fmt: skip
    assert told("--csv", str(table), "--json") == figures


def test_of_one_stage_nothing_can_be_hidden_and_one_person_teaches_nothing(table: Path) -> None:
    rows = table.read_text(encoding="utf-8-sig").splitlines()
    first = [row for row in rows[1:] if row.split(",")[2] == "1"]
    table.write_text("\n".join([rows[0], *first]), encoding="utf-8")
    said = told("--csv", str(table)).splitlines()
    assert {line.partition("：")[2] for line in said[:7]} == {"没有可用于回测的已完成面试"}
    assert said[7:9] == ["估计方式：既定权重", str(BECAUSE["one_stage"])]
    one = [row for row in rows[1:] if row.split(",")[0] == rows[1].split(",")[0]]
    table.write_text("\n".join([rows[0], *one]), encoding="utf-8")
    assert told("--csv", str(table)).splitlines()[-1] == str(BECAUSE["too_few_finished"])


def test_that_leaving_is_not_random_is_said_to_people_too(tmp_path: Path) -> None:
    said = {leaving: told("--csv", str(written(tmp_path, leaving, 400))) for leaving in ("random", "weak")}
    warning = "中途退出并非随机"
    assert {leaving: warning in text for leaving, text in said.items()} == {"random": False, "weak": True}
    assert "估计方式：既定权重" in said["weak"] and not any(
        str(words) in said["weak"] for words in BECAUSE.values()
    )


def test_of_drawn_cohorts_the_warning_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "COHORTS", 1)
    monkeypatch.setattr(synthetic, "LEAVING", ("random", "weak"))
    lines = told("--synthetic").splitlines()
    assert [line.strip() for line in (lines[1], *lines[3:])] == [
        "提示退出并非随机：1 批数据中有 0 批",
        "提示退出并非随机：1 批数据中有 1 批",
        "不根据估计给出任何建议",
    ]


def test_a_table_that_is_wrong_is_said_with_its_code(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("person,group\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"columns_missing: .*stage, competency, score"):
        told("--csv", str(path), "--json")
    with pytest.raises(CommandError, match=r"none\.csv"):
        told("--csv", str(tmp_path / "none.csv"))
    head = b"person,group,stage,competency,score\n"
    wrong = {
        "columns_missing": b"",
        "not_a_table": head + b"a,g,1,x\x00,3\n",
        "nothing_scored": head,
        "name_missing: .*2.*person, stage": head + b",g,,x,3\n",
        "not_a_number: .*3": head + b"a,g,1,x,3\na,g,2,x,good\n",
        "score_twice: .*3": head + b"a,g,1,x,3\na,g,1,x,3\n",
        r"scores\.csv": b"PK\x03\x04",
    }
    for said, content in wrong.items():
        path.write_bytes(content)
        with pytest.raises(CommandError, match=said):
            told("--csv", str(path))
    with pytest.raises(CommandError):
        told("--json")
