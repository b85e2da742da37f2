"""Texts cut to bytes, made plain, and told apart."""

import pytest

from messaging.wecom.cards import Button, Card
from messaging.wecom.text import cut, plain, reference


@pytest.mark.parametrize("letter", ["a", "é", "面", "👩‍💻"])
@pytest.mark.parametrize("limit", [20, 21, 22, 23, 24, 2048])
def test_a_cut_text_fits_and_stays_readable(letter: str, limit: int) -> None:
    ending = "\n#ABCDEF"

    result = cut(letter * 3000, limit, ending=ending)

    assert len(result.encode()) <= limit
    assert result.endswith("…" + ending)
    assert "\ufffd" not in result


def test_a_text_that_fits_is_untouched() -> None:
    assert cut("面" * 6, 18) == "面" * 6
    assert cut("面" * 6, 18 + 8, ending="\n#ABCDEF") == "面" * 6 + "\n#ABCDEF"
    assert cut("", 10) == ""


def test_half_a_letter_is_not_an_error() -> None:
    assert cut("a\ud800b", 10) == "a?b"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ('<a href="http://evil">面试</a>', '＜a href="http://evil">面试＜/a>'),
        ("<!-- x -->", "＜!-- x -->"),
        ("3 < 4, 得分<80, a<-b", "3 < 4, 得分<80, a<-b"),
    ],
)
def test_a_name_does_not_become_a_link(given: str, shown: str) -> None:
    assert plain(given) == shown


def test_a_reference_belongs_to_one_delivery() -> None:
    assert reference("delivery-1") == reference("delivery-1")
    assert len({reference(f"delivery-{number}") for number in range(2000)}) == 2000
    assert len(reference("delivery-1")) == 7


def test_a_card_is_cut_by_the_room_that_its_letters_take() -> None:
    """Two Latin letters take the room of a Chinese one: what is short enough to be read is not cut."""
    english = Card(
        "Interview interrupted: 张三, 数据分析师", "", (Button("Do not agree", key="no"),)
    ).payload("t-1")
    assert english["main_title"]["title"] == "Interview interrupted: 张三, 数据分析师"
    assert english["button_list"][0]["text"] == "Do not agree"
    long = Card(
        "字" * 27,
        "",
        (Button("一二三四五六七八九十一", key="a"), Button("See it in the back office", key="b")),
    )
    shown = long.payload("t-2")
    assert shown["main_title"]["title"] == "字" * 25 + "…"
    assert [one["text"] for one in shown["button_list"]] == ["一二三四五六七八九…", "See it in the back…"]
