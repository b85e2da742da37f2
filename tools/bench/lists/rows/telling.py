"""What happened, who followed it, and what was told."""

from tools.bench.lists.rows.drawing import Rows

EVENTS = """
    CROSS JOIN LATERAL (VALUES
        (0, 'interview_scheduled', 'recruitment.interview', r.i, interval '-2 days', true),
        (1, 'interview_started', 'recruitment.interview', r.i, interval '0', r.state IN
            ('completed', 'in_progress', 'interrupted', 'abandoned')),
        (2, 'stage_saved', 'recruitment.interview', r.i, interval '10 minutes', r.state = 'completed'),
        (3, 'interview_interrupted', 'recruitment.interview', r.i, interval '11 minutes', r.has_left),
        (4, 'interview_resumed', 'recruitment.interview', r.i, interval '25 minutes', r.has_left AND r.is_back),
        (5, 'interview_completed', 'recruitment.interview', r.i, interval '40 minutes', r.state = 'completed'),
        (6, 'assessment_issued', 'recruitment.assessment', r.i, interval '41 minutes', r.basis IS NOT NULL),
        (7, 'application_moved', 'recruitment.application', r.i, interval '42 minutes', r.state = 'completed'),
        (8, 'interview_' || r.state, 'recruitment.interview', r.i, interval '3 days',
            r.state IN ('abandoned', 'missed', 'cancelled')),
        (9, 'application_ended', 'recruitment.application', r.i, interval '5 days',
            r.stage IN ('rejected', 'withdrawn'))
    ) AS e(k, kind, subject_type, subject_id, after, happened)"""

ROWS: tuple[Rows, ...] = (
    Rows(
        "events_event",
        """r.i * 10 + e.k AS id, e.kind, e.subject_type, e.subject_id, 'recruitment.interview' AS origin_type,
           r.i AS origin_id, jsonb_build_object('attempt', r.attempt, 'exit', r.i) AS facts, 'system' AS by,
           CASE WHEN e.k > 3 THEN r.i * 10 + 1 END AS caused_by_id, least(r.at + e.after, now()) AS at""",
        "e.happened",
        f"bench_row r {EVENTS}",
    ),
    Rows(
        "events_reaction",
        """(r.i * 10 + e.k) * 2 + w.place AS id, r.i * 10 + e.k AS event_id, w.name, e.subject_type, e.subject_id,
           CASE WHEN r.i % 100000 = 7 THEN 'failed' ELSE 'done' END AS state, 1 AS attempts, r.at AS next_try_at,
           r.at + e.after AS done_at, '' AS error, '' AS note, '[]'::jsonb AS effects""",
        "e.happened",
        f"bench_row r {EVENTS} JOIN bench_receiver w ON w.kind = e.kind",
    ),
    Rows(
        "messaging_message",
        """r.i * 3 + g.k AS id, (ARRAY['scheduled', 'guide', 'evaluated'])[g.k + 1] AS kind, 'candidate' AS audience,
           'zh-hans' AS language, 'recruitment.interview' AS topic_type, r.i AS topic_id,
           'recruitment.interview' AS origin_type, r.i AS origin_id, 'recruitment.candidate' AS addressee_type,
           r.person AS addressee_id, b.name AS recipient_name, '您的面试' AS subject,
           '您好，您的AI面试已安排，请在窗口期内完成。我们会在三个工作日内告知结果。' AS body,
           CASE WHEN r.i % 50000 = 3 THEN 'failed' ELSE 'accepted' END AS state, r.at AS due_at,
           '' AS cancelled_reason, 'b:' || r.i || ':' || g.k AS idem_key, r.at AS created_at,
           CASE WHEN r.i % 50000 = 3 THEN NULL ELSE r.at + interval '3 seconds' END AS accepted_at""",
        "true",
        "bench_row r JOIN bench_name b ON b.k = r.named CROSS JOIN generate_series(0, 2) g(k)",
    ),
    Rows(
        "messaging_delivery",
        """r.i * 3 + k AS id, r.i * 3 + k AS message_id, 'email' AS channel, 1 AS seq,
           CASE WHEN r.i % 50000 = 3 THEN 'failed' ELSE 'accepted' END AS state, md5((r.i * 3 + k)::text) AS provider_key,
           r.at AS due_at, '' AS lease_token, 1 AS attempt_count, 1 AS counted, false AS is_unconfirmed,
           '' AS provider_id, '' AS last_code, r.at + interval '3 seconds' AS accepted_at""",
        "true",
        "bench_row r CROSS JOIN generate_series(0, 2) k",
    ),
    Rows(
        "messaging_attempt",
        """r.i * 3 + k AS id, r.i * 3 + k AS delivery_id, 1 AS number, r.at AS started_at, r.at AS finished_at,
           'accepted' AS outcome, '' AS code""",
        "true",
        "bench_row r CROSS JOIN generate_series(0, 2) k",
    ),
)
