"""What people type, brought to one spelling."""

import pytest

from core.env import named
from core.text import listed, one_line, several_lines, shortened


@pytest.mark.parametrize(
    ("typed", "entries"),
    [
        ("数据，图表、透视表；函数", ["数据", "图表", "透视表", "函数"]),
        ("数据\n图表\r\n透视表\u2028函数", ["数据", "图表", "透视表", "函数"]),
        ("a,b; c", ["a", "b", "c"]),
        (" 数据　， 数据 ,,、", ["数据"]),
        ("pivot table，Pivot  Table", ["pivot table", "Pivot Table"]),
        ("1,000 行,3,4", ["1,000 行", "3", "4"]),
        ("零\u200b宽\ufeff", ["零宽"]),
        (" ，、；;\n", []),
    ],
)
def test_a_list_is_parted_however_it_is_typed(typed, entries):
    assert listed(typed) == entries


def test_a_line_holds_nothing_that_is_not_seen():
    assert one_line(" 张\u200b\u202e\x00三\n\t四 ") == "张三 四"
    assert one_line("e\u0301") == "é"


def test_a_setting_that_is_a_list_is_parted_the_same_way(monkeypatch):
    monkeypatch.setenv("HRSUITE_PROXIES", "10.0.0.0/8，192.0.2.1, ::1")
    assert named("HRSUITE_PROXIES") == ["10.0.0.0/8", "192.0.2.1", "::1"]
    monkeypatch.setenv("HRSUITE_PROXIES", " ")
    assert named("HRSUITE_PROXIES", default=["127.0.0.1"]) == ["127.0.0.1"]


def test_a_box_of_several_lines_keeps_its_lines() -> None:
    assert several_lines(" 一\r\n二\x00\n三 \n") == "一\n二\n三"
    assert several_lines("\x00 \r\n") == ""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("不同意", "不同意"),
        ("Do not agree", "Do not agree"),
        ("一二三四五六七八九十", "一二三四五六七八九十"),
        ("一二三四五六七八九十一", "一二三四五六七八九…"),
        ("Does not agree at all", "Does not agree at…"),
        ("A123456789012345 67890", "A123456789012345 6…"),
    ],
)
def test_what_takes_too_much_room_is_cut_two_latin_letters_for_a_chinese_one(typed: str, shown: str) -> None:
    assert shortened(typed, 10) == shown
