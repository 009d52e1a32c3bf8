from django.db import models
from django.db.models.sql.where import WhereNode


class CompoundKey(models.ForeignKey):
    """The tenant column: a model that has one is keyed (id, compound_id) on PostgreSQL, distributed by it on Citus."""

    tenant_key = True

    def __init__(self, to="places.Compound", on_delete=models.PROTECT, **kw):
        kw.setdefault("db_index", False)  # indexes name the compound first themselves
        kw.setdefault("related_name", "+")
        super().__init__(to, on_delete, **kw)

    def deconstruct(self):
        name, path, args, kw = super().deconstruct()
        kw["db_index"] = False  # ForeignKey.deconstruct loses it
        return name, path, args, kw


class TenantForeignKey(models.ForeignKey):
    """A relation to a row of the same compound: constraint, joins and forward access all carry compound_id."""

    tenant_fk = True

    def __init__(self, *args, **kw):
        kw.setdefault("db_index", False)  # indexes name the compound first themselves; no parent is ever deleted
        super().__init__(*args, **kw)

    def deconstruct(self):
        name, path, args, kw = super().deconstruct()
        return name, path, args, kw | {"db_index": self.db_index}

    def get_extra_descriptor_filter(self, instance):
        return {"compound_id": instance.compound_id}

    def get_extra_restriction(self, alias, related_alias):
        if not alias or not related_alias:
            return None
        left, right = self.model._meta.get_field("compound"), self.related_model._meta.get_field("compound")
        return WhereNode([left.get_lookup("exact")(left.get_col(related_alias), right.get_col(alias))])
