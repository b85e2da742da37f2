"""The ledger's tables under load: the pulse beats every two seconds, each chain writes a dozen receipts."""

from core.tables import ROOM_FOR_UPDATES, Table

TABLES = [
    Table(model="events.Pulse", vacuum_after=50, analyze_after=500, fillfactor=10),
    Table(model="events.Event", vacuum_after=20_000, analyze_after=10_000),
    Table(model="events.Reaction", vacuum_after=20_000, analyze_after=10_000, fillfactor=ROOM_FOR_UPDATES),
]
