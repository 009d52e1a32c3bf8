"""Tenancy: every row of a compound carries the compound, in its key, its joins and its queries."""

from .fields import CompoundKey, TenantForeignKey
from .guard import TenantlessQuery, tenant_guard
from .models import AppendOnlyModel, TenantManager, TenantModel, TenantQuerySet, insert_new, uuid7
from .scope import compound_scope, current_compound_id, unscoped

__all__ = [
    "AppendOnlyModel",
    "CompoundKey",
    "TenantForeignKey",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "TenantlessQuery",
    "compound_scope",
    "current_compound_id",
    "insert_new",
    "tenant_guard",
    "unscoped",
    "uuid7",
]
