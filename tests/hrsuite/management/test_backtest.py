"""`manage.py backtest`, as somebody with a table of their own calls it."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recruitment.evaluation.learning import synthetic


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("backtest", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """As Excel writes it, with its mark at the beginning."""
    path = tmp_path / "分数.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["person", "group", "stage", "competency", "score", "test_logic"])
        for person in synthetic.draw("random", 5, people=150).cohort.people:
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
    lines = told("--csv", str(table)).splitlines()
    assert len(lines) == 7


def test_a_table_that_is_wrong_is_said_with_its_code(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("person,group\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"columns_missing: .*stage, competency, score"):
        told("--csv", str(path), "--json")
    with pytest.raises(CommandError, match=r"none\.csv"):
        told("--csv", str(tmp_path / "none.csv"))
    path.write_bytes("person,group,stage,competency,score\n李,a,1,x,3\n".encode("gbk"))
    with pytest.raises(CommandError, match=r"scores\.csv"):
        told("--csv", str(path))
    with pytest.raises(CommandError):
        told("--json")
