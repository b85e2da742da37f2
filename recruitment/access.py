"""What it takes to change a row of this app; "" stands for every model without a line of its own."""

from people.rights import Right

TO_CHANGE = {"": Right.RECRUIT, "vendor": Right.KEEP, "vendorevent": Right.KEEP}
# Who the vendors are, not what they report; what colleagues (not candidates) have trouble with.
KEPT = ("vendor", "problem")
