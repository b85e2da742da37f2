import core.sealed.fields
import core.searching
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0007_prospective_hires'),
        ('people', '0018_identity_right'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EmployeeIdentity',
            fields=[
                ('employee', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='onboarding_identity', serialize=False, to='people.employee', verbose_name='employee file')),
                ('kind', models.CharField(choices=[('resident', 'Resident identity card'), ('passport', 'Passport'), ('hong_kong_macao', 'Mainland Travel Permit for Hong Kong and Macao Residents'), ('taiwan', 'Mainland Travel Permit for Taiwan Residents'), ('permanent', 'Foreign Permanent Resident ID Card'), ('residence', 'Residence Permit for Hong Kong, Macao and Taiwan Residents')], max_length=20, verbose_name='kind of document')),
                ('number', core.sealed.fields.SealedTextField(looked_up=True, verbose_name='document number')),
                ('address', core.sealed.fields.SealedTextField(verbose_name='home address')),
                ('search_key', models.TextField(default='', editable=False)),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='given at')),
                ('given_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
            ],
            options={
                'verbose_name': 'identity document and address',
                'verbose_name_plural': 'identity documents and addresses',
                'ordering': ['-given_at', 'pk'],
                'indexes': [models.Index(fields=['given_at', 'employee'], name='onboarding_identity_by_time'), models.Index(fields=['kind', 'given_at', 'employee'], name='onboarding_identity_by_kind'), models.Index(core.sealed.fields.Mark('number'), name='onboarding_identity_number'), django.contrib.postgres.indexes.GinIndex(core.searching.Lexemes('search_key'), name='onboarding_identity_search')],
                'constraints': [models.CheckConstraint(condition=models.Q(('number__stored_sealed', True)), name='onboarding_identity_sealed'), models.CheckConstraint(condition=models.Q(('address__stored_sealed', True)), name='onboarding_address_sealed'), models.CheckConstraint(condition=models.Q(('kind__in', ['resident', 'passport', 'hong_kong_macao', 'taiwan', 'permanent', 'residence'])), name='onboarding_identity_kind_known')],
            },
        ),
    ]
