"""A liaison's link stands in every text, also in those that the clock sends."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0042_say_what_is_public")]

    operations = [
        migrations.AddField(
            model_name="ask",
            name="site",
            field=models.CharField(blank=True, max_length=120),
        ),
    ]
