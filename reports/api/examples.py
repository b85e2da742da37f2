"""Examples of the fields of reports, as the API's schema shows them."""

EXAMPLES = {
    "month": "2026-11",
    "week": "2026-W47",
}
