from django.db import migrations

# As plumbing.search does: each token begins with the last eight digits of its compound's key.
MARK = """
UPDATE plumbing_searchentry
SET tokens = regexp_replace(tokens, '(^| )', '\\1' || right(compound_id::text, 8) || '_', 'g')
WHERE tokens <> ''
"""
UNMARK = "UPDATE plumbing_searchentry SET tokens = regexp_replace(tokens, '(^| )[0-9a-f]{8}_', '\\1', 'g')"


def mark(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(MARK)


def unmark(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(UNMARK)


class Migration(migrations.Migration):
    dependencies = [("plumbing", "0002_search_words")]
    operations = [migrations.RunPython(mark, unmark)]
