from django.db import migrations

# What the history says of every stage that was left; a promise that did not change with the stage is the next one that
# was replaced, else the present one.
PASSAGES = """
    INSERT INTO recruitment_stagepassage (application_id, stage, to_stage, entered_at, left_at, promised_by)
    SELECT a.id, c.before->>'stage', c.after->>'stage', (c.before->>'stage_since')::timestamptz,
           (c.after->>'stage_since')::timestamptz,
           CASE WHEN c.before ? 'promised_by' THEN (c.before->>'promised_by')::date
                WHEN later.before IS NOT NULL THEN (later.before->>'promised_by')::date
                ELSE a.promised_by END
      FROM history_change c
      JOIN recruitment_application a ON a.id = c.object_id::bigint
      LEFT JOIN LATERAL (
           SELECT l.before FROM history_change l
            WHERE l.model = c.model AND l.object_id = c.object_id AND l.id > c.id AND l.before ? 'promised_by'
            ORDER BY l.id LIMIT 1) later ON true
     WHERE c.model = 'recruitment.application' AND c.did = 'U' AND c.before ? 'stage' AND c.before ? 'stage_since'
     ORDER BY c.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ('recruitment', '0069_stage_passages'),
        ('history', '0001_history'),
    ]

    operations = [
        migrations.RunSQL(PASSAGES, migrations.RunSQL.noop),
    ]
