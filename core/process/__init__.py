"""The embedded PostgreSQL and the process supervisor. Nothing here imports Django.

The embedded server is used when DATABASE_URL is not set: ``python -m core.process start|stop|url``.
"""
