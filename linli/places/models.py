from django.db import models

from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel, uuid7


class Division(models.Model):
    """An administrative division of the country, as published: province, city, area, street, village or community."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=10)
    parent_code = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [models.Index(fields=["parent_code", "code"], name="division_parent")]

    def __str__(self):
        return self.name


class Subdistrict(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60)
    region = models.CharField(max_length=120, blank=True)
    division_code = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "name"], name="subdistrict_name")]

    def __str__(self):
        return self.name


class Community(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subdistrict = models.ForeignKey(Subdistrict, models.PROTECT)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subdistrict", "name"], name="community_name")]

    def __str__(self):
        return self.name


class Grid(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey(Community, models.PROTECT)
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="grid_name")]

    def __str__(self):
        return self.name


class Compound(models.Model):
    """One property-management area, one owners' assembly: the tenant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ordinal = models.PositiveIntegerField(unique=True)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    community = models.ForeignKey(Community, models.PROTECT)
    address = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    is_unmanaged = models.BooleanField(default=False)
    profile = models.CharField(max_length=30, default="national_default")
    public_page = models.BooleanField(default=True)
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    def __str__(self):
        return self.name


class OrderedDay(models.Model):
    """A day of rest or a swapped workday as the State Council ordered it, kept by the operator beside the calendar that comes
    with the programme. Every compound's settings hold a copy (`ordered`), so that no page reads it anew."""

    day = models.DateField(primary_key=True)
    works = models.BooleanField()

    def __str__(self):
        return self.day.isoformat()


class ProfileAdoption(AppendOnlyModel):
    """Which bundle of local rules the compound adopted, from which source, and since when (domain §3.14)."""

    profile = models.CharField(max_length=30)
    source = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False

    def __str__(self):
        return self.profile


class Building(TenantModel):
    key = models.CharField(max_length=20)
    label = models.CharField(max_length=30)
    position = models.PositiveIntegerField(default=0)
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True)
    floors_above = models.PositiveSmallIntegerField(null=True)
    floors_below = models.PositiveSmallIntegerField(null=True)
    built_year = models.PositiveSmallIntegerField(null=True)
    has_lift = models.BooleanField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "key"], name="building_key")]

    def __str__(self):
        return self.label


class Entrance(TenantModel):
    building = TenantForeignKey(Building, models.PROTECT)
    key = models.CharField(max_length=20)
    label = models.CharField(max_length=30, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "building", "key"], name="entrance_key")]

    def __str__(self):
        return self.label or self.key


class Home(TenantModel):
    """One exclusively owned space (专有部分). Areas in 0.01 m²."""

    building = TenantForeignKey(Building, models.PROTECT)
    entrance = TenantForeignKey(Entrance, models.PROTECT)
    floor = models.SmallIntegerField(null=True)
    room_no = models.CharField(max_length=20)
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, default="residence")
    building_area = models.PositiveIntegerField(null=True)
    inner_area = models.PositiveIntegerField(null=True)
    shared_area = models.PositiveIntegerField(null=True)
    area_source = models.CharField(max_length=20, blank=True)
    usage = models.CharField(max_length=40, blank=True)
    layout = models.CharField(max_length=40, blank=True)
    title_no = models.CharField(max_length=60, blank=True)
    registered_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True)
    occupied = models.CharField(max_length=20, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "building", "entrance", "room_no"], name="home_room"),
            models.CheckConstraint(
                condition=models.Q(building_area__isnull=True) | models.Q(building_area__gt=0),
                name="home_area_positive",
            ),
        ]
        indexes = [models.Index(fields=["compound", "entrance", "floor"], name="home_entrance")]

    def __str__(self):
        return self.label
