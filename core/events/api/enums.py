"""What the API's schema calls the choices of this app."""

ENUMS = {
    "ReactionStateEnum": "core.events.models.ReactionState",
}
