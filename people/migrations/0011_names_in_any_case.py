from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_only_sealed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(Upper("username"), name="people_user_signing_in_as"),
        ),
    ]
