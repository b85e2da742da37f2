"""Examples of fields that every app's answers have, where their type says too little."""

EXAMPLES = {
    "code": "…",
    "error": None,
    "message": "…",
    "next": "https://hr.example.com/api/v1/?page=2",
    "previous": None,
}
