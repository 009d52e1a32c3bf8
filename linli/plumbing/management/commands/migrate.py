"""`migrate`, in time that grows with the migrations and not with their square.

Django makes each model that is connected with a changed one anew, in whatever direction and however far. Here everything is
connected through the compound, so that every step of every migration made all models anew. What must be made anew are the models
that point at the changed one: they would point at its old class. The other way round nothing is held.
"""

from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate
from django.db.migrations.state import ProjectState

Key = tuple[str, str]


def pointing_at(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[Key]:
    """The model, and those with a foreign key to it or to one of these."""
    found: set[Key] = set()
    wanted: list[Key] = [(app_label, model_name)]
    while wanted:
        key = wanted.pop()
        if key in found:
            continue
        found.add(key)
        try:
            model = state.apps.get_model(*key)
        except LookupError:
            continue  # new: nothing was made of it yet
        wanted += [
            (row.related_model._meta.app_label, row.related_model._meta.model_name)
            for row in model._meta.get_fields(include_hidden=True)
            if row.auto_created and not row.concrete and not isinstance(row.related_model, str)
        ]
    return found


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with patch.object(ProjectState, "_find_reload_model", pointing_at):
            super().handle(*args, **options)
