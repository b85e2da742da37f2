"""The schema is for programs: one text, whatever language its reader's browser asks for."""

from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator


class EnglishSchemaGenerator(SchemaGenerator):
    """Describes the API in English. Two sets of choices that differ only in English stay two."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """The whole schema."""
        with translation.override("en"):
            return super().get_schema(request, public)
