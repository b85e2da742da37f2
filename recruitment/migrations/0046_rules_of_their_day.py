"""What was begun or decided before rules had versions gets the version whose threshold it kept."""

from django.db import migrations

# One version for each threshold that an opening had, in the order in which it was first judged by; the present one
# is the last.
VERSIONS = """
    INSERT INTO recruitment_ruleversion (opening_id, number, threshold, made_at)
    SELECT opening_id,
           row_number() OVER (PARTITION BY opening_id ORDER BY is_present, since, threshold), threshold, since
      FROM (SELECT opening_id, threshold, bool_or(is_present) AS is_present, min(at) AS since
              FROM (SELECT application.opening_id, interview.threshold, false AS is_present,
                           coalesce(interview.started_at, interview.created_at) AS at
                      FROM recruitment_interview AS interview
                      JOIN recruitment_application AS application ON application.id = interview.application_id
                    UNION ALL
                    SELECT application.opening_id, decision.threshold, false, decision.at
                      FROM recruitment_decision AS decision
                      JOIN recruitment_application AS application ON application.id = decision.application_id
                    UNION ALL
                    SELECT rule.opening_id, rule.threshold, true, now() FROM recruitment_advancerule AS rule
                   ) AS known
             WHERE threshold > 0 AND threshold <= 100
             GROUP BY opening_id, threshold) AS each;
"""
KEPT = """
    UPDATE recruitment_advancerule AS rule SET version_id = version.id
      FROM recruitment_ruleversion AS version
     WHERE version.opening_id = rule.opening_id AND version.threshold = rule.threshold;

    UPDATE recruitment_interview AS interview SET rule_id = version.id
      FROM recruitment_application AS application, recruitment_ruleversion AS version
     WHERE application.id = interview.application_id AND version.opening_id = application.opening_id
       AND version.threshold = interview.threshold;

    UPDATE recruitment_decision AS decision SET rule_id = version.id
      FROM recruitment_application AS application, recruitment_ruleversion AS version
     WHERE application.id = decision.application_id AND version.opening_id = application.opening_id
       AND version.threshold = decision.threshold;
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0045_rule_versions")]

    operations = [
        migrations.RunSQL(VERSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
