import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0081_seal_pay'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='offer',
            trigger=pgtrigger.compiler.Trigger(name='offer_terms_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."application_id" IS DISTINCT FROM (NEW."application_id") OR OLD."salary" IS DISTINCT FROM (NEW."salary") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."period" IS DISTINCT FROM (NEW."period") OR OLD."range_low" IS DISTINCT FROM (NEW."range_low") OR OLD."range_high" IS DISTINCT FROM (NEW."range_high") OR OLD."range_currency" IS DISTINCT FROM (NEW."range_currency") OR OLD."range_period" IS DISTINCT FROM (NEW."range_period") OR OLD."start_on" IS DISTINCT FROM (NEW."start_on") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."answer_by" IS DISTINCT FROM (NEW."answer_by"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='25f9e73e8433e165d5871c5e7f22b21c7b2bbb7e', operation='UPDATE', pgid='pgtrigger_offer_terms_kept_d94f1', table='recruitment_offer', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('salary_high__isnull', True), ('salary_low__isnull', True)), models.Q(('salary_high__isnull', False), ('salary_low__isnull', False)), _connector='OR'), name='opening_salary_is_a_range'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('salary__stored_sealed', True)), name='offer_salary_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('range_low__stored_sealed', True)), name='offer_range_low_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('range_high__stored_sealed', True)), name='offer_range_high_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('conditions__stored_sealed', True)), name='offer_conditions_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('letter_text__stored_sealed', True)), name='offer_letter_text_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('letter__stored_sealed', True)), name='offer_letter_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(('salary_low__stored_sealed', True)), name='opening_salary_low_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(('salary_high__stored_sealed', True)), name='opening_salary_high_is_sealed'),
        ),
    ]
