"""An estimate has no point for what nothing speaks of; one question waits for a person, about the strongest report."""

from django.db import migrations, models

# What a fallback said of a competency without evidence of its own was drawn from the rest: it is unknown. What is left
# is what the fallback's next version says.
UNKNOWN = """
    UPDATE recruitment_assessmentscore AS score SET value = NULL, low = NULL, high = NULL, evidence = '[]'
      FROM recruitment_assessment AS report
     WHERE report.id = score.assessment_id AND report.basis = 'fallback'
       AND NOT EXISTS (SELECT FROM jsonb_array_elements(score.evidence) AS piece
                        WHERE piece ->> 'competency' = score.competency_id::text);
    UPDATE recruitment_assessment SET method = 'fallback/2' WHERE method = 'fallback/1';
"""
ONE_QUESTION = """
    UPDATE recruitment_decision AS weaker SET outcome = 'overtaken', decided_at = now()
      FROM recruitment_assessment AS fallback
     WHERE fallback.id = weaker.assessment_id AND fallback.basis = 'fallback' AND weaker.outcome = 'asked'
       AND EXISTS (SELECT FROM recruitment_decision AS stronger
                     JOIN recruitment_assessment AS report ON report.id = stronger.assessment_id
                    WHERE stronger.application_id = weaker.application_id AND stronger.outcome = 'asked'
                      AND report.status = 'current' AND report.basis <> 'fallback');
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0010_one_of_each")]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="points_mentioned",
            field=models.PositiveSmallIntegerField(
                editable=False, null=True, verbose_name="points mentioned"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(("points_mentioned__isnull", False)),
                fields=["question", "id"],
                name="answer_judged",
            ),
        ),
        migrations.RunSQL(UNKNOWN, migrations.RunSQL.noop),
        migrations.RunSQL(ONE_QUESTION, migrations.RunSQL.noop),
    ]
