"""An example of everything that the schema describes: what the words alone leave open."""

from typing import Any

# By the field's name, where its type says too little.
_NAMED: dict[str, Any] = {
    "assignee_name": "李招聘",
    "audience": "candidate",
    "body": "您的面试中断了，已完成的环节都已保存。我们将在24小时内联系您。",
    "by": "system",
    "candidate": "王小明",
    "code": "excel-advanced",
    "department": "市场部",
    "done_by": "陈入职",
    "error": None,
    "event": "interview_interrupted",
    "label": "Excel",
    "message": "…",
    "method": "rubric-1",
    "month": "2026-11",
    "name": "沟通能力",
    "next": "https://hr.example.com/api/v1/interviews/?page=2",
    "note": "Will go on tonight.",
    "opening": "数据分析师",
    "opening_title": "数据分析师",
    "point": "数据透视表",
    "previous": None,
    "quote": "我每周用数据透视表做汇总",
    "skill": "Excel",
    "skill_code": "excel",
    "source": "stage",
    "title": "数据分析师",
    "type": "recruitment.interview",
    "week": "2026-W47",
}
_FORMATS = {
    "date-time": "2026-11-18T09:30:00+08:00",
    "date": "2026-11-18",
    "uri": "https://hr.example.com/api/v1/interviews/?page=2",
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
    if name in _NAMED and (_NAMED[name] is not None or schema.get("nullable")):
        return _NAMED[name]
    return _FORMATS.get(schema.get("format", ""), "…")
