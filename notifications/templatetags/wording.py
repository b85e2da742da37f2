"""How dates, lists and names are written in messages: filters that every message template may use."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

from core import contacts
from core.language import is_english
from messaging.told import told_words
from people.zones import at_readers, company_zone

register = template.Library()

ZH_WEEKDAYS = "一二三四五六日"
EN_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@register.filter
def moment(at: datetime) -> str:
    """A moment on the company's clock, and on the reader's where that shows another time.

    11月24日（周二）15:30 · 11月24日（周二）15:30（北京时间，您当地11月24日（周二）08:30）
    Tue 24 Nov, 15:30 (Beijing time) · Tue 24 Nov, 15:30 (Beijing time; Tue 24 Nov, 08:30 your time)
    """
    there = at_readers(at)
    return _on_both_clocks(_clock(timezone.localtime(at)), _clock(there) if there else "")


@register.filter
def span(begins: datetime, ends: datetime) -> str:
    """From one moment to another, as `moment` tells them; the day once where both lie on it.

    11月24日（周二）15:30至16:30 · 11月24日（周二）15:30至11月25日（周三）09:00
    Tue 24 Nov, 15:30 to 16:30 (Beijing time)
    """
    there, until = at_readers(begins), at_readers(ends)
    here, till = timezone.localtime(begins), timezone.localtime(ends)
    theirs = _from_to(there or here, until or till) if there or until else ""
    return _on_both_clocks(_from_to(here, till), theirs)


def _on_both_clocks(told: str, theirs: str) -> str:
    """What the company's clock shows, and the reader's where that shows something else."""
    if is_english():
        return f"{told} ({company_zone()}; {theirs} your time)" if theirs else f"{told} ({company_zone()})"
    return f"{told}（{company_zone()}，您当地{theirs}）" if theirs else told


def _from_to(begins: datetime, ends: datetime) -> str:
    until = f"{ends:%H:%M}" if begins.date() == ends.date() else _clock(ends)
    return f"{_clock(begins)} to {until}" if is_english() else f"{_clock(begins)}至{until}"


def _clock(local: datetime) -> str:
    if is_english():
        return f"{EN_WEEKDAYS[local.weekday()]} {local.day} {EN_MONTHS[local.month - 1]}, {local:%H:%M}"
    return f"{local.month}月{local.day}日（周{ZH_WEEKDAYS[local.weekday()]}）{local:%H:%M}"


@register.filter
def day(on: date) -> str:
    """A day with its year: 2026年11月24日（周二） · Tue 24 Nov 2026."""
    if is_english():
        return f"{EN_WEEKDAYS[on.weekday()]} {on.day} {EN_MONTHS[on.month - 1]} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日（周{ZH_WEEKDAYS[on.weekday()]}）"


@register.filter
def titles(things: Iterable[Any]) -> str:
    """Stages, courses or skills by their titles in the reader's language, as one list."""
    names = [titled(thing) for thing in things]
    if is_english():
        return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1] if names else ""
    return "、".join(f"“{name}”" for name in names)


@register.filter
def told(message: Any) -> str:
    """What became of a message, in the reader's language."""
    return told_words(message)


@register.filter
def titled(thing: Any) -> str:
    """One thing's title or name in the reader's language."""
    name = getattr(thing, "title", None) or getattr(thing, "name", None) or str(thing)
    if is_english():
        return getattr(thing, "title_en", "") or getattr(thing, "name_en", "") or name
    return name


@register.filter
def contact(person: Any) -> str:
    """A colleague's name and how to reach them: 李招聘（电话 138…，邮箱 li@…）."""
    english = is_english()
    labels = ("phone", "e-mail") if english else ("电话", "邮箱")
    given = (contacts.shown(person.phone) if person.phone else "", person.email)
    ways = [f"{label} {value}" for label, value in zip(labels, given, strict=True) if value]
    if not ways:
        return str(person)
    return f"{person} ({', '.join(ways)})" if english else f"{person}（{'，'.join(ways)}）"
