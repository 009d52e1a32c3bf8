from django.db import migrations

FTS = "plumbing_search_fts"
INDEX = "plumbing_search_words"
VECTOR = "array_to_tsvector(string_to_array(tokens, ' '))"


def create(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(f"CREATE VIRTUAL TABLE {FTS} USING fts5(tokens, kind UNINDEXED, tokenize='unicode61 remove_diacritics 0', detail=none)")
    else:
        editor.execute(f'CREATE INDEX {INDEX} ON "plumbing_searchentry" USING gin ({VECTOR})')


def drop(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(f"DROP TABLE {FTS}")
    else:
        editor.execute(f"DROP INDEX {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("plumbing", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
