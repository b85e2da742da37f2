"""Who changed what, when, from where and why: written by the database itself, whatever the change came through.

Statement triggers on every business table write into one table (`Change`); a page, the API, a job, `update()` over a
set and plain SQL are all met. `acting` and `because` say who and why; the connection's cursor hands that to the
triggers with the first write of a transaction, in the same round trip. docs/history.md says what is kept and why.
"""
