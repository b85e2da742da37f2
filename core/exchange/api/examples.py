"""Examples of what the type of a field says too little of."""

EXAMPLES = {
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "kind": None,
    "column": "手机",
}
