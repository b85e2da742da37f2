"""What whoever keeps the house reads and changes of this app: channels and connections, not what was sent over them."""

from people.rights import Right

KEPT = (
    "approvaltemplate",
    "callback",
    "channelpause",
    "wecomconnection",
    "smsconnection",
    "smstemplate",
)
TO_CHANGE = {
    "approvaltemplate": Right.KEEP,
    "wecomconnection": Right.KEEP,
    "smsconnection": Right.KEEP,
    "smstemplate": Right.KEEP,
}
