"""The ground's own tables."""

NOT_RECORDED = {"LongWork": "each row is one run, with its own times, counts and errors"}
