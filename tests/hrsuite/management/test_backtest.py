"""`manage.py backtest`, as somebody with a table of their own calls it."""

import csv
import io
import json
from pathlib import Path

import numpy as np
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
    assert lines[7] == "环节顺序：1 → 2 → 3"
    assert lines[8].startswith(f"覆盖率最低的一组：{found['worst_group']['group']}")
    assert lines[9:11] == [f"估计方式：{METHODS[found['use']]}", BECAUSE[found["because"]]]
    assert [line.split("：")[0] for line in lines[11:]] == [
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
    assert said[:3] == [
        "全部：没有可用于回测的已完成面试",
        "不足 20 例、不给比率的组：6 个，共 0 例",
        "环节顺序：1",
    ]
    assert said[3:5] == ["估计方式：既定权重", str(BECAUSE["one_stage"])]
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
    assert "不给建议 100%" in lines[2] and "不给建议 100%" not in lines[0]
    assert [line.strip() for line in (lines[1], *lines[3:])] == [
        "提示退出并非随机：1 批数据中有 0 批",
        "提示退出并非随机：1 批数据中有 1 批",
        "不根据估计给出任何建议",
    ]


def test_groups_of_few_have_no_share_and_what_is_used_says_what_it_covers(tmp_path: Path) -> None:
    """Sixty groups of one: nothing is learned of a group, so that the documented weights are used and speak for
    themselves; no group is the worst one by two cases."""
    chance = np.random.default_rng(3)
    path = tmp_path / "one each.csv"
    rows = ["person,group,stage,competency,score"]
    for person in range(60):
        ability = chance.normal(60, 10)
        rows += [f"{person},g{person},{stage},x,{ability + chance.normal(0, 6):.1f}" for stage in (1, 2, 3)]
    path.write_text("\n".join(rows), encoding="utf-8")
    found = json.loads(told("--csv", str(path), "--json"))
    assert (found["n"], found["use"], found["worst_group"]) == (120, "documented_weights", None)
    lines = told("--csv", str(path)).splitlines()
    assert lines[1] == "不足 20 例、不给比率的组：60 个，共 120 例"
    assert lines[5].startswith(f"按既定权重：覆盖率 {found['documented']['coverage']:.0%}，区间宽度 ")


def test_marks_of_one_to_five_are_on_their_own_scale(tmp_path: Path) -> None:
    """A pass line of 60 says nothing of them; one that is given counts, and a test of 0 to 100 keeps its own scale."""
    rows = ["person,group,stage,competency,score,test_logic"]
    rows += [
        f"{person},g,{stage},x,{1 + (person + stage) % 5},{10 * (person % 5)}"
        for person in range(40)
        for stage in (1, 2)
    ]
    path = tmp_path / "marks.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    found = json.loads(told("--csv", str(path), "--json"))
    assert (found["pass_line"], found["no_advice"]) == (None, None)
    assert all(error < 5 for error in found["rmse"].values())
    again = json.loads(told("--csv", str(path), "--json", "--pass-line", "3"))
    assert again["pass_line"] == 3 and 0 < again["no_advice"] <= 1
    assert {**again, "pass_line": 0, "no_advice": 0, "by_group": 0, "documented": 0} == {
        **found, "pass_line": 0, "no_advice": 0, "by_group": 0, "documented": 0,
    }  # fmt: skip


def test_a_table_that_is_wrong_is_said_with_its_code(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("person,group\n", encoding="utf-8")
    with pytest.raises(
        CommandError, match=r"columns_missing: .*：stage、competency、score。.*：person、group"
    ):
        told("--csv", str(path), "--json")
    with pytest.raises(CommandError, match=r"file_unreadable: .*none\.csv"):
        told("--csv", str(tmp_path / "none.csv"))
    head = b"person,group,stage,competency,score\n"
    wrong = {
        "columns_missing": b"",
        "not_a_table": head + b"a,g,1,x\x00,3\n",
        "nothing_scored": head,
        "name_missing: .*2.*person、stage": head + b",g,,x,3\n",
        "not_a_number: .*3": head + b"a,g,1,x,3\na,g,2,x,good\n",
        "score_twice: .*3": head + b"a,g,1,x,3\na,g,1,x,3\n",
        r"is_a_workbook: .*scores\.csv": b"PK\x03\x04",
    }
    for said, content in wrong.items():
        path.write_bytes(content)
        with pytest.raises(CommandError, match=said):
            told("--csv", str(path))
    with pytest.raises(CommandError):
        told("--json")
