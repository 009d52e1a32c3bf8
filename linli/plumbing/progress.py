"""How far a long transaction is: said in a small file, for no other connection sees its rows before it ends."""

from uuid import UUID

from . import vault


def tell(compound_id: UUID, pk: UUID, part: str, done: int, total: int) -> None:
    target = vault.path(_name(compound_id, pk))
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    draft.write_text(f"{part} {done} {total}")
    draft.replace(target)


def heard(compound_id: UUID, pk: UUID) -> tuple[str, int, int] | None:
    """(part, done, total) as last told."""
    try:
        part, done, total = vault.path(_name(compound_id, pk)).read_text().split()
        return part, int(done), int(total)
    except (OSError, ValueError):
        return None


def forget(compound_id: UUID, pk: UUID) -> None:
    vault.path(_name(compound_id, pk)).unlink(missing_ok=True)


def _name(compound_id: UUID, pk: UUID) -> str:
    return f"{compound_id.hex}/progress/{pk.hex}"
