"""Counting tries in a window of time. The key is hashed: a row tells neither number nor address."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from .models import Throttle
from .vault import keyed_hash


def within(key: str, *, limit: int, span: timedelta, at: datetime) -> bool:
    """Counts this try and says whether it is still one of the allowed. Call it outside the transaction that may fail."""
    seconds = int(span.total_seconds())
    window = int(at.timestamp()) // seconds * seconds
    sql = (
        f'INSERT INTO "{Throttle._meta.db_table}" AS t (key, "window", count) VALUES (%s, %s, 1) ON CONFLICT (key) DO UPDATE '
        'SET count = CASE WHEN t."window" = excluded."window" THEN t.count + 1 ELSE 1 END, "window" = excluded."window" '
        "RETURNING count"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [keyed_hash(f"throttle:{key}"), window])
        return int(cursor.fetchone()[0]) <= limit


def forgive(key: str) -> None:
    Throttle.objects.filter(key=keyed_hash(f"throttle:{key}")).delete()


def forget(before: datetime) -> int:
    return Throttle.objects.filter(window__lt=int(before.timestamp())).delete()[0]


def address(request: HttpRequest) -> str:
    """Whence a request comes; behind the proxy that ends HTTPS, what that proxy saw."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() if settings.HTTPS else ""
    return seen or request.META.get("REMOTE_ADDR", "")
