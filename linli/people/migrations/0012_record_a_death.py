from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0011_keep_whom_a_list_was_asked_for"),
    ]

    operations = [
        migrations.AddField(
            model_name="registerchange",
            name="paper",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
