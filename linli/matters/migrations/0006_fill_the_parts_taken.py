"""What the three parties did so far, from the entries."""

from django.db import migrations

PARTY = {
    "residents_committee": "community", "community_party_organisation": "community", "compound_party_branch": "community",
    "volunteer_team": "community", "mediation_committee": "community", "owners_committee": "committee",
    "property_management_committee": "committee", "preparatory_group": "committee", "renewal_group": "committee",
    "property_company": "property",
}  # fmt: skip
SMALL = ("follow", "unfollow", "hide_photo", "see_contact", "unseal_photo")


def fill(apps, schema_editor):
    kinds = dict(apps.get_model("people", "Organisation").objects.values_list("id", "kind"))
    entries = apps.get_model("plumbing", "AuditEntry").objects.filter(subject_kind="matter").exclude(body_id=None)
    taken, rows = apps.get_model("matters", "PartTaken"), {}
    for compound, matter, body, act, at in (
        entries.exclude(act__in=SMALL).order_by("at", "id").values_list("compound_id", "subject_id", "body_id", "act", "at").iterator()
    ):  # fmt: skip
        party = PARTY.get(kinds.get(body, ""))
        if party is None:
            continue
        row = rows.get((matter, party))
        if row is None:
            rows[matter, party] = taken(
                compound_id=compound, matter_id=matter, party=party, first_at=at, first_act=act, last_at=at, last_act=act, acts=1,
            )  # fmt: skip
        else:
            row.last_at, row.last_act, row.acts = at, act, row.acts + 1
    taken.objects.bulk_create(rows.values(), batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0005_keep_the_part_each_party_took"),
        ("people", "0008_keep_fewer_indexes"),
        ("plumbing", "0001_initial"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
