
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import django_fsm
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('recruitment', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('title_en', models.CharField(blank=True, max_length=120, verbose_name='English title')),
                ('kind', models.CharField(choices=[('course', 'Course'), ('diagnostic', 'Diagnostic')], default='course', max_length=12, verbose_name='kind')),
                ('from_level', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='from level')),
                ('to_level', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='to level')),
                ('hours', models.DecimalField(decimal_places=1, max_digits=5, validators=[django.core.validators.MinValueValidator(0)], verbose_name='hours')),
                ('offset_working_days', models.SmallIntegerField(default=10, help_text='0 is the first day; a negative number lies before it.', validators=[django.core.validators.MinValueValidator(-60), django.core.validators.MaxValueValidator(250)], verbose_name='due, working days after the start')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ('skill', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.skill', verbose_name='skill')),
            ],
            options={
                'verbose_name': 'course',
                'verbose_name_plural': 'courses',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='TrainingPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('active', 'Active'), ('closed', 'Closed')], default='active', max_length=50, protected=True, verbose_name='state')),
                ('basis', models.CharField(choices=[('full', 'Full assessment'), ('partial', 'Partial assessment'), ('written_test', 'Written test'), ('nothing', 'No evidence yet')], default='nothing', max_length=12, verbose_name='basis')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('uncovered', models.JSONField(blank=True, default=list, verbose_name='without a course')),
                ('generated_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='last changed')),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.application', verbose_name='application')),
            ],
            options={
                'verbose_name': 'training plan',
                'verbose_name_plural': 'training plans',
                'ordering': ['-generated_at', '-id'],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name='PlanItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('gap', 'Below the required level'), ('unknown', 'Level not known')], max_length=10, verbose_name='reason')),
                ('required_level', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='required level')),
                ('shown_level', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='level shown')),
                ('evidence', models.JSONField(blank=True, default=list, verbose_name='evidence')),
                ('offset_working_days', models.SmallIntegerField(verbose_name='due, working days after the start')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('provisional_years', models.JSONField(blank=True, default=list, verbose_name='counted without the calendar of')),
                ('state', django_fsm.FSMField(choices=[('planned', 'Planned'), ('done', 'Done'), ('removed', 'Removed')], default='planned', max_length=50, protected=True, verbose_name='state')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done at')),
                ('added_in_version', models.PositiveIntegerField(verbose_name='added in version')),
                ('removed_in_version', models.PositiveIntegerField(blank=True, null=True, verbose_name='removed in version')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.course', verbose_name='course')),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.skill', verbose_name='skill')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='training.trainingplan', verbose_name='training plan')),
            ],
            options={
                'verbose_name': 'plan item',
                'verbose_name_plural': 'plan items',
                'ordering': ['plan', 'offset_working_days', 'id'],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.AddIndex(
            model_name='course',
            index=models.Index(condition=models.Q(('is_active', True)), fields=['skill', 'kind'], name='course_by_skill'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['course', 'diagnostic'])), name='course_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('from_level__isnull', True), ('kind', 'diagnostic'), ('to_level__isnull', True)), models.Q(('from_level__isnull', False), ('kind', 'course'), ('to_level__isnull', False), ('from_level__gte', 1), ('to_level__gt', models.F('from_level')), ('to_level__lte', 5)), _connector='OR'), name='course_leads_upwards', violation_error_message='A course leads from a level from 1 to a higher one up to 5; a diagnostic has no levels.'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.CheckConstraint(condition=models.Q(('hours__gt', 0)), name='course_takes_time'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.CheckConstraint(condition=models.Q(('offset_working_days__range', (-60, 250))), name='course_offset_makes_sense'),
        ),
        migrations.AddIndex(
            model_name='trainingplan',
            index=models.Index(fields=['state', 'generated_at'], name='training_plan_by_state'),
        ),
        migrations.AddConstraint(
            model_name='trainingplan',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'closed'])), name='training_plan_state_known'),
        ),
        migrations.AddConstraint(
            model_name='trainingplan',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['full', 'partial', 'written_test', 'nothing'])), name='training_plan_basis_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='trainingplan',
            trigger=pgtrigger.compiler.Trigger(name='training_plan_edges', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{active:closed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='75c4c75377d01cc3510da2387de6d0a7d011a532', operation='UPDATE', pgid='pgtrigger_training_plan_edges_7c437', table='training_trainingplan', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='planitem',
            index=models.Index(condition=models.Q(('state', 'planned')), fields=['due_on'], name='plan_item_due'),
        ),
        migrations.AddConstraint(
            model_name='planitem',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('planned', 'done'))), fields=('plan', 'course'), name='one_live_item_per_course'),
        ),
        migrations.AddConstraint(
            model_name='planitem',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'done', 'removed'])), name='plan_item_state_known'),
        ),
        migrations.AddConstraint(
            model_name='planitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', True)), _connector='OR'), name='done_item_says_when'),
        ),
        migrations.AddConstraint(
            model_name='planitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', 'gap'), ('shown_level__isnull', False)), models.Q(('reason', 'unknown'), ('shown_level__isnull', True)), _connector='OR'), name='gap_item_shows_its_level'),
        ),
        migrations.AddConstraint(
            model_name='planitem',
            constraint=models.CheckConstraint(condition=models.Q(('required_level__range', (1, 5))), name='item_required_level_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='planitem',
            constraint=models.CheckConstraint(condition=models.Q(('shown_level__range', (1, 5))), name='item_shown_level_1_to_5'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='planitem',
            trigger=pgtrigger.compiler.Trigger(name='plan_item_edges', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{done:planned,planned:done,planned:removed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='4c83946507078ee4cd83f4ef425977ae22112957', operation='UPDATE', pgid='pgtrigger_plan_item_edges_a7781', table='training_planitem', when='BEFORE')),
        ),
    ]
