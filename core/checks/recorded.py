"""The data check's own table."""

NOT_RECORDED = {"Check": "each row is one look, written once: who asked for it and what it found"}
