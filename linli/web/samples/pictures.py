"""The stand-in photos as rows and files: each picture written once in a compound, then linked to every matter that shows it."""

from uuid import UUID

from linli.matters.models import Attachment, Matter
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

from .replay import Replay
from .steps import MatterPlan, Photo, Step
from .studio import Studio


class Album:
    """One compound's photos: each drawn file written once, the others of the same picture are links to it."""

    def __init__(self, run: Replay, studio: Studio):
        self.run, self.studio, self.compound = run, studio, run.town.compound
        self._first: dict[Photo, Attachment] = {}

    def fill(self) -> int:
        entries = self._entries()
        rows = [
            row
            for plan in self.run.town.plan.matters
            if plan.key in self.run.matters
            for row in self._of(plan, entries)
        ]
        Attachment.objects.bulk_create(rows)
        Matter.objects.bulk_update(self._covered(rows), ["photo_before", "photo_after"], batch_size=200)
        return len(rows)

    def _entries(self) -> dict[tuple, AuditEntry]:
        found = AuditEntry.objects.filter(compound_id=self.compound.pk, act__in=("raise", "resolve"))
        return {
            (e.subject_id, e.act, e.at): e
            for e in found.only("id", "compound_id", "subject_id", "act", "at", "account_id")
        }

    def _of(self, plan: MatterPlan, entries: dict[tuple, AuditEntry]) -> list[Attachment]:
        matter, rows = self.run.matters[plan.key], dict[Photo, Attachment]()
        for step in plan.steps:
            entry = entries.get((matter.pk, step.act, step.at))
            if entry:
                for photo in step.data.get("photos", ()):
                    rows.setdefault(photo, self._row(photo, matter, step, entry))
        return list(rows.values())

    def _row(self, photo: Photo, matter: Matter, step: Step, entry: AuditEntry) -> Attachment:
        """As `matters.services.photos` keeps one, but for the writing."""
        row = Attachment(
            compound=self.compound, matter=matter, entry_id=entry.pk, kind="photo", phase="after" if photo[1] else "before",
            added_at=step.at, added_by=entry.account_id,
        )  # fmt: skip
        first = self._first.get(photo)
        if first is None:
            self._write(photo, row)
            self._first[photo] = row
            return row
        for name in ("sealed", "digest", "width", "height"):
            setattr(row, name, getattr(first, name))
        row.small = vault.link_plain(first.small, self.compound.pk, row.pk, "-s.jpg")
        row.thumb = vault.link_plain(first.thumb, self.compound.pk, row.pk, "-t.jpg")
        return row

    def _write(self, photo: Photo, row: Attachment) -> None:
        original, made = self.studio[photo]
        row.sealed, row.digest = vault.keep_sealed(self.compound.pk, original), vault.digest(self.compound.pk, original)
        row.width, row.height = made.width, made.height
        row.small = vault.keep_plain(self.compound.pk, row.pk, made.small, "-s.jpg")
        row.thumb = vault.keep_plain(self.compound.pk, row.pk, made.thumb, "-t.jpg")

    def _covered(self, rows: list[Attachment]) -> list[Matter]:
        """The first photo of how it was and the last of how it is; what was merged lends the first to a matter without one."""
        by_id = {m.pk: m for m in self.run.matters.values()}
        changed: dict[UUID, Matter] = {}
        for row in rows:
            matter = changed.setdefault(row.matter_id, by_id[row.matter_id])
            if row.phase == "after":
                matter.photo_after = row.thumb
            else:
                matter.photo_before = matter.photo_before or row.thumb
        for source in self.run.matters.values():
            main = by_id.get(source.merged_into_id) if source.merged_into_id else None
            if main and source.photo_before and not main.photo_before:
                main.photo_before = source.photo_before
                changed[main.pk] = main
        return list(changed.values())
