"""For the top of every page."""

from typing import Any

from django import template

from core.admin.banners import sentences
from core.admin.steps import Text

register = template.Library()


@register.simple_tag(takes_context=True)
def banners(context: Any) -> list[Text]:
    """The sentences that stand above every page now."""
    request = context.get("request")
    return sentences(request) if request is not None else []
