"""Examples of the fields of plans and courses, as the API's schema shows them."""

EXAMPLES = {
    "code": "excel-advanced",
}
