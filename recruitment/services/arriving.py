"""What a page brings along when it enters: what was agreed to, a few words about the device, and its clock."""

from typing import Any

from people import zones
from people.actors import Actor, Party
from recruitment.enums_faces import Faces
from recruitment.models import Candidate, Consent, Interview

ASKED = ("recording", "ai_evaluation")
CONSENTS = (*ASKED, "faces")
CONSENT_VERSION = "2026-11"


def record_consents(interview: Interview, given: list[str]) -> None:
    """Write what was agreed to at the start, and later; coming back without a word withdraws nothing.

    Faces are agreed to where the interview's plan asks for it: elsewhere the word means nothing and is not kept.
    """
    asks_faces = "faces" in given and interview.version.faces != Faces.OFF
    known = {row.kind: row.given for row in interview.consents.filter(attempt=interview.attempt)}
    Consent.objects.bulk_create(
        Consent(
            interview=interview,
            attempt=interview.attempt,
            kind=kind,
            version=CONSENT_VERSION,
            given=kind in given,
        )
        for kind in (CONSENTS if asks_faces else ASKED)
        if kind not in known or (kind in given and not known[kind])
    )


def device_summary(device: dict[str, Any] | None) -> dict[str, str]:
    """The few words about the device that help a specialist; never more than a page may say about itself."""
    known = (
        "platform",
        "browser",
        "network",
        "width",
        "medium",
        "camera",
        "microphone",
        "upload_kbps",
        "type",
    )
    return {key: str(device[key])[:60].replace("\x00", "") for key in known if device and key in device}


def remember_zone(interview: Interview, by: Actor, device: dict[str, Any]) -> None:
    """Where the candidate's browser is: messages say their times on that clock, too."""
    zone = zones.known(device.get("time_zone"))
    if by is Party.CANDIDATE and zone:
        theirs = Candidate.objects.filter(applications=interview.application_id).exclude(time_zone=zone)
        theirs.update(time_zone=zone)
