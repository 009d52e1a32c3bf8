"""Finding numbered things by words: our own tokens, kept in FTS5 on SQLite and under a GIN index on PostgreSQL.

A thing's key in FTS5 is (compound ordinal << 32 | number), so that a compound is a range of keys and newest comes first.
In the GIN index each token begins with its compound's mark, so that a search reads no other compound's things.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from linli.kernel.words import ALONE, query_tokens, tokens

from .models import SearchEntry
from .tenancy import uuid7

TABLE = "plumbing_search_fts"
VECTOR = "array_to_tsvector(string_to_array(tokens, ' '))"


def _mark(compound_id: UUID) -> str:
    return f"{compound_id.hex[-8:]}_"


def marked(compound_id: UUID, cut: Iterable[str]) -> str:
    """The tokens as PostgreSQL keeps them."""
    mark = _mark(compound_id)
    return " ".join(mark + token for token in cut)


def put(*, compound_id: UUID, ordinal: int, kind: str, number: int, text: str) -> None:
    put_many(compound_id=compound_id, ordinal=ordinal, kind=kind, texts=[(number, text)])


def put_many(*, compound_id: UUID, ordinal: int, kind: str, texts: list[tuple[int, str]]) -> None:
    rows: list[tuple[UUID | int | str, ...]]
    if connection.vendor == "sqlite":
        sql = f"INSERT OR REPLACE INTO {TABLE} (rowid, tokens, kind) VALUES (%s, %s, %s)"
        rows = [((ordinal << 32) | number, " ".join(tokens(text)), kind) for number, text in texts]
    else:
        sql = (
            f'INSERT INTO "{SearchEntry._meta.db_table}" (id, compound_id, kind, number, tokens) VALUES (%s, %s, %s, %s, %s) '
            "ON CONFLICT (compound_id, kind, number) DO UPDATE SET tokens = excluded.tokens"
        )
        rows = [(uuid7(), compound_id, kind, number, marked(compound_id, tokens(text))) for number, text in texts]
    with connection.cursor() as cursor:
        if len(rows) == 1:  # a statement of its own is planned once a connection
            cursor.execute(sql, rows[0])
        else:
            cursor.executemany(sql, rows)


def find(
    *,
    compound_id: UUID,
    ordinal: int,
    kind: str,
    text: str,
    before: int | None = None,
    above: int = 0,
    limit: int = 200,
    any_word: bool = False,
) -> list[int]:
    """Numbers of the things that hold every word of `text` (with `any_word` one of them), newest first, below `before`, above `above`."""
    wanted = query_tokens(text)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            match = (" OR " if any_word else " ").join(
                f'"{t[:-1]}"*' if t.endswith(ALONE) else f'"{t}"' for t in wanted
            )
            low, high = (ordinal << 32) | (above + 1), (ordinal << 32) | (before if before is not None else 0xFFFFFFFF)
            cursor.execute(
                f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s",
                [match, low, high, limit],
            )
            return [row[0] & 0xFFFFFFFF for row in cursor.fetchall()]
        mark = _mark(compound_id)
        query = (" | " if any_word else " & ").join(
            f"'{mark}{t[:-1]}':*" if t.endswith(ALONE) else f"'{mark}{t}'"
            for t in (w.replace("'", "''") for w in wanted)
        )
        cursor.execute(
            f'SELECT number FROM "{SearchEntry._meta.db_table}" WHERE compound_id = %s AND kind = %s AND {VECTOR} @@ %s::tsquery '
            "AND number < %s AND number > %s ORDER BY number DESC LIMIT %s",
            [compound_id, kind, query, before if before is not None else 1 << 62, above, limit],
        )
        return [row[0] for row in cursor.fetchall()]
