"""Examples of the fields of cases and their steps, as the API's schema shows them."""

EXAMPLES = {
    "department": "市场部",
    "done_by": "陈入职",
}
