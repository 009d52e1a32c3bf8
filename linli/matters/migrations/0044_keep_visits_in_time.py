"""How far an unmade visit was told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0043_keep_where_a_link_leads")]

    operations = [
        migrations.AddField(
            model_name="matter", name="visit_stage", field=models.PositiveSmallIntegerField(default=0)
        ),
    ]
