"""A consultation that was called is called off, or moved by another."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0044_keep_visits_in_time")]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="off_at",
            field=models.DateTimeField(null=True),
        ),
    ]
