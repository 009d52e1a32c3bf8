"""Who holds posts in a body today, and can be told and asked."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from linli.people.models import Post
from linli.people.queries import in_term


def posts_in(bodies: Collection[UUID], today: date, kinds: Collection[str] = ()) -> QuerySet[Post]:
    """`kinds`: of these, or all."""
    rows = Post.objects.filter(in_term(today), organisation_id__in=bodies, account__is_active=True)
    return rows.filter(kind__in=kinds) if kinds else rows
