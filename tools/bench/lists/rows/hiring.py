"""Employee files, onboarding cases and training plans."""

from tools.bench.lists.rows.drawing import OPENING, Rows

ROWS: tuple[Rows, ...] = (
    Rows(
        "people_employee",
        """r.i AS id, 'E' || r.i AS number, c.name, c.name_key, c.search_key || ' e' || r.i AS search_key, o.department_id, o.title AS position, c.email, c.phone,
           '' AS wecom_userid, (r.at + interval '60 days')::date AS starts_on,
           CASE WHEN r.stage = 'hired' AND r.at < now() - interval '60 days' THEN 'active'
                WHEN r.stage IN ('rejected', 'withdrawn') THEN 'cancelled' ELSE 'preparing' END AS status,
           r.at AS created_at""",
        "r.is_planned",
        f"bench_row r {OPENING} JOIN recruitment_candidate c ON c.id = r.person",
    ),
    Rows(
        "onboarding_employeescore",
        """r.i AS employee_id, r.score AS value, r.score AS low, r.score AS high, 'full' AS basis, r.at AS as_of,
           r.i AS assessment_id""",
        "r.is_planned AND r.basis IS NOT NULL",
    ),
    Rows(
        "onboarding_onboardingcase",
        """r.i AS id, r.i AS application_id, r.opening AS of_opening_id, r.i AS employee_id, 1 AS template_id,
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
        """r.i AS id, r.i AS application_id, r.opening AS of_opening_id,
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
)
