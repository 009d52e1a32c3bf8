"""What a step of a migration makes anew."""

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from linli.plumbing.management.commands.migrate import pointing_at


def state() -> ProjectState:
    made = ProjectState()
    for name, to in (("Hub", None), ("Matter", "Hub"), ("Clock", "Matter"), ("Person", "Hub")):
        fields: list = [("id", models.AutoField(primary_key=True))]
        if to:
            fields.append(("up", models.ForeignKey(f"x.{to}", models.CASCADE, related_name="+")))
        made.add_model(ModelState("x", name, fields))
    return made


def test_the_model_and_what_points_at_it_are_made_anew():
    here = state()
    assert pointing_at(here, "x", "matter") == {("x", "matter"), ("x", "clock")}
    assert pointing_at(here, "x", "hub") == {("x", name) for name in ("hub", "matter", "clock", "person")}
    assert pointing_at(here, "x", "new") == {("x", "new")}


def test_after_a_step_everything_points_at_what_is_there(monkeypatch):
    monkeypatch.setattr(ProjectState, "_find_reload_model", pointing_at)
    here = state()
    assert here.apps.get_model("x", "matter")
    here.add_field("x", "matter", "words", models.TextField(default=""), preserve_default=True)
    hub, matter, clock = (here.apps.get_model("x", name) for name in ("hub", "matter", "clock"))
    assert matter._meta.get_field("words") and clock._meta.get_field("up").related_model is matter
    assert matter._meta.get_field("up").related_model is hub
    assert {row.related_model for row in hub._meta.get_fields(include_hidden=True) if row.auto_created and not row.concrete} == {
        matter, here.apps.get_model("x", "person"),
    }  # fmt: skip
