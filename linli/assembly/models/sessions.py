"""A session of the owners' assembly: who called it, what it decides, by which printed rules, and who conducts it."""

from django.db import models

from linli.people.models import Organisation, Person
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel


class Session(TenantModel):
    """`rules` and `profile` are fixed by the notice and printed on it; `register_*` by the freezing of the register.

    `sign_key` is the vote's public key of heads (its private half sealed in `sign_secret`); `seal_key` the key choices are sealed to,
    whose three sheets nobody keeps here: `sheets` holds their digests. `salt` makes the owners' marks.
    """

    number = models.PositiveIntegerField()
    once = models.UUIDField(null=True)
    title = models.CharField(max_length=80)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    ground = models.CharField(max_length=20)
    ground_words = models.CharField(max_length=300, blank=True)
    interim = models.BooleanField(default=False)
    first = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="drafting")
    profile = models.CharField(max_length=40)
    rules = models.JSONField(default=dict)
    place = models.CharField(max_length=80, blank=True)
    contact = models.CharField(max_length=80, blank=True)
    record_on = models.DateField(null=True)
    drafted_at = models.DateTimeField()
    noticed_at = models.DateTimeField(null=True)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    extended_from = models.DateTimeField(null=True)
    count_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    register_built_at = models.DateTimeField(null=True)
    register_published_at = models.DateTimeField(null=True)
    register_frozen_at = models.DateTimeField(null=True)
    register_fingerprint = models.CharField(max_length=64, blank=True)
    register_parties = models.PositiveIntegerField(default=0)
    register_area = models.PositiveBigIntegerField(default=0)
    salt = models.CharField(max_length=64, blank=True)
    sign_key = models.CharField(max_length=64, blank=True)
    sign_secret = models.BinaryField(null=True)
    seal_key = models.CharField(max_length=64, blank=True)
    sheets = models.JSONField(default=list)
    due_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="session_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="session_once"),
        ]
        indexes = [
            models.Index(fields=["compound", "state", "-number"], name="session_state"),
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="session_due"),
        ]

    def __str__(self):
        return f"session {self.number}"


class Item(TenantModel):
    """One thing to vote on. `matter_no`: 1 to 9 of Civil Code 278; `form`: approve, per_candidate or choose_up_to_N.

    `scope`: {"buildings": [id], "entrances": [id]}, or {} for the whole compound. Locked with the notice.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    place = models.PositiveSmallIntegerField()
    matter_no = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    summary = models.CharField(max_length=500, blank=True)
    scope = models.JSONField(default=dict)
    form = models.CharField(max_length=16, default="approve")
    seats = models.PositiveSmallIntegerField(null=True)
    matter_id = models.UUIDField(null=True)
    told_at = models.DateTimeField(null=True)
    total_parties = models.PositiveIntegerField(default=0)
    total_area = models.PositiveBigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "session", "place"], name="item_place"),
            models.CheckConstraint(condition=models.Q(matter_no__gte=1, matter_no__lte=9), name="item_matter_no"),
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(matter_id__isnull=False), name="item_of_a_matter")]

    def __str__(self):
        return f"item {self.place}"


class ItemPaper(AppendOnlyModel):
    """Material of an item: everybody of the compound may read it."""

    item = TenantForeignKey(Item, models.PROTECT)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    sealed = models.CharField(max_length=100)
    added_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "item", "id"], name="item_paper")]

    def __str__(self):
        return self.name


class FilingPaper(AppendOnlyModel):
    """A paper that is filed and was made elsewhere: the adopted rules, a certificate. The last of a `key` is what is filed."""

    session = TenantForeignKey(Session, models.PROTECT)
    key = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    sealed = models.CharField(max_length=100)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "session", "-id"], name="filing_paper")]

    def __str__(self):
        return self.name


class Candidate(TenantModel):
    """Of an election item; on the ballot by `place`. `code` is the word the count knows him by."""

    item = TenantForeignKey(Item, models.PROTECT)
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    person = TenantForeignKey(Person, models.PROTECT, null=True)
    about = models.CharField(max_length=300, blank=True)
    home_label = models.CharField(max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "item", "code"], name="candidate_code")]

    def __str__(self):
        return f"candidate {self.code}"


class Officer(TenantModel):
    """Who conducts the session: chair, teller, scrutineer, clerk (enters papers), carrier or observer. Sworn, and never a candidate or his kin."""

    session = TenantForeignKey(Session, models.PROTECT)
    office = models.CharField(max_length=12)
    account_id = models.UUIDField(null=True)
    name = models.CharField(max_length=40)
    sworn_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "session", "office", "account_id"],
                condition=models.Q(left_at__isnull=True, account_id__isnull=False),
                name="officer_once",
            )
        ]

    def __str__(self):
        return f"{self.office} {self.pk}"


class Replacement(TenantModel):
    """Another in the place of an officer once the box is open: why, and which scrutineer agreed, or who of the
    community where all scrutineers go. Until then nothing has changed."""

    session = TenantForeignKey(Session, models.PROTECT)
    officer = TenantForeignKey(Officer, models.PROTECT)
    name = models.CharField(max_length=40)
    account_id = models.UUIDField()
    words = models.CharField(max_length=200)
    put_by = models.UUIDField()
    put_at = models.DateTimeField()
    agreed_by = models.UUIDField(null=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "officer"], condition=models.Q(agreed_at__isnull=False), name="replaced_once"
            )
        ]
        indexes = [models.Index(fields=["compound", "session", "id"], name="replacement_session")]

    def __str__(self):
        return f"replacement {self.pk}"


class Assent(AppendOnlyModel):
    """Half of an act that needs two: `act` is done when chair and scrutineer have both pressed it (domain §4.9)."""

    session = TenantForeignKey(Session, models.PROTECT)
    act = models.CharField(max_length=20)
    office = models.CharField(max_length=12)
    account_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "session", "act", "office", "account_id"], name="assent_once")
        ]

    def __str__(self):
        return f"{self.act} by {self.office}"


class Objection(TenantModel):
    """To the register, the candidates or the result (`about`), and the body's answer. `person`: who objects, masked in public."""

    session = TenantForeignKey(Session, models.PROTECT)
    about = models.CharField(max_length=12)
    once = models.UUIDField(null=True)
    person = TenantForeignKey(Person, models.PROTECT, null=True)
    name = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=500)
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    upheld = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "once"], name="objection_once")]
        indexes = [models.Index(fields=["compound", "session", "about", "id"], name="objection_about")]

    def __str__(self):
        return f"objection {self.pk}"


class Asking(AppendOnlyModel):
    """A signature under the joint request that makes the assembly meet. `mark`: of the owner, so that nobody signs twice;
    it outlives a register that is built again."""

    session = TenantForeignKey(Session, models.PROTECT)
    label = models.CharField(max_length=60)
    mark = models.CharField(max_length=64)
    name = models.CharField(max_length=80)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "session", "mark"], name="asking_once")]

    def __str__(self):
        return f"asking {self.pk}"
