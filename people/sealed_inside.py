"""Second factors: what an authenticator app and the recovery codes follow from."""

INSIDE = {"mfa.Authenticator": "data"}
