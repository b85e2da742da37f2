"""Recruitment's table under load: each candidate's lease is updated every ten seconds."""

from core.tables import Table

# Half of each page is free for the next beats: a heartbeat stays on its page and touches no index.
TABLES = [Table(model="recruitment.Lease", vacuum_after=2_000, analyze_after=2_000, fillfactor=50)]
