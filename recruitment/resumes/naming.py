"""Whose résumé a file is, by its own words or by what the file is called. Pure functions; a person says yes to it."""

import re
from dataclasses import dataclass

# As much as a candidate's name holds. Names of three characters are likelier than those of four.
LONGEST, _SHORT = 60, 3
_SAID = re.compile(
    r"(?:姓\s*名|(?:^|\n)\s*(?:[Ff]ull )?[Nn]ame)\s*[:：]?\s*"
    r"(?P<name>[\u4e00-\u9fff·]{2,10}|[A-Z][A-Za-z'’-]+(?: [A-Z][A-Za-z'’.-]*){1,3})"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff·]+")
_ENGLISH = re.compile(r"[A-Z][a-z'’]+(?:[ _-][A-Z][a-z'’]+){1,3}")
# What stands beside a name in the names of files.
_BESIDE = re.compile(r"的?(?:个人|求职|应聘|中文|英文|最新|电子)*(?:简历|履历|求职信|应聘|求职|附件|副本)")
_COMPOUND = (
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "长孙", "宇文", "司徒", "夏侯", "端木",
)  # fmt: skip
_SURNAMES = set(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪季殷申樊兰"
    "章鲁葛倪聂丛岳齐梅庄辛管祝左涂谷祁舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单"
    "包司柏宁柯阮桂闵欧阳解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟晁"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name, and the words that it stands on."""

    name: str
    passage: str


def whose(text: str, file_name: str) -> Named | None:
    """The name that the text says to be one; else what looks like one in the file's name; None where nothing does."""
    said = _SAID.search(text)
    if said is not None:
        return Named(said["name"].strip(" ·")[:LONGEST], " ".join(said[0].split()))
    stem = file_name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or file_name
    parts = [part for part in _CHINESE.findall(_BESIDE.sub(" ", stem)) if _looks_like_a_name(part)]
    if parts:
        return Named(min(parts, key=lambda part: len(part) > _SHORT), stem)
    english = _ENGLISH.search(stem)
    return Named(re.sub(r"[_-]", " ", english[0])[:LONGEST], stem) if english else None


def _looks_like_a_name(part: str) -> bool:
    if part.startswith(_COMPOUND):
        return len(part) in (3, 4)
    return len(part) in (2, 3, 4) and part[0] in _SURNAMES
