"""How the API reads what it is sent. Apart from `rest`: Django REST framework imports its parsers before its pages."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.parsers import JSONParser

from core.errors import Invalid


class NotJSON(exceptions.ParseError):
    """The body is none, and where that begins."""


class StrictJSONParser(JSONParser):
    """JSON that can be kept and answered: nesting without end is malformed, half a character is invalid."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The content. NotJSON (400) when it is none, Invalid (422) when no database could hold its texts."""
        try:
            content = super().parse(stream, media_type, parser_context)
            json.dumps(content, ensure_ascii=False).encode()
        except RecursionError:
            raise NotJSON(_("The body is nested too deeply.")) from None
        except exceptions.ParseError as error:
            at: Any = error.__context__
            if not isinstance(at, json.JSONDecodeError):
                raise
            words = _("The body is no JSON: line %(line)s, character %(character)s.")
            raise NotJSON(words % {"line": at.lineno, "character": at.colno}) from None
        except UnicodeEncodeError:
            raise Invalid("invalid", _("The text contains characters that cannot be stored.")) from None
        return content
