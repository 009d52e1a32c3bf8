"""Who stands for election, and who speaks for or against it: for a property management committee and for an owners' committee."""

from django.db import models

from linli.people.models import Organisation, Person
from linli.places.models import Home
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .selections import Selection
from .sessions import Item, Session

# What belongs to a body being formed, or to a company being chosen.
OF_ONE = models.Q(formation__isnull=False, selection__isnull=True) | models.Q(
    formation__isnull=True, selection__isnull=False
)


class Formation(TenantModel):
    """A body being formed. `kind` "pmc": the five steps of domain M9–M11; "committee": candidates of an election item.

    `seats`: members wanted, `owner_seats` of them owners; `most`: names that may be ticked; `households`: signatures a joint
    recommendation needs. `body`: who leads it; `made`: the body that came of it. `fills`: a whole "term", or a "vacancy".
    `after`: the election that left seats empty, whose further round this is: who passed then sits with who passes now.
    `seated`: the codes that were elected, as it took office. `handed_over_at`: when all was handed over, or at once where nobody sat before. `renewal`: the session, drafted by the clock, that elects the next; `renewal_late_at`: nobody went on, the subdistrict was told.
    """

    number = models.PositiveIntegerField()
    once = models.UUIDField(null=True)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=14, default="recommending")
    title = models.CharField(max_length=80)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    made = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, db_index=False)
    item = TenantForeignKey(Item, models.PROTECT, null=True)
    profile = models.CharField(max_length=40)
    seats = models.PositiveSmallIntegerField()
    owner_seats = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    households = models.PositiveSmallIntegerField()
    contact = models.CharField(max_length=80)
    recommend_until = models.DateField()
    announced_at = models.DateTimeField()
    listed_at = models.DateTimeField(null=True)
    list_until = models.DateField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    homes = models.PositiveIntegerField(default=0)
    forms_out = models.PositiveIntegerField(default=0)
    forms_back = models.PositiveIntegerField(default=0)
    ticks_at = models.DateTimeField(null=True)
    ticks_closed_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField(null=True)
    notice_until = models.DateField(null=True)
    established_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    filing_no = models.CharField(max_length=60, blank=True)
    seal = models.CharField(max_length=120, blank=True)
    term_from = models.DateField(null=True)
    term_to = models.DateField(null=True)
    fills = models.CharField(max_length=10, default="term")
    after = TenantForeignKey("self", models.PROTECT, related_name="+", null=True)
    elected_at = models.DateTimeField(null=True)
    seated = models.JSONField(default=list)
    met_on = models.DateField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    renewal_on = models.DateField(null=True)
    renewal_told_at = models.DateTimeField(null=True)
    renewal = TenantForeignKey(Session, models.PROTECT, null=True)
    renewal_late_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["renewal_on"],
                condition=models.Q(renewal_on__isnull=False, renewal_told_at__isnull=True),
                name="formation_renewal",
            ),
            models.Index(
                fields=["renewal_on"],
                condition=models.Q(renewal_told_at__isnull=False, renewal_late_at__isnull=True),
                name="formation_renewal_late",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="formation_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="formation_once"),
            models.UniqueConstraint(
                fields=["compound", "item"], condition=models.Q(item__isnull=False), name="formation_item"
            ),
        ]

    def __str__(self):
        return f"formation {self.number}"


