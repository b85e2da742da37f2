from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sealed", "0002_tables")]
    operations = [
        migrations.AddField(
            model_name="sealedtable",
            name="values_by_key",
            field=models.JSONField(editable=False, null=True, verbose_name="values"),
        ),
        migrations.AddField(
            model_name="sealedtable",
            name="counted_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="counted at"),
        ),
    ]
