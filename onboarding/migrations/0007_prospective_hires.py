"""Files whose offer is not accepted yet are prospective hires'. A number that was given stays."""

from django.db import migrations

STAND = """
    UPDATE people_employee AS file SET status = 'prospective'
      FROM onboarding_onboardingcase AS c
      JOIN recruitment_application AS a ON a.id = c.application_id
     WHERE c.employee_id = file.id AND file.status = 'preparing' AND c.state IN ('preparing', 'ready')
       AND a.stage <> 'hired'
"""


class Migration(migrations.Migration):
    dependencies = [
        ('onboarding', '0006_moved_starts'),
        ('people', '0017_prospective_hires'),
    ]

    operations = [
        migrations.RunSQL(STAND, migrations.RunSQL.noop),
    ]
