"""What it takes to change a row of this app; "" stands for every model without a line of its own."""

from people.rights import Right

TO_CHANGE = {
    "": Right.RECRUIT,
    "vendor": Right.KEEP,
    "vendorevent": Right.KEEP,
    "mailbox": Right.KEEP,
    "experiment": Right.DECIDE,
}
# Who the vendors are and where mail is read, not what they bring; what colleagues (not candidates) have trouble with.
KEPT = ("vendor", "mailbox", "problem")
