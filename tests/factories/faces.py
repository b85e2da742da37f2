"""A plan that notes faces, a library that is there, and figures of an answer."""

from pathlib import Path
from typing import Any

import pgtrigger

from recruitment.models import FaceFigures, PlanVersion
from recruitment.recordings import facelib
from recruitment.recordings.services.faces import AWAY_DEGREES, METHOD

COUNTED: dict[str, Any] = {"seconds": 20, "frames": 10, "absent": 2, "away": 3, "several": 1}


def ask(version: PlanVersion, how: str) -> None:
    """As if the published version had been published so."""
    with pgtrigger.ignore("recruitment.PlanVersion:published_stands"):
        PlanVersion.objects.filter(pk=version.pk).update(faces=how)


def put_in(modules: Path | None = None) -> None:
    """The library's folder, whole: with the real files out of the developers' modules, or with a byte in each."""
    roots = {facelib.HUMAN: "@vladmandic/human", facelib.WASM: "@tensorflow/tfjs-backend-wasm"}
    facelib.place().mkdir(parents=True)
    for package, taken in facelib.TAKEN.items():
        for inside, name in taken.items():
            inner = inside.removeprefix("package/")
            content = b"x" if modules is None else (modules / roots[package] / inner).read_bytes()
            facelib.keep(facelib.place(), name, content)


def figures(answer_id: int, **values: Any) -> FaceFigures:
    """A row as a page's figures make it."""
    counts = {} if "reason" in values else COUNTED
    return FaceFigures.objects.create(
        answer_id=answer_id, degrees=AWAY_DEGREES, method=METHOD, **{**counts, **values}
    )
