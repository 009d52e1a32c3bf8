"""What an import linter cannot see: relations between tables, forgotten migrations, pages' words, a stale calendar."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from linli.kernel.clock import known_until

ROOT = Path(__file__).resolve().parents[2]
# Neighbours on one floor do not know each other.
FLOORS = [
    {"kernel"},
    {"plumbing", "gateways"},
    {"places"},
    {"people"},
    {"notices"},
    {"matters", "assembly"},
    {"finance"},
    {"volunteers", "councils", "facilities"},
    {"care"},
    {"insight"},
    {"web"},
]


def ours():
    return [m for m in apps.get_models() if m.__module__.startswith("linli.")]


def context(model) -> str:
    return model.__module__.split(".")[1]


def floor(model) -> int:
    return next(n for n, names in enumerate(FLOORS) if context(model) in names)


def test_every_relation_points_down_or_to_the_compound():
    up = [
        f"{model._meta.label}.{f.name}"
        for model in ours()
        for f in model._meta.concrete_fields
        if f.is_relation
        and not getattr(f, "tenant_key", False)
        and context(f.related_model) != context(model)
        and floor(f.related_model) >= floor(model)
    ]
    assert up == []


def tenant(model) -> bool:
    return any(getattr(f, "tenant_key", False) for f in model._meta.local_fields)


def test_children_point_to_tenant_rows_by_tenant_keys_alone():
    wrong = [
        f"{model._meta.label}.{f.name}"
        for model in ours()
        for f in model._meta.concrete_fields
        if f.is_relation
        and not getattr(f, "tenant_key", False)
        and tenant(f.related_model) != getattr(f, "tenant_fk", False)
    ]
    assert wrong == []


def test_every_unique_key_of_a_tenant_table_starts_with_the_compound():
    wrong = [
        c.name
        for model in ours()
        if tenant(model)
        for c in model._meta.constraints
        if getattr(c, "fields", None) and c.fields[0] != "compound"
    ]
    unique = [
        f"{m._meta.label}.{f.name}"
        for m in ours()
        if tenant(m)
        for f in m._meta.local_fields
        if f.unique and not f.primary_key
    ]
    assert (wrong, unique) == ([], [])


def test_no_many_to_many_on_tenant_tables():
    assert [m._meta.label for m in ours() if tenant(m) and m._meta.local_many_to_many] == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_templates_of_a_context_include_lower_contexts_alone():
    wrong = []
    for path in ROOT.glob("linli/*/templates/**/*.html"):
        here = path.relative_to(ROOT / "linli").parts[0]
        if here == "web":
            continue
        for name in re.findall(r"{% (?:include|extends) ['\"]([\w-]+)/", path.read_text(encoding="utf-8")):
            if name in FLOORS and FLOORS.index(name) > FLOORS.index(here):
                wrong.append(f"{path.name}: {name}")
    assert wrong == []


def test_no_inline_style_or_script_in_templates():
    wrong = [
        str(path.relative_to(ROOT))
        for path in ROOT.glob("linli/**/templates/**/*.html")
        if re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_the_working_day_calendar_is_not_stale():
    """Fails a month into a year whose holidays the library does not know: upgrade chinesecalendar."""
    assert known_until() >= date(2026, 12, 31)
    today = date.today()
    assert known_until().year >= today.year or today.month == 1


def test_every_setting_is_in_the_docs():
    source = (ROOT / "linli/web/settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r"\"(LINLI_\w+|DATABASE_URL)\"", source))
    docs = (ROOT / "docs/operations/settings.md").read_text(encoding="utf-8")
    assert names - set(re.findall(r"`(LINLI_\w+|DATABASE_URL)`", docs)) == set()


def test_services_and_rules_never_ask_the_time():
    wrong = [
        str(path.relative_to(ROOT))
        for pattern in ("services", "rules", "queries", "access", "models")
        for path in [*ROOT.glob(f"linli/*/{pattern}.py"), *ROOT.glob(f"linli/*/{pattern}/*.py")]
        if re.search(r"timezone\.now\(|datetime\.now\(|date\.today\(|localdate\(\)", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []
