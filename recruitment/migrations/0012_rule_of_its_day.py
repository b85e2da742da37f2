"""An interview keeps the threshold under which it was entered: a later rule judges nobody who had begun."""

from django.db import migrations, models

# What may still be judged: by the threshold of its full report's decision, else by its opening's rule.
CARRY = """
    UPDATE recruitment_interview AS interview
       SET threshold = coalesce(
               (SELECT decision.threshold FROM recruitment_assessment AS report
                  JOIN recruitment_decision AS decision ON decision.assessment_id = report.id
                 WHERE report.interview_id = interview.id AND report.basis = 'full'
                   AND report.attempt = interview.attempt
                 ORDER BY report.id DESC LIMIT 1),
               (SELECT rule.threshold FROM recruitment_advancerule AS rule
                 WHERE rule.opening_id = application.opening_id))
      FROM recruitment_application AS application
     WHERE application.id = interview.application_id
       AND interview.state IN ('in_progress', 'interrupted', 'abandoned', 'completed');
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0011_estimates")]

    operations = [
        migrations.AddField(
            model_name="interview",
            name="threshold",
            field=models.DecimalField(
                blank=True, decimal_places=2, editable=False, max_digits=5, null=True, verbose_name="threshold then"
            ),
        ),
        migrations.RunSQL(CARRY, migrations.RunSQL.noop),
    ]
