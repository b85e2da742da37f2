"""The load tool and the honest demo: many candidates at once over real HTTP, and what became of what they sent.

`setting` makes the candidates, `scripts` decides who does what, `candidate` lives it through `wire`, `journal` keeps
what was sent and acknowledged, `compare` holds that against the database, `report` prints it.
"""
