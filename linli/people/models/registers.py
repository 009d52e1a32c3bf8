from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from linli.places.models import Community, Compound, Home, Subdistrict
from linli.plumbing.tenancy import TenantForeignKey, TenantModel, uuid7


class AccountManager(BaseUserManager):
    def get_by_natural_key(self, phone):
        return self.get(phone=phone)


class Account(AbstractBaseUser):
    """Belongs to one verified number. Not a person: it may speak for several, each bound to a home separately.

    `saved`: lists it keeps at hand, by compound: {id: [[name, address]]}."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    phone = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=40, blank=True)
    is_operator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True)
    session_epoch = models.PositiveIntegerField(default=0)
    notice_version = models.CharField(max_length=20, blank=True)
    notice_at = models.DateTimeField(null=True)
    elder = models.BooleanField(default=False)
    theme = models.CharField(max_length=5, default="auto")
    saved = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    objects = AccountManager()
    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self):
        return f"account {self.pk}"

    def _get_session_auth_hash(self, secret=None):
        # Raising the epoch ends every open session (lost phone), without touching the password.
        from django.utils.crypto import salted_hmac

        value = f"{self.password}:{self.session_epoch}:{self.phone}"
        return salted_hmac("linli.people.session", value, secret=secret, algorithm="sha256").hexdigest()


class OneTimeCode(models.Model):
    """A code sent to a number. Only its keyed hash is kept."""

    citus_local = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    phone = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone", "purpose", "sent_at"], name="code_phone")]

    def __str__(self):
        return f"{self.purpose} {self.sent_at:%F %T}"


class Organisation(models.Model):
    """A body. An agency also says which of the catalogue it is (`kernel.agencies`) and whom to call there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20, blank=True)
    subdistrict = models.ForeignKey(Subdistrict, models.PROTECT, null=True, blank=True)
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True)
    compound = models.ForeignKey(Compound, models.PROTECT, null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_reason = models.CharField(max_length=120, blank=True)
    catalogue = models.CharField(max_length=30, blank=True)
    liaison = models.CharField(max_length=40, blank=True)
    liaison_phone = models.CharField(max_length=20, blank=True)

    def __str__(self):
        return self.name


class Post(models.Model):
    """A post in a body, with its term. Rights follow posts; a post of a community reaches all its compounds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    kind = models.CharField(max_length=40)
    account = models.ForeignKey(Account, models.PROTECT)
    holder_name = models.CharField(max_length=40)
    obtained = models.CharField(max_length=20, default="appointed")
    from_day = models.DateField()
    to_day = models.DateField(null=True, blank=True)
    ended_reason = models.CharField(max_length=120, blank=True)
    cross_flags = models.JSONField(default=list, blank=True)
    buildings = models.JSONField(default=list, blank=True)
    specialties = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "from_day"], name="post_account")]

    def __str__(self):
        return f"{self.kind} {self.pk}"


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
    owner begins or ends. `paper`: the sealed evidence. `given`: by what somebody owns, or whom the change is about. `state`: proposed,
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


class Binding(TenantModel):
    """An account speaks for a person in a home. `relation`: owner, family, tenant, other."""

    account = models.ForeignKey(Account, models.PROTECT, db_index=False)
    person = TenantForeignKey(Person, models.PROTECT, null=True)
    home = TenantForeignKey(Home, models.PROTECT)
    relation = models.CharField(max_length=20)
    claimed_name = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, default="asked")
    proof = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    refusal = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "account", "home", "person"],
                condition=models.Q(state="confirmed"),
                name="binding_current",
            ),
            models.UniqueConstraint(
                fields=["compound", "account", "home", "claimed_name"],
                condition=models.Q(state="asked"),
                name="binding_asked",
            ),
        ]
        indexes = [
            models.Index(fields=["compound", "state", "asked_at"], name="binding_state"),
            models.Index(fields=["account", "state"], name="binding_account"),
            models.Index(fields=["compound", "person"], name="binding_person"),
            models.Index(fields=["compound", "home"], name="binding_home"),
        ]

    def __str__(self):
        return f"binding {self.pk}"


class Assistance(TenantModel):
    """A worker acts for a person without a phone: purpose, way, paper, both names, thirty minutes."""

    account = models.ForeignKey(Account, models.PROTECT, db_index=False)
    post_id = models.UUIDField()
    person = TenantForeignKey(Person, models.PROTECT)
    home = TenantForeignKey(Home, models.PROTECT, null=True)
    purpose = models.CharField(max_length=120)
    channel = models.CharField(max_length=20)
    paper = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "person", "started_at"], name="assistance_person")]

    def __str__(self):
        return f"assistance {self.pk}"


class RosterImport(TenantModel):
    """A spreadsheet on its way into the registers: uploaded → mapped → checked → (proposed →) applied → undone."""

    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default="uploaded")
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    stored = models.CharField(max_length=200)
    mapping = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.UUIDField(null=True)
    confirmed_by = models.UUIDField(null=True)
    second_by = models.UUIDField(null=True)
    started_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    original_until = models.DateTimeField(null=True)  # when `stored` is deleted, and emptied here

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["compound", "-uploaded_at"], name="roster_recent"),
            models.Index(fields=["state", "started_at"], name="roster_waiting"),
        ]

    def __str__(self):
        return self.filename


class RosterChunk(TenantModel):
    """A run of rows of an import, checked: the cells, the result, the reasons, and what applying changed (for undo)."""

    roster = TenantForeignKey(RosterImport, models.CASCADE)
    position = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    rows = models.BinaryField()
    changes = models.BinaryField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "roster", "position"], name="roster_chunk")]

    def __str__(self):
        return f"{self.roster_id} {self.position}"


class ExportRequest(TenantModel):
    """A list with whole names and numbers that somebody asks for (domain §4.9). `kind` and `params` name the list,
    `ends_at` is when the request, or what was granted, is over by itself; `voices`: how many agreed. `rows`: the keys
    of what stood in it when it was asked for, 16 bytes each; nothing else leaves (None: older than this column)."""

    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    params = models.JSONField(default=dict)
    title = models.CharField(max_length=80)
    size = models.PositiveIntegerField(default=0)
    rows = models.BinaryField(null=True)
    purpose = models.CharField(max_length=200)
    needed_by = models.DateField()
    state = models.CharField(max_length=12, default="asked")
    voices = models.PositiveSmallIntegerField(default=0)
    asked_by = models.UUIDField()
    asked_post = models.UUIDField()
    asked_name = models.CharField(max_length=40)
    asked_label = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    turn_since = models.DateTimeField()
    ends_at = models.DateTimeField()
    downloads = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "number"], name="export_number")]
        indexes = [
            models.Index(fields=["compound", "asked_by", "-number"], name="export_asker"),
            models.Index(fields=["compound", "state", "number"], name="export_state"),
            models.Index(fields=["ends_at"], name="export_ends", condition=models.Q(state__in=("asked", "open"))),
        ]

    def __str__(self):
        return f"export {self.number}"


class ExportVoice(TenantModel):
    """What one of two said to a request. `seat` is 1 or 2: neither a third nor the same person twice."""

    request = TenantForeignKey(ExportRequest, models.PROTECT)
    seat = models.PositiveSmallIntegerField()
    account_id = models.UUIDField()
    name = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    yes = models.BooleanField()
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "request", "seat"], name="export_voice_seat"),
            models.UniqueConstraint(fields=["compound", "request", "account_id"], name="export_voice_once"),
            models.CheckConstraint(condition=models.Q(seat__in=(1, 2)), name="export_voice_two"),
        ]

    def __str__(self):
        return f"voice {self.pk}"


class DataRequest(TenantModel):
    """What somebody asks about the data of one they speak for, mostly themselves (PIPL 46, 47): `kind` correct or erase, `state`
    asked, done or refused. What was done or why not stands in `answer`. No `person`: who is in no register."""

    account = models.ForeignKey(Account, models.PROTECT, db_index=False)
    person = TenantForeignKey(Person, models.PROTECT, null=True, db_index=False)
    kind = models.CharField(max_length=10)
    words = models.CharField(max_length=300)
    state = models.CharField(max_length=10, default="asked")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "account", "kind", "person"],
                condition=models.Q(state="asked"),
                name="data_request_open",
            ),
            models.UniqueConstraint(
                fields=["compound", "account", "kind"],
                condition=models.Q(state="asked", person=None),
                name="data_request_open_of_none",
            ),
        ]
        indexes = [models.Index(fields=["compound", "state", "asked_at"], name="data_request_state")]

    def __str__(self):
        return f"{self.kind} {self.pk}"
