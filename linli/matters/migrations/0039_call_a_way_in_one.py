from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0038_fill_the_open_question'),
    ]

    operations = [
        migrations.RenameField(
            model_name='planway',
            old_name='gate',
            new_name='way_in',
        ),
    ]
