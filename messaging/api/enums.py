"""What the API's schema calls the choices of this app."""

ENUMS = {
    "MessageKindEnum": "messaging.kinds.choices",
    "MessageStateEnum": "messaging.enums.MessageState",
    "ToldEnum": "messaging.told.Told",
}
