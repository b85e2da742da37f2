"""Words beside each other in a template, as the reader's language sets them apart."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from core import joining

register = template.Library()


@register.filter
def joined(parts: Iterable[object]) -> str:
    """王芳、李雷 · Wang Fang, Li Lei."""
    return joining.joined(parts)


@register.filter
def clauses(parts: Iterable[object]) -> str:
    """笔试 80；综合评估 75 · written test 80; overall 75."""
    return joining.clauses(parts)


@register.filter
def named(name: Any, value: Any) -> SafeString:
    """原因：时间冲突 · reason: time conflict. What is safe of the two stays as it is, the rest is escaped."""
    return SafeString(joining.named(conditional_escape(name), conditional_escape(value)))


@register.filter
def remark(text: Any) -> SafeString:
    """（60–80） ·  (60–80), to stand behind a word without a blank."""
    return SafeString(joining.remark(conditional_escape(text)))
