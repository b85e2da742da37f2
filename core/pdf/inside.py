"""The half that lays a document out, in a process of its own: JSON on standard input, the PDF on standard output.

It runs confined, and knows neither Django nor the database. typst reads its template, the one font and nothing else:
no system font, no package from the network. What goes wrong is an exit code and no text, since an error of typst
quotes what it stumbled over.
"""

import json
import sys
from pathlib import Path


def main() -> None:
    """Make the one document that is asked for."""
    asked = json.load(sys.stdin.buffer)
    import typst  # noqa: PLC0415 -- heavy, and only here

    template = Path(asked["template"])
    try:
        content = typst.compile(
            str(template),
            root=str(template.parent),
            font_paths=[asked["font"]],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(asked["data"])},
            package_path=str(template.parent / "no-packages"),
            package_cache_path=str(template.parent / "no-packages"),
            format="pdf",
            pdf_standards="ua-1",
        )
    except (typst.TypstError, RuntimeError, MemoryError):
        sys.exit(3)
    if not isinstance(content, bytes):
        sys.exit(4)
    sys.stdout.buffer.write(content)
