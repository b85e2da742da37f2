"""A page of the admin as a browser has it: what it would send back."""

from typing import Any

from django.db import connection
from django.urls import reverse


def address_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def filled(page: Any) -> dict[str, Any]:
    """What a browser would send back from this page, nothing touched: its hidden marks included."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    values: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if hasattr(value, "__iter__") and not isinstance(value, str):
                value = [getattr(each, "pk", each) for each in value]
            if value is not None and value is not False:
                values[bound.html_name] = value
    return values | {"_opened_with": page.context["opened_with"]}


def shown_in_full(client: Any, row: Any) -> None:
    """From now on this session's page of the row has number and addresses in its boxes."""
    address = address_of(row).replace("/change/", "/steps/show-in-full/")
    assert client.post(address, {"why": "correct"}).status_code == 302


def saved(client: Any, row: Any, **changes: Any) -> Any:
    """The page of a row, sent back with changes. What the database checks at the end it checks at once."""
    address = address_of(row)
    answer = client.post(address, {**filled(client.get(address)), **changes})
    connection.check_constraints()
    return answer
