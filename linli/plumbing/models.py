from uuid import uuid4

from django.db import models

from .tenancy import AppendOnlyModel, TenantModel, uuid7


class AuditEntry(AppendOnlyModel):
    """One act inside a compound: who, in which role, when, for whom, by which channel. A thing's timeline is its entries.

    `salt` keeps what somebody said from being guessed by its digest; it goes with the words (`erasing`)."""

    at = models.DateTimeField()
    act = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    account_id = models.UUIDField(null=True)
    role = models.CharField(max_length=40, blank=True)
    role_id = models.UUIDField(null=True)
    body_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=20, default="screen")
    words = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    internal = models.BooleanField(default=False)
    once = models.UUIDField(null=True)
    salt = models.UUIDField(null=True, default=uuid4)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "once"], name="audit_once")]
        indexes = [models.Index(fields=["compound", "subject_id", "id"], name="audit_subject")]

    def __str__(self):
        return f"{self.act} {self.subject_kind} {self.subject_id}"


class AuditSeal(AppendOnlyModel):
    """A run of a compound's entries as they stood, sealed onto the run before it (`chain`). `entries`: the key and the
    fingerprint of each, 48 bytes."""

    position = models.PositiveIntegerField()
    entries = models.BinaryField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "position"], name="audit_seal_position")]

    def __str__(self):
        return f"seal {self.position}"


class AuditMark(models.Model):
    """Up to which key the entries of all compounds are sealed. One row."""

    citus_local = True

    id = models.PositiveSmallIntegerField(primary_key=True)
    until = models.UUIDField()

    def __str__(self):
        return str(self.until)


class PlatformEntry(models.Model):
    """The same for acts that belong to no compound: signing in, making a subdistrict. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    act = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    account_id = models.UUIDField(null=True)
    role = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=20, default="screen")
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_id", "id"], name="platform_subject")]

    def __str__(self):
        return f"{self.act} {self.subject_kind} {self.subject_id}"


class Counter(TenantModel):
    """A gapless number per compound and name; `counters.next_value` is the only writer."""

    name = models.CharField(max_length=40)
    value = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "name"], name="counter_name")]

    def __str__(self):
        return f"{self.name}={self.value}"


class Tally(TenantModel):
    """A count kept by the transaction that changes it, so that no page counts rows."""

    name = models.CharField(max_length=80)
    value = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "name"], name="tally_name")]

    def __str__(self):
        return f"{self.name}={self.value}"


class SearchEntry(TenantModel):
    """Tokens of one numbered thing (PostgreSQL: GIN over them; SQLite keeps them in an FTS5 table instead)."""

    kind = models.CharField(max_length=20)
    number = models.BigIntegerField()
    tokens = models.TextField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "kind", "number"], name="search_number")]

    def __str__(self):
        return f"{self.kind} {self.number}"


class Throttle(models.Model):
    """How often something was tried in one window. Node-private and short-lived."""

    citus_local = True

    key = models.CharField(max_length=100, primary_key=True)
    window = models.BigIntegerField()
    count = models.IntegerField(default=0)

    def __str__(self):
        return self.key
