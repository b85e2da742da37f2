"""Candidates, applications, interviews, their room, their exits and who has to call."""

from tools.bench.lists.rows.drawing import OPENING, VERSION, Rows

_CANDIDATE = """r.i AS id, b.name, b.name_key,
    CASE WHEN r.h3 < 950 THEN b.spelt || r.i || '@example.com' ELSE '' END AS email, '+86' || d.digits AS phone,
    b.words AS search_key, 'zh-hans' AS language,
    r.at - interval '3 days' AS created_at"""

ROWS: tuple[Rows, ...] = (
    Rows(
        "recruitment_candidate",
        _CANDIDATE,
        "r.i <= {n} * 0.9",
        """bench_row r JOIN bench_name b ON b.k = r.named CROSS JOIN LATERAL
           (SELECT (13000000000 + (r.i::bigint * 4294967291) % 6999999999)::text) AS d(digits)""",
    ),
    Rows(
        "recruitment_application",
        """r.i AS id, r.person AS candidate_id, r.opening AS opening_id, r.stage,
           least(r.at + interval '5 days', now()) AS stage_since,
           CASE WHEN r.is_planned THEN (r.at + interval '60 days')::date END AS planned_start,
           CASE WHEN r.stage IN ('evaluating', 'second_round') THEN (r.at + interval '8 days')::date END AS promised_by,
           CASE WHEN r.stage = 'rejected' THEN '不符合要求' ELSE '' END AS end_reason, '' AS stood_at,
           r.at - interval '3 days' AS created_at""",
    ),
    Rows(
        "recruitment_stagepassage",
        """r.i * 3 + p.number AS id, r.i AS application_id, p.stage, p.to_stage, p.entered_at, p.left_at,
           CASE WHEN p.stage <> 'interviewing' THEN (p.entered_at + interval '4 days')::date END AS promised_by""",
        "p.stage <> p.to_stage AND p.left_at < now()",
        """bench_row r CROSS JOIN LATERAL (VALUES
           (0, 'applied', 'interviewing', r.at - interval '3 days', r.at - interval '2 days'),
           (1, 'interviewing', CASE WHEN r.state = 'completed' THEN 'evaluating' ELSE r.stage END,
            r.at - interval '2 days', r.at + interval '40 minutes'),
           (2, CASE WHEN r.state = 'completed' THEN 'evaluating' ELSE r.stage END, r.stage,
            r.at + interval '40 minutes', r.at + interval '5 days')
           ) AS p(number, stage, to_stage, entered_at, left_at)""",
    ),
    Rows(
        "recruitment_interview",
        """r.i AS id, r.i AS application_id, r.opening AS of_opening_id, v.id AS version_id, r.kind,
           1 AS round, r.state, r.attempt, '' AS stood_at,
           r.at - CASE WHEN r.state = 'scheduled' THEN interval '-1 day' ELSE interval '1 hour' END AS window_opens_at,
           r.at + interval '3 days' AS window_closes_at,
           CASE WHEN r.state = 'interrupted' THEN r.at + interval '18 days' END AS resume_until,
           (r.at + interval '4 days')::date AS expected_result, (r.has_left AND r.h2 < 75)::int AS announced_exits,
           0 AS rescheduled_by_candidate,
           CASE WHEN r.state IN ('completed', 'in_progress', 'interrupted', 'abandoned') THEN r.at END AS started_at,
           CASE WHEN r.has_left THEN r.at + interval '11 minutes' END AS interrupted_at,
           CASE WHEN r.state = 'completed' THEN r.at + interval '40 minutes' END AS completed_at,
           r.at - interval '2 days' AS created_at""",
        source=f"bench_row r {OPENING} {VERSION}",
    ),
    Rows(
        "recruitment_lease",
        """r.i AS interview_id, 1 AS epoch, r.state = 'in_progress' AS live, true AS visible, false AS is_leaving,
           false AS in_outage, CASE WHEN r.state = 'in_progress' THEN now() ELSE r.at + interval '40 minutes' END
               AS last_seen_at,
           CASE WHEN r.state = 'in_progress' THEN now() + CASE WHEN r.h1 < 100 THEN interval '-1 minute'
                ELSE interval '10 hours' END ELSE r.at + interval '41 minutes' END AS expires_at""",
        "r.state IN ('completed', 'in_progress', 'interrupted', 'abandoned')",
    ),
    Rows(
        "recruitment_roomlink",
        """r.i AS id, r.i AS interview_id, encode(sha256(('l' || r.i)::bytea), 'hex') AS token_hash,
           r.at - interval '2 days' AS created_at, r.at + interval '20 days' AS expires_at,
           CASE WHEN r.h3 < 30 THEN r.at END AS revoked_at""",
    ),
    Rows(
        "recruitment_roomsession",
        """r.i AS id, r.i AS link_id, r.i AS interview_id, encode(sha256(('s' || r.i)::bytea), 'hex') AS token_hash,
           r.at AS created_at""",
        "r.state <> 'scheduled'",
    ),
    Rows(
        "recruitment_roomentry",
        """r.i AS id, r.i AS interview_id, r.attempt, 1 AS epoch, '{{"platform": "Android"}}'::jsonb AS device,
           r.at AS at""",
        "r.state <> 'scheduled'",
    ),
    Rows(
        "recruitment_consent",
        """r.i AS id, r.i AS interview_id, r.attempt, 'ai_evaluation' AS kind, '1' AS version, NOT r.awaits AS given,
           r.at AS at""",
        "r.state <> 'scheduled'",
    ),
    Rows(
        "recruitment_interviewexit",
        """r.i AS id, r.i AS interview_id, r.attempt,
           (ARRAY['network', 'page_closed', 'app_switched', 'device', 'time_conflict', 'unknown'])[1 + r.h3 % 6] AS cause,
           CASE WHEN r.h4 < 100 THEN 'device' ELSE '' END AS corrected_cause, r.h2 < 75 AS is_announced,
           '{{}}'::jsonb AS evidence, '' AS note, r.at + interval '11 minutes' AS left_at,
           CASE WHEN r.is_back THEN r.at + interval '25 minutes' END AS returned_at""",
        "r.has_left",
    ),
    Rows(
        "recruitment_followup",
        """r.i AS id, r.i AS interview_id, r.opening AS of_opening_id, r.i AS exit_id, r.attempt, 'exit' AS kind,
           CASE WHEN r.state = 'interrupted' THEN CASE WHEN r.h3 < 400 THEN 'claimed' ELSE 'open' END ELSE 'closed' END
               AS state,
           CASE WHEN r.state = 'interrupted' THEN '' WHEN r.is_back THEN 'returned' ELSE 'unreachable' END AS outcome,
           '' AS note, '' AS answer, o.specialist_id AS assignee_id, r.at + interval '11 minutes' AS opened_at,
           r.at + interval '1 day' AS due_at""",
        "r.has_left",
        f"bench_row r {OPENING}",
    ),
    Rows(
        "recruitment_contactattempt",
        """r.i AS id, r.i AS follow_up_id, r.attempt, o.specialist_id AS by_id, 'phone' AS channel, false AS reached,
           '' AS note, r.at + interval '2 hours' AS at""",
        "r.has_left AND NOT r.is_back",
        f"bench_row r {OPENING}",
    ),
)
