"""What the API's schema calls the choices of this app."""

ENUMS = {
    "MessageKindEnum": "notifications.enums.Kind",
    "MessageStateEnum": "notifications.enums.MessageState",
}
