"""Django's PostgreSQL backend, with tenant tables keyed (id, compound_id) and, where Citus is there, distributed by it.

No model imports here (flags are duck-typed), or Django's start-up goes in circles.
"""

import select

from django.db.backends.postgresql import base, features, operations, schema
from psycopg import _queries

# psycopg remembers how it cut a statement of at most fifty values; a matter has more columns.
_queries.MAX_CACHED_STATEMENT_PARAMS = 100


def tenant_key(model):
    return next((f for f in model._meta.local_fields if getattr(f, "tenant_key", False)), None)


class DatabaseFeatures(features.DatabaseFeatures):
    allows_group_by_selected_pks = False  # or annotate(Count(...)) fails: GROUP BY id is not the whole key


class DatabaseOperations(operations.DatabaseOperations):
    def deferrable_sql(
        self,
    ):  # at the statement: IntegrityError on every engine (deferred, Citus reports InternalError)
        return " DEFERRABLE INITIALLY IMMEDIATE"


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    sql_create_column_inline_fk = None  # keys of added columns take the same path as the others

    def __enter__(self):
        super().__enter__()
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'")
            self.citus = cursor.fetchone() is not None
        if self.citus and self.connection.in_atomic_block:
            self.execute("SET LOCAL citus.multi_shard_modify_mode TO 'sequential'")
        return self

    def create_model(self, model):
        super().create_model(model)
        table, key = self.quote_name(model._meta.db_table), tenant_key(model)
        if key:
            (name,) = self._constraint_names(model, primary_key=True)
            name = self.quote_name(name)
            column = self.quote_name(key.column)
            self.execute(
                f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} PRIMARY KEY (id, {column})"
            )
        if not self.citus:
            return
        if key:
            sql = "SELECT create_distributed_table(%s, %s, colocate_with => 'default')"
            self.execute(sql, [model._meta.db_table, key.column])
        elif not getattr(model, "citus_local", False):
            self.execute("SELECT create_reference_table(%s)", [model._meta.db_table])

    def _create_fk_sql(self, model, field, suffix):
        statement = super()._create_fk_sql(model, field, suffix)
        if getattr(field, "tenant_fk", False):
            statement.parts["column"].columns.insert(0, tenant_key(model).column)
            statement.parts["to_column"].columns.insert(0, tenant_key(field.related_model).column)
        return statement


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = DatabaseSchemaEditor
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    def is_usable(self):
        """Before each request. A server that ended a connection has said so: where nothing waits to be read, nothing is asked."""
        link = self.connection
        if link is None or link.closed:
            return False
        waiting = select.poll()
        waiting.register(link.fileno(), select.POLLIN)
        return not waiting.poll(0) or super().is_usable()
