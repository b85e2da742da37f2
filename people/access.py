"""What it takes to change a row of this app; "" stands for every model without a line of its own."""

from people.rights import Right

TO_CHANGE = {"": Right.KEEP, "employee": Right.PREPARE}
# What whoever keeps the house reads without reading anything of HR's.
KEPT = ("user", "department", "apitoken", "secondfactorrule", "calendarday", "calendaryear", "roleright")
