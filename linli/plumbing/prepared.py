"""Hot queries, compiled once a connection: Django spends two thirds of a small SELECT on making its SQL again."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID, SafeUUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ValuesListIterable

from .tenancy import unscoped

Row = TypeVar("Row")
Value = UUID | str | int | date
_KEPT = "_linli_prepared"
MOST = 1000


class Prepared(Generic[Row]):
    """`make(**named)` gives the queryset; it must use each argument as a plain value or not at all, and name the compound itself.

    None is another question than a value (IS NULL), so each such pattern is compiled on its own; so is each length of a
    tuple of values.
    """

    def __init__(self, make: Callable[..., "QuerySet[Any, Row]"]) -> None:
        self.make = make
        self.__doc__ = make.__doc__

    def all(self, **given: Value | tuple[Value, ...] | None) -> list[Row]:
        connection = connections[DEFAULT_DB_ALIAS]
        kept = connection.__dict__.setdefault(_KEPT, {})  # the thread's own
        key: tuple = (self, *(name for name, value in given.items() if value is None))
        if many := [(name, len(value)) for name, value in given.items() if type(value) is tuple]:
            key, given = (*key, *many), _apart(given)
        plan = kept.get(key)
        if plan is None:
            if len(kept) >= MOST:
                kept.clear()
            plan = kept[key] = _Plan(self.make, given, connection)
        return plan.run(given)

    def first(self, **given: Value | tuple[Value, ...] | None) -> Row | None:
        found = self.all(**given)
        return found[0] if found else None


def _apart(given: Mapping[str, Any]) -> dict[Any, Any]:
    """Each value of a tuple by its place."""
    made: dict[Any, Any] = {}
    for name, value in given.items():
        made |= {(name, i): one for i, one in enumerate(value)} if type(value) is tuple else {name: value}
    return made


def _together(marks: Mapping[Any, Any]) -> dict[str, Any]:
    """As `make` takes them."""
    made: dict[str, Any] = {}
    for slot, mark in marks.items():
        if isinstance(slot, str):
            made[slot] = mark
        else:
            made[slot[0]] = (*made.get(slot[0], ()), mark)
    return made


def _mark(value: Any, i: int) -> Any:
    """A value of the same type that no query holds by chance."""
    if isinstance(value, UUID):
        return UUID(int=(0xDEAD << 112) + i)
    if isinstance(value, str):
        return f"\x01prepared{i}"
    if isinstance(value, datetime):
        return datetime(3, 3, 3, microsecond=i, tzinfo=value.tzinfo)
    if isinstance(value, date):
        return date(3 + i, 3, 3)
    return 1_987_654_300 + i  # what a column of whole numbers may hold


def _adapted(value: Any, connection: Any) -> Any:
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


_new, _set, _unknown = object.__new__, object.__setattr__, SafeUUID.unknown


def _uuid(value: str) -> UUID:
    """As UUID(value) from the 32 digits that SQLite keeps, without looking for other spellings."""
    made = _new(UUID)
    _set(made, "int", int(value, 16))
    _set(made, "is_safe", _unknown)
    return made


def _moment(value: datetime | str) -> datetime:
    """SQLite keeps moments in UTC and does not say so; of an aggregate it gives the text."""
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).replace(tzinfo=UTC)


QUICK: dict[str, Callable[[Any], Any]] = {
    "convert_uuidfield_value": _uuid,
    "convert_datetimefield_value": _moment,
    "convert_booleanfield_value": bool,
}


class _Plan:
    def __init__(self, make: Callable[..., QuerySet], given: dict[Any, Any], connection: Any) -> None:
        self.connection = connection
        marks = {name: None if value is None else _mark(value, i) for i, (name, value) in enumerate(given.items())}
        rows, params = self._compile(make, marks)
        names = {_adapted(mark, connection): name for name, mark in marks.items() if mark is not None}
        self.params = [(names.get(p) if isinstance(p, (str, int, UUID, date)) else None, p) for p in params]
        if missing := set(names.values()) - {name for name, _ in self.params}:
            others = {
                name: _mark(mark, 500 + i) if name in missing else mark for i, (name, mark) in enumerate(marks.items())
            }
            sql = self.sql
            if self._compile(make, others)[1] != params or self.sql != sql:
                raise TypeError(f"the query does not use {', '.join(sorted(map(str, missing)))} as a plain value")
        self.plain = issubclass(rows._iterable_class, ValuesListIterable)
        fields = [s[0] for s in self.compiler.select[: self.compiler.col_count]]
        found = self.compiler.get_converters(fields)
        self.quick = {i: QUICK[c[0].__name__] for i, (c, _) in found.items() if len(c) == 1 and c[0].__name__ in QUICK}
        self.converters = {i: c for i, c in found.items() if i not in self.quick}
        if not self.plain:
            self.shape = _Shape(self.compiler.klass_info, self.compiler.select, connection.alias)

    def _compile(self, make: Callable[..., QuerySet], marks: dict[Any, Any]) -> tuple[QuerySet, tuple]:
        with unscoped("compiling a query that names its compound"):
            rows = make(**_together(marks))
        self.compiler = rows.query.get_compiler(self.connection.alias)
        self.sql, params = self.compiler.as_sql()
        return rows, params

    def run(self, given: dict[Any, Any]) -> list[Any]:
        connection = self.connection
        with connection.cursor() as cursor:
            cursor.execute(
                self.sql, [p if name is None else _adapted(given[name], connection) for name, p in self.params]
            )
            rows = cursor.fetchall()
        if self.quick:
            rows = [self._quickly(row) for row in rows]
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        return [tuple(row) for row in rows] if self.plain else [self.shape.object(row) for row in rows]

    def _quickly(self, row: Any) -> list[Any]:
        made = list(row)
        for i, convert in self.quick.items():
            if made[i] is not None:
                made[i] = convert(made[i])
        return made


class _Shape:
    """Where in a row the columns of a model lie, and of those it was selected with.

    Made without the model's `__init__`: every column is there or deferred, nothing listens, and it costs three times as much.
    """

    def __init__(self, info: dict[str, Any], select: Any, alias: str) -> None:
        own = info["select_fields"]
        self.model: type[Model] = info["model"]
        self.alias = alias
        self.span = slice(own[0], own[-1] + 1)
        self.names = [s[0].target.attname for s in select[self.span]]
        self.pk = own[0] + self.names.index(self.model._meta.pk.attname)
        self.related = [
            (_Shape(i, select, alias), i["local_setter"], i["remote_setter"])
            for i in info.get("related_klass_infos", [])
        ]

    def object(self, row: Any) -> Model:
        made = self.model.__new__(self.model)
        made.__dict__.update(zip(self.names, row[self.span], strict=True))
        made._state = state = ModelState()
        state.adding, state.db = False, self.alias
        for shape, set_here, set_there in self.related:
            other = None if row[shape.pk] is None else shape.object(row)
            set_here(made, other)
            if other is not None:
                set_there(other, made)
        return made
