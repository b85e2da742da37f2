"""How a personal value is shown to whom it is enough to know it again by: 138****1234, z***@example.com."""

import re

_FIRST, _LAST = 3, 4
_CITIES = "北京|天津|上海|重庆"
_NORTH = "河北|山西|辽宁|吉林|黑龙江|山东|河南|陕西|甘肃|青海"
_SOUTH = "江苏|浙江|安徽|福建|江西|湖北|湖南|广东|海南|四川|贵州|云南|台湾"
_REGIONS = "内蒙古|广西|西藏|宁夏|新疆"
_PROVINCE = rf"(?:{_NORTH}|{_SOUTH})省|(?:{_REGIONS})(?:壮族|回族|维吾尔)?自治区"
_CITY = r"[^\d市州盟区县省]{1,12}(?:市|自治州|地区|盟)"
_REGION = re.compile(rf"(?:{_CITIES})市|(?:香港|澳门)特别行政区|(?:{_PROVINCE})(?:{_CITY})?")


def phone(plain: str) -> str:
    """The first three digits and the last four; of a short one the last two."""
    digits = plain.partition(";")[0].removeprefix("+86").removeprefix("+")
    if len(digits) <= _FIRST + _LAST:
        return "*" * max(len(digits) - 2, 0) + digits[-2:] if digits else ""
    return f"{digits[:_FIRST]}{'*' * (len(digits) - _FIRST - _LAST)}{digits[-_LAST:]}"


def email(plain: str) -> str:
    """The first letter and the domain."""
    local, at, domain = plain.partition("@")
    return f"{local[:1]}***{at}{domain}" if plain else ""


def document(plain: str) -> str:
    """The last four characters of a document's number; of a short one the last two."""
    shown = _LAST if len(plain) > _FIRST + _LAST else 2
    return "*" * max(len(plain) - shown, 0) + plain[-shown:] if plain else ""


def home(plain: str) -> str:
    """Province and city, where the address begins with them; else nothing of it."""
    found = _REGION.match(plain)
    return f"{found[0] if found else ''}{text(plain)}"


def text(plain: str) -> str:
    """Nothing of it."""
    return "•••" if plain else ""


def reach(*, phone_number: str, address: str) -> str:
    """How a person is reached, as far as it takes to know them again: the number, else the address; "" for neither."""
    return phone(phone_number) or email(address)
