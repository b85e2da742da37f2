"""What was sent and acknowledged survives a simulation that is killed."""

from pathlib import Path

from tools.simulate.journal import Journal, read


def filled(path: Path | None = None) -> Journal:
    journal = Journal(path)
    journal.note("candidate", 7, number=3)
    journal.note("entered", 7, epoch=1)
    for revision, text in ((1, "我"), (2, "我负责"), (3, "我负责看板 🙂")):
        journal.note("text_sent", 7, question=11, revision=revision, text=text)
    journal.note("text_acknowledged", 7, question=11, revision=2)
    journal.note("text_acknowledged", 7, question=11, revision=1)
    journal.note("answer_finished", 7, question=11)
    journal.note("stage_sent", 7, stage=1)
    journal.note("stage_saved", 7, stage=1)
    journal.note("left", 7, way="silent", cause="", left_at=5.0, last_sign=4.0, leave_acknowledged=False)
    journal.note("returned", 7, lost=[])
    journal.note("ended", 7, how="completed")
    return journal


def test_it_comes_back_whole_from_its_file(tmp_path: Path) -> None:
    journal = filled(tmp_path / "journal.jsonl")

    found = read(tmp_path / "journal.jsonl")

    assert found.told == journal.told == filled().told
    told = found.told[7]
    assert told.sent == {11: {1: "我", 2: "我负责", 3: "我负责看板 🙂"}}
    assert (told.acknowledged, told.finished, told.stages) == ({11: 2}, {11}, {1})
    assert (told.way, told.returned, told.ended) == ("silent", True, "completed")


def test_a_line_cut_off_by_a_kill_costs_that_line_only(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    filled(path)
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: whole.rindex('"ended"')], encoding="utf-8")

    told = read(path).told[7]

    assert told.ended is None
    assert told.returned


def test_every_line_is_in_the_file_before_anything_else_happens(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)

    journal.note("candidate", 7, number=3)

    assert read(path).told[7].number == 3
    journal.close()