class Nominee(TenantModel):
    """Put forward by owners together, by himself, or by the community. On the list by `place`, once consent and checks are in.

    `dropped_at`: withdrawn, or left off the list for `dropped_why`; who was on it keeps his place. `struck_*`: after the notice, what
    one says of him by an objection that was upheld, until another agrees. `leaves_*`: a paper by which he withdraws, until another
    confirms it.
    """

    formation = TenantForeignKey(Formation, models.PROTECT)
    once = models.UUIDField(null=True)
    place = models.PositiveSmallIntegerField(null=True)
    name = models.CharField(max_length=40)
    person = TenantForeignKey(Person, models.PROTECT, null=True)
    home = TenantForeignKey(Home, models.PROTECT, null=True)
    home_label = models.CharField(max_length=60)
    way = models.CharField(max_length=20)
    why = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    account_id = models.UUIDField(null=True)
    nominated_at = models.DateTimeField()
    nominated_by = models.UUIDField(null=True)
    backings = models.PositiveIntegerField(default=0)
    consented_at = models.DateTimeField(null=True)
    consent_way = models.CharField(max_length=10, blank=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_why = models.CharField(max_length=200, blank=True)
    struck_for = TenantForeignKey("FormationObjection", models.PROTECT, related_name="+", null=True, db_index=False)
    struck_at = models.DateTimeField(null=True)
    struck_by = models.UUIDField(null=True)
    leaves_at = models.DateTimeField(null=True)
    leaves_by = models.UUIDField(null=True)
    leaves_why = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "once"], name="nominee_once"),
            models.UniqueConstraint(
                fields=["compound", "formation", "person"],
                condition=models.Q(dropped_at__isnull=True),
                name="nominee_person",
            ),
        ]
        indexes = [models.Index(fields=["compound", "formation", "place"], name="nominee_formation")]

    def __str__(self):
        return f"nominee {self.pk}"


class Backing(TenantModel):
    """A household's signature under a joint recommendation: on the screen, or on the paper that a worker entered."""

    formation = TenantForeignKey(Formation, models.PROTECT)
    nominee = TenantForeignKey(Nominee, models.PROTECT)
    home = TenantForeignKey(Home, models.PROTECT)
    home_label = models.CharField(max_length=60)
    name = models.CharField(max_length=40)
    person = TenantForeignKey(Person, models.PROTECT, null=True)
    way = models.CharField(max_length=10)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "nominee", "home"], name="backing_home")]
        indexes = [models.Index(fields=["compound", "formation", "home"], name="backing_formation")]

    def __str__(self):
        return f"backing {self.pk}"


class Check(AppendOnlyModel):
    """One condition of a nominee looked at: what was seen, and whether it holds. Looked at again, it is a new row; the last holds."""

    nominee = TenantForeignKey(Nominee, models.PROTECT)
    key = models.CharField(max_length=20)
    holds = models.BooleanField()
    evidence = models.CharField(max_length=200)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "nominee", "id"], name="check_nominee")]

    def __str__(self):
        return f"check {self.key}"


class Evidence(AppendOnlyModel):
    """What was looked at for a condition, as a file: sealed, opened for who examines, each opening on record."""

    nominee = TenantForeignKey(Nominee, models.PROTECT)
    key = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=4)
    digest = models.CharField(max_length=64)
    sealed = models.CharField(max_length=120)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "nominee", "key", "digest"], name="evidence_file"),
        ]

    def __str__(self):
        return f"evidence {self.key}"


class FormationObjection(TenantModel):
    """To a list of candidates, confirmed members, a plan or its scores (`about`), and the answer. Who objects is not published.

    `nominee`: who may not stand because of it, where the answer found so.
    """

    formation = TenantForeignKey(Formation, models.PROTECT, null=True)
    nominee = TenantForeignKey(Nominee, models.PROTECT, related_name="+", null=True, db_index=False)
    selection = TenantForeignKey(Selection, models.PROTECT, null=True)
    about = models.CharField(max_length=10)
    once = models.UUIDField(null=True)
    person = TenantForeignKey(Person, models.PROTECT, null=True)
    name = models.CharField(max_length=40)
    words = models.CharField(max_length=500)
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    upheld = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "once"], name="formation_objection_once"),
            models.CheckConstraint(condition=OF_ONE, name="formation_objection_of_one"),
        ]
        indexes = [
            models.Index(fields=["compound", "formation", "id"], name="formation_objection"),
            models.Index(fields=["compound", "selection", "id"], name="selection_objection"),
        ]

    def __str__(self):
        return f"objection {self.pk}"
