"""How the ways to estimate are called, and what is enough to learn from: what pages say without estimating."""

LEARNED, CARRIED, DOCUMENTED = "learned", "carried_mean", "documented_weights"
# What a table of scores calls the columns of tests.
TESTS = "test_"
# Fewer finished interviews than this teach nothing that could be checked.
ENOUGH = 30
