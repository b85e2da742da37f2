"""For the page of an empty list."""

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


@register.filter
def empty_words(change_list: Any) -> Promise | str:
    """What this list says when there is nothing in it: its page's `nothing_yet`, else that it is empty."""
    words: Promise | str = getattr(change_list.model_admin, "nothing_yet", _("Nothing here yet."))
    return words
