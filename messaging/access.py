"""What whoever keeps the house reads and changes of this app: channels and connections, not what was sent over them."""

from people.rights import Right

KEPT = ("callback", "channelpause", "wecomconnection", "smsconnection", "smstemplate")
TO_CHANGE = {"wecomconnection": Right.KEEP, "smsconnection": Right.KEEP, "smstemplate": Right.KEEP}
