"""What people type, and what it finds."""

import pytest

from core.searching import MOST_WORDS, Asked, ids_matching, text_words
from people.names import search_key, sort_key
from recruitment.models import Candidate, Opening
from tests.factories import recruitment

pytestmark = pytest.mark.django_db


def candidate(name: str, phone: str = "", email: str = "") -> Candidate:
    return Candidate.objects.create(name=name, phone=phone, email=email)


def found(typed: str) -> set[str]:
    ids = ids_matching(Candidate, Asked.of(typed))
    return set(Candidate.objects.filter(pk__in=ids).values_list("name", flat=True))


@pytest.mark.parametrize(
    "typed",
    [
        "张三", "张", "三", "zhangsan", "ZhangSan", "zhang san", "san zhang", "zhang", "zs", "张 三", "１３８００１",
        "1380013", "138 0013 8000", "+86 138-0013-8000", "8000", "00138000", "a@b.com", "A@B", "张三 8000",
        "\u200b张三",
    ],
)  # fmt: skip
def test_one_person_is_found_by_whatever_one_knows(typed: str) -> None:
    candidate("张三", "+8613800138000", "A@b.com")
    candidate("李四", "+8613911112222", "lisi@example.com")
    assert found(typed) == {"张三"}


@pytest.mark.parametrize(
    "typed", ["四三", "zhansan", "9000", "800", "b.com", "%", "'", "张三 9999", "&", "z"]
)
def test_what_nobody_has_finds_nobody(typed: str) -> None:
    candidate("张三", "+8613800138000", "a@b.com")
    assert found(typed) == set()


@pytest.mark.parametrize(
    ("name", "spelt", "also"),
    [
        ("曾国强", "zengguoqiang", "cengguoqiang"),
        ("单雄", "shanxiong", "danxiong"),
        ("解晓东", "xiexiaodong", "xxd"),
        ("仇英", "qiuying", "qy"),
        ("查良", "zhaliang", "zl"),
        ("朴树", "piaoshu", "pushu"),
        ("区志航", "ouzhihang", "ozh"),
        ("翟天", "zhaitian", "zt"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("单于明", "chanyuming", "cym"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("阿卜杜·热合曼", "abodurehe", "热合曼"),
        ("吕布", "lvbu", "lübu"),
        ("Anna Schmidt", "schmidt", "as"),
    ],
)
def test_names_are_read_as_names(name: str, spelt: str, also: str) -> None:
    candidate(name)
    candidate("王五")
    assert found(spelt) == found(also) == {name}


def test_family_names_sort_as_they_are_read() -> None:
    assert sort_key("曾 国强") == "zeng1 guo2 qiang2"
    assert sort_key("尉迟恭") == "yu4 chi2 gong1"
    assert sort_key("长孙无忌").startswith("zhang3 sun1 ")
    assert sort_key("单于明").startswith("chan2 yu2 ")
    assert sort_key("Bob Li") == "bob li"


def test_the_key_follows_every_change() -> None:
    person = candidate("张三", "13800138000")
    person.name = "李四"
    person.save(update_fields=["name"])
    assert found("张三") == set()
    assert found("lisi") == {"李四"}
    person.refresh_from_db()
    assert person.search_key == search_key(["李四"], phone="13800138000")


def test_a_title_is_found_from_each_of_its_characters_on() -> None:
    recruitment.opening(title="高级数据分析师（Python）")
    assert text_words("数据 BI") == ["数据", "数据", "据", "bi"]
    for typed in ("数据分析", "分析师", "高级", "python", "高级 python"):
        assert len(ids_matching(Opening, Asked.of(typed))) == 1, typed
    assert ids_matching(Opening, Asked.of("会计")) == []


def test_a_search_is_bounded_and_says_so() -> None:
    asked = Asked.of(" ".join(["张三"] * 60))
    assert len(asked.words) == MOST_WORDS and asked.is_cut
    assert Asked.of("x" * 1000).is_cut
    assert not Asked.of("张三 8000").is_cut
    assert Asked.of("   ").words == ()
