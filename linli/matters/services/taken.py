"""The part each of the three parties took in a matter (domain M41), kept by the transaction in which it takes it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from linli.people.rules import PARTY_OF_BODY, Body
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..models import PartTaken
from ..rules.states import Act
from ..rules.turns import THREE

# Somebody's own small wishes are no part their body takes.
SMALL = frozenset({Act.FOLLOW, Act.UNFOLLOW, Act.HIDE_PHOTO, Act.PUBLIC_TITLE})


def party_of(by: Actor) -> str:
    """The party somebody acts for; "" for a resident, an agency, the clock."""
    party = PARTY_OF_BODY.get(Body(by.body_kind), "") if by.body_kind else ""
    return party if party in THREE else ""


def took(compound_id: UUID, matters: Iterable[UUID], *, by: Actor, act: str, at: datetime, party: str = "") -> None:
    """One upsert, however many matters; nothing where no party acts. `party`: where another has it done."""
    party, ids = party or party_of(by), list(matters)
    if party not in THREE or act in SMALL or not ids:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    native = connection.features.has_native_uuid_field
    moment = connection.ops.adapt_datetimefield_value(at)
    rows, params = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, 1)"] * len(ids)), []
    for pk in ids:
        keys = (uuid7(), compound_id, pk)
        params += [*(keys if native else (key.hex for key in keys)), party, moment, str(act), moment, str(act)]
    sql = (
        f'INSERT INTO "{PartTaken._meta.db_table}" AS t '
        f"(id, compound_id, matter_id, party, first_at, first_act, last_at, last_act, acts) VALUES {rows} "
        "ON CONFLICT (compound_id, matter_id, party) DO UPDATE "
        "SET last_at = excluded.last_at, last_act = excluded.last_act, acts = t.acts + 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
