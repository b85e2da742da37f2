"""What sealing keeps for itself."""

NOT_RECORDED = {"SealedTable": "follows from the models after every migration, counted by a job"}
