"""The rows around each interview, as INSERT … SELECT over a plan of all interviews (`bench_row`), a stretch at a time.

What an interview came to is drawn from its number, so that two loads of one size are alike. Ids follow from the
number as well: interview and application i, event 10 i + k. Payloads are short, and an event has at most two reactions:
a million interviews with their neighbours then take some 15 GB instead of 30.
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


@dataclass(frozen=True, slots=True)
class Rows:
    """One table's rows: `select` reads from `bench_row r`, and names its columns."""

    table: str
    select: str
    where: str = "true"
    source: str = "bench_row r"


def _evidence(kind: str) -> str:
    return f"""'[{{{{"label": "{kind}", "value": "80", "weight": "1"}}}}]'::jsonb"""


_CANDIDATE = """r.i AS id, b.name, b.name_key,
    CASE WHEN r.h3 < 950 THEN b.spelt || r.i || '@example.com' ELSE '' END AS email, '+86' || d.digits AS phone,
    concat_ws(' ', b.words, 'tel:' || d.digits, 'end:' || reverse(d.digits),
        CASE WHEN r.h3 < 950 THEN b.spelt || r.i || '@example.com' END) AS search_key, 'zh-hans' AS language,
    r.at - interval '3 days' AS created_at"""

_EVENTS = """
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

_VERSION = "JOIN recruitment_planversion v ON v.plan_id = o.interview_plan_id"
_STAGES = f"{_VERSION} JOIN recruitment_stage s ON s.version_id = v.id"
_OPENING = "JOIN recruitment_opening o ON o.id = r.opening"

ROWS: tuple[Rows, ...] = (
    Rows(
        "recruitment_candidate",
        _CANDIDATE,
        "r.i <= {n} * 0.9",
        """bench_row r JOIN bench_name b ON b.k = r.named CROSS JOIN LATERAL
           (SELECT (13000000000 + (abs(hashint8extended(r.i, 9)) % 6999999999))::text) AS d(digits)""",
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
        "recruitment_interview",
        """r.i AS id, r.i AS application_id, v.id AS version_id, r.kind, 1 AS round, r.state, r.attempt,
           '' AS stood_at,
           r.at - CASE WHEN r.state = 'scheduled' THEN interval '-1 day' ELSE interval '1 hour' END AS window_opens_at,
           r.at + interval '3 days' AS window_closes_at,
           CASE WHEN r.state = 'interrupted' THEN r.at + interval '18 days' END AS resume_until,
           (r.at + interval '4 days')::date AS expected_result, (r.has_left AND r.h2 < 75)::int AS announced_exits,
           0 AS rescheduled_by_candidate,
           CASE WHEN r.state IN ('completed', 'in_progress', 'interrupted', 'abandoned') THEN r.at END AS started_at,
           CASE WHEN r.has_left THEN r.at + interval '11 minutes' END AS interrupted_at,
           CASE WHEN r.state = 'completed' THEN r.at + interval '40 minutes' END AS completed_at,
           r.at - interval '2 days' AS created_at""",
        source=f"bench_row r {_OPENING} {_VERSION}",
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
        """r.i AS id, r.i AS interview_id, r.i AS exit_id, r.attempt, 'exit' AS kind,
           CASE WHEN r.state = 'interrupted' THEN CASE WHEN r.h3 < 400 THEN 'claimed' ELSE 'open' END ELSE 'closed' END
               AS state,
           CASE WHEN r.state = 'interrupted' THEN '' WHEN r.is_back THEN 'returned' ELSE 'unreachable' END AS outcome,
           '' AS note, '' AS answer, o.specialist_id AS assignee_id, r.at + interval '11 minutes' AS opened_at,
           r.at + interval '1 day' AS due_at""",
        "r.has_left",
        f"bench_row r {_OPENING}",
    ),
    Rows(
        "recruitment_contactattempt",
        """r.i AS id, r.i AS follow_up_id, r.attempt, o.specialist_id AS by_id, 'phone' AS channel, false AS reached,
           '' AS note, r.at + interval '2 hours' AS at""",
        "r.has_left AND NOT r.is_back",
        f"bench_row r {_OPENING}",
    ),
    Rows(
        "recruitment_answer",
        """r.i * 3 + s.number AS id, r.i AS interview_id, r.attempt, q.id AS question_id, 1 AS revision,
           '我在上一份工作中负责数据整理和报表，主要用表格软件和查询语言完成。' AS text, r.at + interval '8 minutes' AS saved_at,
           r.at + interval '8 minutes' AS finished_at, CASE WHEN r.h1 % 10 = 0 THEN 'playable' ELSE '' END AS media""",
        "r.state = 'completed' OR r.has_left AND s.number = 1",
        f"bench_row r {_OPENING} {_STAGES} JOIN recruitment_question q ON q.stage_id = s.id",
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
        f"bench_row r {_OPENING}",
    ),
    Rows(
        "recruitment_checkpoint",
        """r.i * 3 + s.number AS id, r.i AS interview_id, r.attempt, s.id AS stage_id, r.at + interval '9 minutes'
           AS saved_at, r.at + interval '10 minutes' AS scored_at""",
        "r.state = 'completed' OR r.has_left AND s.number = 1",
        f"bench_row r {_OPENING} {_STAGES}",
    ),
    Rows(
        "recruitment_rubricscore",
        f"""r.i * 3 + s.number AS id, r.i * 3 + s.number AS checkpoint_id, s.number AS competency_id,
           CASE WHEN r.awaits AND s.number = 2 THEN NULL ELSE r.score END AS value, 'rubric/1' AS method,
           {_evidence("rubric")} AS evidence, '' AS override_reason""",
        "r.state = 'completed'",
        f"bench_row r {_OPENING} {_STAGES}",
    ),
    Rows(
        "recruitment_assessment",
        f"""r.i AS id, r.i AS interview_id, r.attempt, r.basis, 'current' AS status, r.score AS value,
           CASE WHEN r.basis = 'full' THEN r.score ELSE r.score - 10 END AS low,
           CASE WHEN r.basis = 'full' THEN r.score ELSE least(r.score + 10, 100) END AS high, 'rubric/1' AS method,
           {_evidence("stage")} AS sources, r.at + interval '41 minutes' AS issued_at""",
        "r.basis IS NOT NULL",
    ),
    Rows(
        "recruitment_assessmentscore",
        f"""r.i * 3 + k AS id, r.i AS assessment_id, k AS competency_id, r.score AS value, r.score AS low,
           r.score AS high, {_evidence("stage")} AS evidence""",
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
    Rows(
        "people_employee",
        """r.i AS id, 'E' || r.i AS number, c.name, c.name_key, c.search_key || ' e' || r.i AS search_key, o.department_id, o.title AS position, c.email, c.phone,
           '' AS wecom_userid, (r.at + interval '60 days')::date AS starts_on,
           CASE WHEN r.stage = 'hired' AND r.at < now() - interval '60 days' THEN 'active'
                WHEN r.stage IN ('rejected', 'withdrawn') THEN 'cancelled' ELSE 'preparing' END AS status,
           r.at AS created_at""",
        "r.is_planned",
        f"bench_row r {_OPENING} JOIN recruitment_candidate c ON c.id = r.person",
    ),
    Rows(
        "onboarding_employeescore",
        """r.i AS employee_id, r.score AS value, r.score AS low, r.score AS high, 'full' AS basis, r.at AS as_of,
           r.i AS assessment_id""",
        "r.is_planned AND r.basis IS NOT NULL",
    ),
    Rows(
        "onboarding_onboardingcase",
        """r.i AS id, r.i AS application_id, r.i AS employee_id, 1 AS template_id,
           CASE WHEN r.stage IN ('rejected', 'withdrawn') THEN 'cancelled'
                WHEN r.stage = 'hired' AND r.at < now() - interval '60 days' THEN 'started' ELSE 'preparing' END AS state,
           (r.at + interval '60 days')::date AS planned_start,
           (r.at + CASE WHEN r.state = 'interrupted' THEN interval '65 days' ELSE interval '60 days' END)::date
               AS forecast_start, '{{}}'::smallint[] AS provisional_years,
           CASE WHEN r.stage = 'hired' AND r.at < now() - interval '60 days' THEN (r.at + interval '60 days')::date END
               AS started_on, r.at AS created_at""",
        "r.is_planned",
    ),
    Rows(
        "onboarding_onboardingcase_waits_on",
        "r.i AS id, r.i AS onboardingcase_id, r.i AS interview_id",
        "r.is_planned",
    ),
    Rows(
        "onboarding_onboardingstep",
        """r.i * 5 + t.number AS id, r.i AS case_id, t.number, t.kind, t.title, '' AS title_en, t.offset_working_days,
           'onboarding' AS owner_role,
           CASE WHEN r.at < now() - interval '60 days' THEN 'done' WHEN t.number = 1 THEN 'ready' ELSE 'waiting' END
               AS state, (r.at + interval '55 days')::date AS due_on,
           CASE WHEN r.at < now() - interval '60 days' THEN r.at + interval '50 days' END AS done_at""",
        "r.is_planned",
        "bench_row r CROSS JOIN onboarding_templatestep t",
    ),
    Rows(
        "onboarding_onboardingdelay",
        """r.i AS id, r.i AS case_id, r.i AS interview_id, 5 AS days, 'network' AS cause,
           (r.at + interval '10 days')::date AS expected_result, false AS date_unknown, r.at AS started_at,
           CASE WHEN r.state <> 'interrupted' THEN r.at + interval '1 day' END AS lifted_at""",
        "r.is_planned AND (r.has_left OR r.state = 'interrupted')",
    ),
    Rows(
        "training_trainingplan",
        """r.i AS id, r.i AS application_id,
           CASE WHEN r.stage IN ('rejected', 'withdrawn') THEN 'closed' ELSE 'active' END AS state,
           CASE WHEN r.basis = 'full' THEN 'full' ELSE 'written_test' END AS basis, 1 AS version,
           '[]'::jsonb AS uncovered, r.at + interval '43 minutes' AS generated_at""",
        "r.h1 % 2 = 0",
    ),
    Rows(
        "training_planitem",
        """r.i * 3 + k AS id, r.i AS plan_id, 1 + (r.h2 + k) % 8 AS course_id, 1 + (r.h2 + k) % 8 AS skill_id,
           'gap' AS reason, 3 AS required_level, 1 AS shown_level,
           '[{{"source": "full", "label": "评估", "value": "60", "type": "recruitment.assessment", "id": 1}}]'::jsonb
               AS evidence, 10 AS offset_working_days,
           CASE WHEN r.is_planned THEN (r.at + interval '70 days')::date END AS due_on,
           '[]'::jsonb AS provisional_years,
           CASE WHEN r.stage = 'hired' AND r.at < now() - interval '70 days' THEN 'done' ELSE 'planned' END AS state,
           CASE WHEN r.stage = 'hired' AND r.at < now() - interval '70 days' THEN r.at + interval '70 days' END AS done_at,
           1 AS added_in_version""",
        "r.h1 % 2 = 0",
        "bench_row r CROSS JOIN generate_series(0, 2) k",
    ),
    Rows(
        "events_event",
        """r.i * 10 + e.k AS id, e.kind, e.subject_type, e.subject_id, 'recruitment.interview' AS origin_type,
           r.i AS origin_id, jsonb_build_object('attempt', r.attempt, 'exit', r.i) AS facts, 'system' AS by,
           CASE WHEN e.k > 3 THEN r.i * 10 + 1 END AS caused_by_id, least(r.at + e.after, now()) AS at""",
        "e.happened",
        f"bench_row r {_EVENTS}",
    ),
    Rows(
        "events_reaction",
        """(r.i * 10 + e.k) * 2 + w.place AS id, r.i * 10 + e.k AS event_id, w.name, e.subject_type, e.subject_id,
           CASE WHEN r.i % 100000 = 7 THEN 'failed' ELSE 'done' END AS state, 1 AS attempts, r.at AS next_try_at,
           r.at + e.after AS done_at, '' AS error, '' AS note, '[]'::jsonb AS effects""",
        "e.happened",
        f"bench_row r {_EVENTS} JOIN bench_receiver w ON w.kind = e.kind",
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
