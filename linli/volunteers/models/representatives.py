from django.db import models

from linli.matters.models import Matter
from linli.people.models import Account
from linli.places.models import Building, Entrance, Home
from linli.plumbing.tenancy import TenantForeignKey, TenantModel


class Representative(TenantModel):
    """A resident representative at work in a compound; the post is held in the community, the homes are named here."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "account"], name="representative_account")]

    def __str__(self):
        return f"representative {self.pk}"


class Cover(TenantModel):
    """Homes that a representative looks after, from a day to a day: a building, one entrance, or a range of rooms in them."""

    representative = TenantForeignKey(Representative, models.PROTECT)
    building = TenantForeignKey(Building, models.PROTECT)
    entrance = TenantForeignKey(Entrance, models.PROTECT, null=True)
    first = models.CharField(max_length=20, blank=True)
    last = models.CharField(max_length=20, blank=True)
    from_day = models.DateField()
    to_day = models.DateField(null=True)
    once = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "once"], name="cover_once")]
        indexes = [
            models.Index(fields=["compound", "building", "from_day"], name="cover_building"),
            models.Index(fields=["compound", "representative"], name="cover_representative"),
        ]

    def __str__(self):
        return f"cover {self.pk}"


class HouseAct(TenantModel):
    """What a representative did: one of four kinds, when, where, how it went. `force`: who solved a problem (M14);
    `praise`: a word of the grid's motto. Never edited."""

    representative = TenantForeignKey(Representative, models.PROTECT)
    number = models.PositiveIntegerField()
    once = models.UUIDField(null=True)
    kind = models.CharField(max_length=24)
    force = models.CharField(max_length=24, blank=True)
    done_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    home = TenantForeignKey(Home, models.PROTECT, null=True)
    place = models.CharField(max_length=60, blank=True)
    result = models.CharField(max_length=300)
    matter = TenantForeignKey(Matter, models.PROTECT, null=True)
    praise = models.CharField(max_length=12, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="house_act_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="house_act_once"),
        ]
        indexes = [models.Index(fields=["compound", "representative", "-number"], name="house_act_representative")]

    def __str__(self):
        return f"house act {self.number}"
