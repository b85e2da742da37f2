"""The schema is for programs: one text in every language, each answer with its errors and an example."""

from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from core.api.example_values import example_of
from core.api.filters import NO_NULL
from core.numbers import HIGHEST_ID

Refusal = inline_serializer(
    "Refusal",
    {
        "code": serializers.CharField(help_text="What is wrong, for programs: it never changes."),
        "message": serializers.CharField(help_text="The same for people, in the reader's language."),
    },
)
_REFUSAL = {"$ref": "#/components/schemas/Refusal"}
_JSON = "application/json"
# Of one that is answered before anybody knows whose it is, there is no code.
_Errors = dict[str, tuple[str | None, str]]
_EVERYWHERE: _Errors = {
    "401": ("not_authenticated", "No key, or one that nobody has."),
    "403": ("not_permitted", "Not for people of this role."),
    "406": ("not_acceptable", "Answers are JSON and nothing else."),
    "414": (None, "The address is too long: it is not read."),
    "422": ("unknown_parameter", "A parameter that is not known, or a value that cannot be."),
    "429": ("throttled", "Too many requests in this minute; again after `Retry-After` seconds."),
    "503": ("busy", "Very much is going on; again after `Retry-After` seconds."),
}
_OF_A_ROW: _Errors = {"404": ("not_found", "There is no such record, or it is not this person's.")}
_OF_A_LIST: _Errors = {"404": ("not_found", "There is no such page.")}
_OF_A_STEP: _Errors = {
    "400": ("parse_error", "The body is no JSON."),
    "413": ("too_large", "The body is too long."),
    "415": ("unsupported_media_type", "The body is of a kind that is not read here."),
}
_AGAIN = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 0}}}
_TAG = {
    "ETag": {
        "description": "Sent back as `If-None-Match`, the same content is answered 304 and nothing.",
        "schema": {"type": "string"},
    }
}
# Whole numbers that are neither ids nor counts.
_MAY_BE_NEGATIVE = {"offset_working_days"}
_SMALL = 2**31 - 1


class EnglishSchemaGenerator(SchemaGenerator):
    """Describes the API in English. Two sets of choices that differ only in English stay two."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """The whole schema."""
        with translation.override("en"):
            return super().get_schema(request, public)


def describe(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """What every endpoint shares, said once: bounds of ids and counts, errors, headers, examples."""
    components = result["components"]["schemas"]
    components.setdefault("Refusal", _refusal())
    for schema in components.values():
        for name, field in schema.get("properties", {}).items():
            _bound(name, field)
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _describe(path, method, operation, components)
    return result


def _refusal() -> dict[str, Any]:
    words = {name: str(field.help_text) for name, field in Refusal.fields.items()}
    fields = {name: {"type": "string", "description": text} for name, text in words.items()}
    return {"type": "object", "properties": fields, "required": list(fields)}


def _bound(name: str, field: dict[str, Any]) -> None:
    """Ids and counts are integers from 1 or 0 on; an array's items are bounded as its name says."""
    if field.get("type") == "array":
        _bound(name, field["items"])
    if field.get("type") == "string" and "maxLength" in field and not field.get("readOnly"):
        field.setdefault("pattern", NO_NULL)
    if field.get("type") != "integer" or name in _MAY_BE_NEGATIVE:
        return
    is_id = field.pop("format", None) == "int64" or name == "id" or name in _IDS
    field.update(
        {"format": "int64", "minimum": 1, "maximum": HIGHEST_ID} if is_id
        else {"minimum": max(0, field.get("minimum", 0)), "maximum": field.get("maximum", _SMALL)}
    )  # fmt: skip


# Fields that hold the id of another record.
_IDS = {
    "application", "assignee", "candidate_id", "caused_by", "competency", "employee", "exit", "interview", "interviews",
    "onboarding_case", "opening", "rests_on", "training_plan", "waits_on",
}  # fmt: skip


def _describe(path: str, method: str, operation: dict[str, Any], components: dict[str, Any]) -> None:
    responses = operation["responses"]
    is_step, is_row = method != "get", "{id}" in path or "{pk}" in path
    errors = _EVERYWHERE | (_OF_A_ROW if is_row else _OF_A_LIST) | (_OF_A_STEP if is_step else {})
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and parameter["name"] in ("id", "pk"):
            parameter["description"] = "The record's id."
            parameter["schema"] = {"type": "integer", "format": "int64", "minimum": 1, "maximum": HIGHEST_ID}
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = example_of(content["schema"], components)
    for status, response in responses.items():
        if status.startswith("2"):
            response["description"] = response.get("description") or "As asked."
            for content in response.get("content", {}).values():
                content["example"] = example_of(content["schema"], components)
    if not is_step:
        responses["200"]["headers"] = _TAG
        responses["304"] = {"description": "Nothing has changed since `If-None-Match`.", "headers": _TAG}
    for status, (code, words) in errors.items():
        answer: dict[str, Any] = {"description": words}
        if code is not None:
            example = {"code": code, "message": words}
            answer["content"] = {_JSON: {"schema": _REFUSAL, "example": example}}
        responses[status] = answer | ({"headers": _AGAIN} if status in ("429", "503") else {})
    if "409" in responses:
        responses["409"]["description"] = "The record's present state does not allow it."
        for content in responses["409"]["content"].values():
            said = {"code": "already_claimed", "message": "Somebody else has claimed it."}
            content["example"] = example_of(content["schema"], components) | said
    operation["responses"] = dict(sorted(responses.items()))
