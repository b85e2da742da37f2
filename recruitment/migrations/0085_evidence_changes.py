
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0084_corrections'),
    ]

    operations = [
        migrations.AddField(
            model_name='advancerule',
            name='updated_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last changed'),
        ),
        migrations.AddField(
            model_name='decision',
            name='updated_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last changed'),
        ),
        migrations.AddField(
            model_name='openingskill',
            name='updated_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last changed'),
        ),
        migrations.AddField(
            model_name='resumefact',
            name='updated_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last changed'),
        ),
        migrations.AddField(
            model_name='writtentest',
            name='updated_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last changed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='advancerule',
            trigger=pgtrigger.compiler.Trigger(name='advance_rule_dated', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.updated_at = clock_timestamp(); RETURN NEW;', hash='40dafe86ae378ffd2fee477bf986880953e7b526', operation='UPDATE', pgid='pgtrigger_advance_rule_dated_37959', table='recruitment_advancerule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='decision_dated', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.updated_at = clock_timestamp(); RETURN NEW;', hash='3a636437d86e629f0b65a2aaccf867f052287e2f', operation='UPDATE', pgid='pgtrigger_decision_dated_5c9f1', table='recruitment_decision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openingskill',
            trigger=pgtrigger.compiler.Trigger(name='opening_skill_dated', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.updated_at = clock_timestamp(); RETURN NEW;', hash='ee8b2376965e2e9f3ea5a9ab2b60185a1887ddd4', operation='UPDATE', pgid='pgtrigger_opening_skill_dated_197e8', table='recruitment_openingskill', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='resumefact',
            trigger=pgtrigger.compiler.Trigger(name='resume_fact_dated', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.updated_at = clock_timestamp(); RETURN NEW;', hash='e1bfc151c91a690497cbef3e67165c9d11cb7eee', operation='UPDATE', pgid='pgtrigger_resume_fact_dated_8abc8', table='recruitment_resumefact', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writtentest',
            trigger=pgtrigger.compiler.Trigger(name='written_test_dated', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.updated_at = clock_timestamp(); RETURN NEW;', hash='8ad03f1c3b22321072536acd07c73421d6e29291', operation='UPDATE', pgid='pgtrigger_written_test_dated_c1bfe', table='recruitment_writtentest', when='BEFORE')),
        ),
    ]
