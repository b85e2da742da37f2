"""What was answered and recorded, and what came of it: scores, reports, decisions; what vendors sent."""

from tools.bench.lists.rows.drawing import OPENING, POINT, STAGES, Rows, evidence

ROWS: tuple[Rows, ...] = (
    Rows(
        "recruitment_answer",
        """r.i * 3 + s.number AS id, r.i AS interview_id, r.attempt, q.id AS question_id, 1 AS revision,
           '我在上一份工作中负责数据整理和报表，主要用表格软件和查询语言完成。' AS text, r.at + interval '8 minutes' AS saved_at,
           r.at + interval '8 minutes' AS finished_at, CASE WHEN r.h1 % 10 = 0 THEN 'playable' ELSE '' END AS media""",
        "r.state = 'completed' OR r.has_left AND s.number = 1",
        f"bench_row r {OPENING} {STAGES} JOIN recruitment_question q ON q.stage_id = s.id",
    ),
    Rows(
        "recruitment_segment",
        """r.i AS id, r.i * 3 + 1 AS answer_id, 0 AS number, 1 AS epoch, 'video/webm' AS mime, r.at AS opened_at,
           r.at + interval '180 days' AS deletion_due, 2 AS listed_chunks, 'taken' AS standing,
           CASE WHEN r.at < now() - interval '180 days' THEN 'retention' ELSE '' END AS deletion_reason,
           CASE WHEN r.at < now() - interval '180 days' THEN r.at + interval '180 days' END AS deleted_at""",
        "r.state = 'completed' AND r.h1 % 10 = 0",
    ),
    Rows(
        "recruitment_chunk",
        """r.i * 2 + k AS id, r.i AS segment_id, k AS seq, 250000 AS bytes, repeat('0', 64) AS sha256,
           CASE WHEN r.at < now() - interval '180 days' THEN '' ELSE 'c/' || r.i || '/' || k END AS stored_name,
           r.at AS received_at, false AS set_aside""",
        "r.state = 'completed' AND r.h1 % 10 = 0",
        "bench_row r CROSS JOIN generate_series(0, 1) k",
    ),
    Rows(
        "recruitment_recording",
        """r.i AS id, r.i AS segment_id, 'playable' AS state, 2 AS chunks,
           CASE WHEN r.at < now() - interval '180 days' THEN '' ELSE 'r/' || r.i END AS stored_name,
           'video/webm' AS mime, 500000 AS bytes, 60.0 AS seconds, '' AS note, r.at AS changed_at""",
        "r.state = 'completed' AND r.h1 % 10 = 0",
    ),
    Rows(
        "recruitment_recordingaccess",
        """r.i AS id, r.i AS recording_id, o.specialist_id AS user_id, '陈一' AS who, r.at AS at, r.at AS last_at,
           0 AS range_start""",
        "r.state = 'completed' AND r.h1 % 10 = 0 AND r.h2 < 500",
        f"bench_row r {OPENING}",
    ),
    Rows(
        "recruitment_checkpoint",
        """r.i * 3 + s.number AS id, r.i AS interview_id, r.attempt, s.id AS stage_id, r.at + interval '9 minutes'
           AS saved_at, r.at + interval '10 minutes' AS scored_at""",
        "r.state = 'completed' OR r.has_left AND s.number = 1",
        f"bench_row r {OPENING} {STAGES}",
    ),
    Rows(
        "recruitment_rubricscore",
        f"""r.i * 3 + s.number AS id, r.i * 3 + s.number AS checkpoint_id, s.number AS competency_id,
           CASE WHEN r.awaits AND s.number = 2 THEN NULL ELSE r.score END AS value, 'rubric/1' AS method,
           {POINT} AS evidence, '' AS override_reason""",
        "r.state = 'completed'",
        f"bench_row r {OPENING} {STAGES}",
    ),
    Rows(
        "recruitment_assessment",
        f"""r.i AS id, r.i AS interview_id, r.opening AS of_opening_id, r.attempt, r.basis, 'current' AS status, r.score AS value,
           CASE WHEN r.basis = 'full' THEN r.score ELSE r.score - 10 END AS low,
           CASE WHEN r.basis = 'full' THEN r.score ELSE least(r.score + 10, 100) END AS high, 'rubric/1' AS method,
           {evidence("stage")} AS sources, r.at + interval '41 minutes' AS issued_at""",
        "r.basis IS NOT NULL",
    ),
    Rows(
        "recruitment_assessmentscore",
        f"""r.i * 3 + k AS id, r.i AS assessment_id, k AS competency_id, r.score AS value, r.score AS low,
           r.score AS high, {evidence("stage")} AS evidence""",
        "r.basis IS NOT NULL",
        "bench_row r CROSS JOIN generate_series(1, 3) k",
    ),
    Rows(
        "recruitment_decision",
        """r.i AS id, r.i AS application_id, r.i AS assessment_id,
           CASE WHEN r.basis <> 'full' THEN CASE WHEN r.stage = 'interviewing' THEN 'asked' ELSE 'overtaken' END
                WHEN r.score >= 80 THEN 'invited' WHEN r.h2 < 100 THEN 'declined' ELSE 'below' END AS outcome,
           80 AS threshold, r.at + interval '42 minutes' AS at""",
        "r.basis IS NOT NULL",
    ),
    Rows(
        "recruitment_invitation",
        """r.i AS id, r.i AS application_id, r.i AS assessment_id, r.basis, r.at + interval '42 minutes' AS invited_at""",
        "r.basis = 'full' AND r.score >= 80",
    ),
    Rows(
        "recruitment_writtentest",
        "r.i AS id, r.i AS application_id, 1 + r.h1 % 8 AS skill_id, r.score AS score, r.at::date AS taken_on",
        "r.h4 < 500",
    ),
    Rows(
        "recruitment_resumefact",
        """r.i AS id, r.i AS application_id, 'project' AS kind, '客户数据整理' AS title, '' AS detail,
           1 + r.h2 % 8 AS skill_id, 3 AS level""",
        "r.h3 < 500",
    ),
    Rows(
        "recruitment_vendorinterview",
        "r.i AS id, 1 AS vendor_id, r.i AS interview_id, 'v' || r.i AS reference, r.at AS heard_at",
        "r.kind = 'vendor'",
    ),
    Rows(
        "recruitment_vendorevent",
        """r.i * 2 + k AS id, 1 AS vendor_id, r.i || '-' || k AS event_id, 'v' || r.i AS reference, 'started' AS kind,
           r.at AS occurred_at, '{{"stage": 1}}'::jsonb AS payload, 'applied' AS state, '' AS code, r.at AS received_at""",
        "r.kind = 'vendor'",
        "bench_row r CROSS JOIN generate_series(0, 1) k",
    ),
)
