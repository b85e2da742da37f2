"""How fast it is, in ratios of one run on one machine: `script/bench`. Nothing here is part of a running suite.

`heartbeat` compares a heartbeat with a bare UPDATE behind the same web server, `exits` times one exit with its whole
chain, `flood` ends thousands of leases at once and waits until every chain is done.
"""
