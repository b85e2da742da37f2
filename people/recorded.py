"""Colleagues, departments and the calendar keep their history; what counts tries does not."""

NOT_RECORDED = {
    "SignInTries": "counts tries at the door, and is forgotten by the hour",
    "OpenSession": "holds the keys of sessions, and goes with each of them",
}
# When a key or an account was last used is no change of it; since when a file has its status follows from that.
NOT_SAID = {
    "User": ["last_login"],
    "ApiToken": ["last_used_on"],
    "Department": ["path"],
    "Employee": ["status_since"],
}
