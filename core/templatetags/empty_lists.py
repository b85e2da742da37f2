"""For empty lists, and for empty tables within a page."""

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


@register.filter
def empty_words(change_list: Any) -> Promise | str:
    """What this list says when there is nothing in it: its page's `nothing_yet`, else that it is empty."""
    return nothing_there(change_list.model_admin)


@register.filter
def nothing_there(options: Any) -> Promise | str:
    """The same of a list's page, or of a table within another one's page."""
    words: Promise | str = getattr(options, "nothing_yet", _("Nothing here yet."))
    return words
