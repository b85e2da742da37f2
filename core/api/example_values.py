"""An example of everything that the schema describes: what the words alone leave open.

Every app's `api/examples.py` declares its own, by the field's name.
"""

from functools import cache
from typing import Any

from core.collecting import declared

_FORMATS = {
    "date-time": "2026-11-18T09:30:00+08:00",
    "date": "2026-11-18",
    "uri": "https://hr.example.com/api/v1/?page=2",
}


def example_of(schema: dict[str, Any], components: dict[str, Any], name: str = "") -> Any:
    """A value that fits the schema; `name` is the field's."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rsplit("/", 1)[1]], components, name)
    for together in ("allOf", "oneOf", "anyOf"):
        if schema.get(together):
            return example_of(schema[together][0], components, name)
    if schema.get("enum"):
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return _object(schema, components)
        case "array":
            return [example_of(schema["items"], components, name)]
        case "string":
            return _text(schema, name)
        case "integer":
            return max(int(schema.get("minimum", 0)), min(2, int(schema.get("maximum", 2))))
        case "number":
            return 86.5
        case "boolean":
            return False
    return None


def _object(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    fields = schema.get("properties")
    if fields:
        return {name: example_of(field, components, name) for name, field in fields.items()}
    more = schema.get("additionalProperties")
    return {"score": example_of(more, components)} if isinstance(more, dict) else {}


def _text(schema: dict[str, Any], name: str) -> Any:
    named = _named()
    if name in named and (named[name] is not None or schema.get("nullable")):
        return named[name]
    return _FORMATS.get(schema.get("format", ""), "…")


@cache
def _named() -> dict[str, Any]:
    """By the field's name."""
    return {name: each for module in declared("api.examples") for name, each in module.EXAMPLES.items()}
