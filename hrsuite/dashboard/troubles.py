"""What the lead and the administrator are told above the first page when something is wrong with a machine."""

from django.http import HttpRequest
from django.utils.html import format_html_join

from core.admin import banners
from core.admin.steps import Text
from core.trouble import looking, words
from people.actors import person_of
from people.rules import is_lead, keeps_house


def standing(request: HttpRequest) -> Text | None:
    """A sentence for each thing that is wrong, with what to do. One query, for the lead and whoever keeps the house."""
    if request.path != "/admin/":
        return None
    person = person_of(request)
    if not (is_lead(person) or keeps_house(person)):
        return None
    found = looking.standing()
    return (
        format_html_join("", '<span class="hs-trouble">{}</span>', ((words.sentence(one),) for one in found))
        or None
    )


banners.register("hrsuite.troubles", standing)
