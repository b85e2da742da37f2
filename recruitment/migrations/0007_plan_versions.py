"""What a plan asks belongs to a version: version 1 of each plan is what it asks now, and its interviews are by it."""

import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# A version has its plan's number, so that no stage and no interview is written anew: their column names the version
# from here on. Published is what somebody was interviewed by, or could be.
CARRY = """
    INSERT INTO recruitment_planversion (id, plan_id, number, notes, resume_hours, published_at)
    SELECT plan.id, plan.id, 1, plan.notes, plan.resume_hours,
           CASE WHEN EXISTS (SELECT FROM recruitment_interview AS taken WHERE taken.plan_id = plan.id)
                  OR EXISTS (SELECT FROM recruitment_stage AS stage WHERE stage.plan_id = plan.id)
                     AND NOT EXISTS (SELECT FROM recruitment_stage AS stage
                                      WHERE stage.plan_id = plan.id
                                        AND NOT EXISTS (SELECT FROM recruitment_question AS question
                                                         WHERE question.stage_id = stage.id))
                THEN coalesce((SELECT min(created_at) FROM recruitment_interview WHERE plan_id = plan.id), now())
           END
      FROM recruitment_interviewplan AS plan;
    SELECT setval(pg_get_serial_sequence('recruitment_planversion', 'id'),
                  coalesce(max(id), 0) + 1, false) FROM recruitment_planversion;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0006_telling'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='version')),
                ('notes', models.TextField(blank=True, verbose_name='notes for the candidate')),
                ('resume_hours', models.PositiveSmallIntegerField(default=72, validators=[django.core.validators.MinValueValidator(24), django.core.validators.MaxValueValidator(168)], verbose_name='hours to return in')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published at')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='recruitment.interviewplan', verbose_name='interview plan')),
                ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
            ],
            options={
                'verbose_name': 'plan version',
                'verbose_name_plural': 'plan versions',
                'ordering': ['plan', '-number'],
            },
        ),
        migrations.CreateModel(
            name='Measured',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('recruitment.stage_competencies',),
        ),
        migrations.RunSQL(CARRY, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='stage',
            name='one_stage_per_number',
        ),
        migrations.RenameField('stage', 'plan', 'version'),
        migrations.AlterField(
            model_name='stage',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='recruitment.planversion', verbose_name='plan version'),
        ),
        migrations.AlterModelOptions(
            name='stage',
            options={'ordering': ['version', 'number'], 'verbose_name': 'stage', 'verbose_name_plural': 'stages'},
        ),
        migrations.RenameField('interview', 'plan', 'version'),
        migrations.AlterField(
            model_name='interview',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interviews', to='recruitment.planversion', verbose_name='plan version'),
        ),
        migrations.RemoveField(model_name='interviewplan', name='notes'),
        migrations.RemoveField(model_name='interviewplan', name='resume_hours'),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('version', 'number'), name='one_stage_per_number'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.UniqueConstraint(fields=('plan', 'number'), name='one_version_per_number'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.UniqueConstraint(condition=models.Q(('published_at__isnull', True)), fields=('plan',), name='one_draft_per_plan'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mentionpoint',
            trigger=pgtrigger.compiler.Trigger(name='published_stands', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint[];', func="\n            SELECT array_agg(stage.version_id) INTO owner FROM recruitment_question AS question JOIN recruitment_stage AS stage\n                ON stage.id = question.stage_id WHERE question.id IN (OLD.question_id, NEW.question_id);\n            PERFORM FROM recruitment_planversion WHERE id = ANY(owner) FOR SHARE;\n            IF EXISTS (SELECT FROM recruitment_planversion WHERE id = ANY(owner) AND published_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot change what is published';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ", hash='936d7d9a5a2cf20de9f279ba1df5d8b1b9bfc98c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_published_stands_03e8d', table='recruitment_mentionpoint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='published_stands', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint[];', func="\n            SELECT array_agg(stage.version_id) INTO owner FROM recruitment_stage AS stage WHERE stage.id IN (OLD.stage_id, NEW.stage_id);\n            PERFORM FROM recruitment_planversion WHERE id = ANY(owner) FOR SHARE;\n            IF EXISTS (SELECT FROM recruitment_planversion WHERE id = ANY(owner) AND published_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot change what is published';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ", hash='a37ca84090362771a733e953934b23bb644b97ad', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_published_stands_4240a', table='recruitment_question', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stage',
            trigger=pgtrigger.compiler.Trigger(name='published_stands', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint[];', func="\n            SELECT array_agg(id) INTO owner FROM unnest(ARRAY[OLD.version_id, NEW.version_id]) AS id;\n            PERFORM FROM recruitment_planversion WHERE id = ANY(owner) FOR SHARE;\n            IF EXISTS (SELECT FROM recruitment_planversion WHERE id = ANY(owner) AND published_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot change what is published';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ", hash='4fde8f097b130dd06950fbc300fa04e7b434e30c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_published_stands_cf5d1', table='recruitment_stage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measured',
            trigger=pgtrigger.compiler.Trigger(name='published_stands', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint[];', func="\n            SELECT array_agg(stage.version_id) INTO owner FROM recruitment_stage AS stage WHERE stage.id IN (OLD.stage_id, NEW.stage_id);\n            PERFORM FROM recruitment_planversion WHERE id = ANY(owner) FOR SHARE;\n            IF EXISTS (SELECT FROM recruitment_planversion WHERE id = ANY(owner) AND published_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot change what is published';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ", hash='4e19584b5b5edf382c4b71c0eeb383db8176909f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_published_stands_92e92', table='recruitment_stage_competencies', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='planversion',
            trigger=pgtrigger.compiler.Trigger(name='published_stands', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot change what is published';", hash='67d6214bbcaf09b6d15c73e4c4a0cd33933f00b0', operation='UPDATE OR DELETE', pgid='pgtrigger_published_stands_76d02', table='recruitment_planversion', when='BEFORE')),
        ),
    ]
