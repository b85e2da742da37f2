"""The plan of all interviews: what each came to, drawn from its number, so that two loads of one size are alike.

Ids follow from the number as well: interview and application i, event 10 i + k. Payloads are short, and an event has at
most two reactions: a million interviews with their neighbours then take some 15 GB instead of 30.
"""

from dataclasses import dataclass

DAYS = 730

PLAN = """
CREATE UNLOGGED TABLE bench_row AS
WITH draw AS (
    SELECT i, now() - (1 - i::float8 / {n}) * interval '{days} days' AS at,
        abs(hashint8extended(i, 1) % 1000) AS h1, abs(hashint8extended(i, 2) % 1000) AS h2,
        abs(hashint8extended(i, 3) % 1000) AS h3, abs(hashint8extended(i, 4) % 1000) AS h4,
        abs(hashint8extended(i, 5) % 20000) AS named
    FROM generate_series(1::bigint, {n}) i
), stated AS (
    SELECT *, CASE
        WHEN i > {n} - {live} THEN 'in_progress'
        WHEN i > {n} * 0.98 THEN 'scheduled'
        WHEN i > {n} * 0.975 AND h1 < 150 THEN 'interrupted'
        WHEN h1 < 60 THEN 'abandoned' WHEN h1 < 130 THEN 'missed' WHEN h1 < 170 THEN 'cancelled'
        ELSE 'completed' END AS state
    FROM draw
), judged AS (
    SELECT *, CASE WHEN state = 'scheduled' THEN 1 WHEN h3 < 80 THEN 2 ELSE 1 END AS attempt,
        CASE WHEN i <= {n} * 0.9 THEN i ELSE 1 + ((i - ceil({n} * 0.9)::bigint) * 3) % greatest({n} / 2, 1) END AS person,
        1 + least({openings} - 1, greatest(0, ((i - 1) * {openings} / {n}) + (h2 % (2 * {spread} + 1)) - {spread})) AS opening,
        CASE WHEN h4 < 50 THEN 'vendor' ELSE 'room' END AS kind,
        state IN ('interrupted', 'abandoned') OR state IN ('completed', 'in_progress') AND h2 < 150 AS has_left,
        state = 'completed' AND h2 >= 985 AS awaits,
        (400 + h3 % 600)::numeric / 10 AS score
    FROM stated
)
SELECT *, state IN ('completed', 'in_progress') AS is_back,
    CASE WHEN awaits THEN NULL WHEN state = 'completed' THEN 'full' WHEN has_left THEN 'fallback' END AS basis,
    CASE
        WHEN state IN ('scheduled', 'in_progress', 'interrupted') THEN 'interviewing'
        WHEN state <> 'completed' THEN CASE WHEN h4 < 700 THEN 'rejected' ELSE 'withdrawn' END
        WHEN awaits OR i > {n} * 0.985 AND score < 80 THEN 'evaluating'
        WHEN score >= 80 AND i > {n} * 0.95 THEN
            CASE WHEN h4 < 500 THEN 'second_round' WHEN h4 < 800 THEN 'offer' ELSE 'hired' END
        WHEN score >= 80 AND h4 < 600 THEN 'hired'
        WHEN h4 < 900 THEN 'rejected' ELSE 'withdrawn' END AS stage,
    (score >= 80 AND state = 'completed' OR state = 'interrupted') AND h4 < 600 AS is_planned
FROM judged
"""

# From a row of the plan to its opening, and on to the stages of that opening's plan.
OPENING = "JOIN recruitment_opening o ON o.id = r.opening"
VERSION = "JOIN recruitment_planversion v ON v.plan_id = o.interview_plan_id"
STAGES = f"{VERSION} JOIN recruitment_stage s ON s.version_id = v.id"


@dataclass(frozen=True, slots=True)
class Rows:
    """One table's rows: `select` reads from `bench_row r`, and names its columns."""

    table: str
    select: str
    where: str = "true"
    source: str = "bench_row r"


def evidence(kind: str) -> str:
    """A list with one piece of evidence, as it is stored."""
    return f"""'[{{{{"source": "{kind}", "label": "{kind}", "value": "80", "weight": "1"}}}}]'::jsonb"""


# What the rubric keeps of a question: the point it looked for, and the words that say so.
POINT = """'[{{"point": "看板", "weight": 1, "quote": "我负责销售看板。"}}]'::jsonb"""
