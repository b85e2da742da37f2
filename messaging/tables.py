"""The ledger of messages under load: each row goes through three or four states."""

from core.tables import ROOM_FOR_UPDATES, Table

TABLES = [
    Table(model="messaging.Message", vacuum_after=5_000, analyze_after=5_000, fillfactor=ROOM_FOR_UPDATES),
    Table(model="messaging.Delivery", vacuum_after=5_000, analyze_after=5_000, fillfactor=ROOM_FOR_UPDATES),
]
