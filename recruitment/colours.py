"""One colour for each state, wherever it is shown."""

INTERVIEW = {
    "scheduled": "info",
    "in_progress": "primary",
    "interrupted": "danger",
    "completed": "success",
    "abandoned": "warning",
    "missed": "warning",
    "cancelled": "default",
}
APPLICATION = {
    "applied": "default",
    "screening": "info",
    "interviewing": "info",
    "evaluating": "primary",
    "second_round": "success",
    "offer": "success",
    "hired": "success",
    "rejected": "danger",
    "withdrawn": "default",
    "fell_through": "danger",
}
FOLLOW_UP = {"open": "warning", "claimed": "info", "closed": "default"}
BASIS = {"full": "success", "partial": "warning", "fallback": "warning"}
ASSESSMENT = {"current": "success", "superseded": "default", "withdrawn": "default"}
DECISION = {
    "invited": "success",
    "below": "default",
    "asked": "warning",
    "declined": "default",
    "overtaken": "default",
}
OFFER = {
    "draft": "default",
    "approved": "info",
    "sent": "primary",
    "accepted": "success",
    "declined": "danger",
    "expired": "warning",
    "withdrawn": "default",
}
SLOTS = {"open": "primary", "chosen": "success", "expired": "warning", "withdrawn": "default"}
