from django.db import models

from linli.places.models import Home
from linli.plumbing.tenancy import TenantForeignKey, TenantModel


class Person(TenantModel):
    """Somebody in a compound's registers, with or without a phone. P2; identity number P3, sealed."""

    name = models.CharField(max_length=80)
    is_organisation = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, blank=True)
    phone2 = models.CharField(max_length=20, blank=True)
    identity_sealed = models.BinaryField(null=True)
    identity_hash = models.CharField(max_length=64, blank=True)
    no_phone = models.BooleanField(default=False)
    deceased_on = models.DateField(null=True, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["compound", "phone"], name="person_phone"),
            models.Index(fields=["compound", "name"], name="person_name"),
            models.Index(fields=["compound", "identity_hash"], name="person_identity"),
        ]

    def __str__(self):
        return f"person {self.pk}"


class Ownership(TenantModel):
    home = TenantForeignKey(Home, models.PROTECT)
    person = TenantForeignKey(Person, models.PROTECT)
    from_day = models.DateField(null=True)
    to_day = models.DateField(null=True)
    source = models.CharField(max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "home", "person"], condition=models.Q(to_day__isnull=True), name="ownership_current"
            )
        ]
        indexes = [models.Index(fields=["compound", "person"], name="ownership_person")]

    def __str__(self):
        return f"ownership {self.pk}"


class Residency(TenantModel):
    """Who lives in a home without owning it: family, tenant, other lawful user. No assembly vote."""

    home = TenantForeignKey(Home, models.PROTECT)
    person = TenantForeignKey(Person, models.PROTECT)
    kind = models.CharField(max_length=20)
    from_day = models.DateField(null=True)
    to_day = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "home", "person"], condition=models.Q(to_day__isnull=True), name="residency_current"
            )
        ]
        indexes = [models.Index(fields=["compound", "person"], name="residency_person")]

    def __str__(self):
        return f"residency {self.pk}"


class RegisterChange(TenantModel):
    """A change of the owners' register made by hand: proposed by one, in force when a second confirms (domain §4.9).

    `kind`: begin or end of an ownership; died, or alive where a death was recorded by mistake; guardian or unguardian, who acts for an
    owner begins or ends. `paper`: the sealed evidence, forgotten 30 days after it came. `given`: by what somebody owns, or whom the change is about. `state`: proposed,
    confirmed, refused.
    """

    kind = models.CharField(max_length=10)
    home = TenantForeignKey(Home, models.PROTECT)
    person = TenantForeignKey(Person, models.PROTECT)
    day = models.DateField()
    reason = models.CharField(max_length=200)
    paper = models.CharField(max_length=200, blank=True)
    given = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="proposed")
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "kind", "home", "person"],
                condition=models.Q(state="proposed"),
                name="register_change_open",
            )
        ]
        indexes = [models.Index(fields=["compound", "state", "proposed_at"], name="register_change_state")]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class Guardian(TenantModel):
    """Who acts for an owner that cannot (domain §3.1): the guardian of a minor or of an adult without full capacity, a company's legal
    representative. `kind`: guardian, legal. `change`: with the evidence; `to_day`: the last day, if any."""

    person = TenantForeignKey(Person, models.PROTECT)
    change = TenantForeignKey(RegisterChange, models.PROTECT)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=40)
    phone = models.CharField(max_length=20, blank=True)
    from_day = models.DateField()
    to_day = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "change"], name="guardian_change")]
        indexes = [models.Index(fields=["compound", "person"], name="guardian_person")]

    def __str__(self):
        return f"guardian {self.pk}"
