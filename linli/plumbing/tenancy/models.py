from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

import uuid_utils
from django.db import connections, models, router

from .fields import CompoundKey
from .scope import current_compound_id


def uuid7() -> UUID:
    """Keys are made here, in time order, never by a database sequence (int keys break on a Citus worker)."""
    return UUID(int=uuid_utils.uuid7().int)


class TenantQuerySet(models.QuerySet):
    def bulk_create(self, objs, *args, **kw):
        objs = list(objs)
        for obj in objs:
            obj.check_parents()
        return super().bulk_create(objs, *args, **kw)


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):
    def get_queryset(self):
        rows = super().get_queryset()
        compound_id = current_compound_id()
        return rows if compound_id is None else rows.filter(compound_id=compound_id)


@cache
def _insert_sql(model: type[models.Model], vendor: str) -> str:
    columns = [f'"{f.column}"' for f in model._meta.local_concrete_fields]
    return f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) VALUES ({", ".join(["%s"] * len(columns))})'


@cache
def _update_sql(model: type[models.Model], columns: tuple[str, ...]) -> str:
    changes = ", ".join(f'"{column}" = %s' for column in columns)
    return f'UPDATE "{model._meta.db_table}" SET {changes} WHERE "id" = %s AND "compound_id" = %s'


def insert_new(rows: Sequence["TenantModel"]) -> None:
    """Rows of one model; what is there already, by any of its keys, stays as it is."""
    for row in rows:
        _insert(row, " ON CONFLICT DO NOTHING")


def _insert(row: "TenantModel", otherwise: str = "") -> None:
    """One prepared statement a table: the keys are ours, so there is nothing to ask back. A third of the cost of the long way."""
    row.check_parents()
    model = type(row)
    if not row._state.adding:
        raise TypeError(f"{model.__name__} {row.pk} is there already")
    connection = connections[router.db_for_write(model)]
    held = row.__dict__
    values: list[Any] = []
    for name, kind, quick, field in _writers(model, connection.alias):
        value = held[name]
        if type(value) is kind:
            values.append(quick(value) if quick else value)
        else:
            values.append(None if value is None and kind else field.get_db_prep_save(value, connection))
    with connection.cursor() as cursor:
        cursor.execute(_insert_sql(model, connection.vendor) + otherwise, values)
    row._state.adding, row._state.db = False, connection.alias


Quick = Callable[[Any], Any]


@cache
def _writers(model: type[models.Model], alias: str) -> list[tuple[str, type | None, Quick | None, models.Field]]:
    """Each column's attribute, the type its value mostly has, and what makes such a value ready (None: it is)."""
    connection = connections[alias]
    uuid: Quick | None = None if connection.features.has_native_uuid_field else attrgetter("hex")
    plain: list[tuple[type[models.Field], type, Quick | None]] = [
        (models.UUIDField, UUID, uuid), (models.CharField, str, None), (models.TextField, str, None), (models.BooleanField, bool, None),
        (models.IntegerField, int, None), (models.DateTimeField, datetime, connection.ops.adapt_datetimefield_value),
    ]  # fmt: skip
    made = []
    for field in model._meta.local_concrete_fields:
        holds = getattr(field, "target_field", field)
        kind, quick = next(((kind, quick) for of, kind, quick in plain if isinstance(holds, of)), (None, None))
        made.append((field.attname, kind, quick, field))
    return made


@cache
def _parents(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if getattr(field, "tenant_fk", False)]


class TenantModel(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    compound = CompoundKey()

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"  # forward access, refresh and delete collection are scoped too

    def save(self, *args, **kw):
        """`save(force_insert=True)` and `objects.create` take the short way, without signals."""
        if kw.get("force_insert") and not args and kw.keys() <= {"force_insert", "using"}:
            _insert(self)
        else:
            super().save(*args, **kw)

    def check_parents(self):
        """SQLite has no composite foreign key: refuse a parent of another compound here."""
        for field in _parents(type(self)):
            if field.is_cached(self):
                parent = field.get_cached_value(self)
                if parent is not None and parent.compound_id != self.compound_id:
                    raise ValueError(f"{self._meta.label}.{field.name} belongs to another compound")

    def save_base(self, *args, **kw):
        self.check_parents()
        return super().save_base(*args, **kw)

    def _do_update(self, base_qs, using, pk_val, values, *args, **kw):  # tenant in WHERE, never in SET
        values = [v for v in values if v[0].attname != "compound_id"]
        if not values or any(hasattr(v[2], "resolve_expression") for v in values):
            return super()._do_update(base_qs.filter(compound_id=self.compound_id), using, pk_val, values, *args, **kw)
        if current_compound_id() not in {None, self.compound_id}:
            return False
        connection = connections[using]
        sql = _update_sql(type(self), tuple(v[0].column for v in values))
        key = [
            self._meta.get_field(name).get_db_prep_save(v, connection)
            for name, v in (("id", pk_val), ("compound", self.compound_id))
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, [f.get_db_prep_save(value, connection) for f, _, value in values] + key)
            return cursor.rowcount > 0

    def refresh_from_db(self, using=None, fields=None, from_queryset=None):
        if from_queryset is None:
            from_queryset = type(self)._base_manager.db_manager(using).filter(compound_id=self.compound_id)
        return super().refresh_from_db(using, fields, from_queryset)

    def delete(self, using=None, keep_parents=False):
        rows = type(self)._base_manager.using(using or self._state.db)
        return rows.filter(compound_id=self.compound_id, pk=self.pk).delete()


class AppendOnlyQuerySet(TenantQuerySet):
    def update(self, **kw):
        raise TypeError(f"{self.model.__name__} is append-only: write a new record that points to the old one")

    def delete(self):
        raise TypeError(f"{self.model.__name__} is append-only")


class AppendOnlyManager(TenantManager.from_queryset(AppendOnlyQuerySet)):
    pass


class AppendOnlyModel(TenantModel):
    """What was written is never edited or removed (domain §0.3.1)."""

    objects = AppendOnlyManager()

    class Meta(TenantModel.Meta):
        abstract = True

    def save_base(self, *args, **kw):
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only: write a new record that points to the old one")
        return super().save_base(*args, **kw)

    def delete(self, *args, **kw):
        raise TypeError(f"{type(self).__name__} is append-only")
