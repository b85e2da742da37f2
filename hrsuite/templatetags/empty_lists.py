"""For the page of an empty list."""

from typing import Any

from django import template
from django.utils.functional import Promise

from hrsuite.dashboard.empty import words_for

register = template.Library()


@register.filter
def empty_words(change_list: Any) -> Promise | str:
    """What this list says when there is nothing in it."""
    return words_for(change_list.opts.label_lower)
