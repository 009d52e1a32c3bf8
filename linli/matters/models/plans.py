"""A project on a matter: what was counted, the options and their quotations, the chosen one, how far it is (M1, M35)."""

from django.db import models

from linli.people.models import Post
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .gates import MatterPaper
from .matter import Matter


class Plan(TenantModel):
    """`reached`: step → its moment. `before`, `after`: [what, how many]. `post`: who took it up and sees it through. Traffic is tried from `trial_from` and looked at on `review_on`."""

    matter = TenantForeignKey(Matter, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    step = models.CharField(max_length=10)
    reached = models.JSONField(default=dict)
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)
    chosen = TenantForeignKey("matters.PlanOption", models.PROTECT, null=True, related_name="+")
    agreed = models.CharField(max_length=400, blank=True)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    trial_from = models.DateField(null=True)
    review_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "matter"], name="plan_matter")]

    def __str__(self):
        return f"{self.kind} {self.step}"


class PlanOption(AppendOnlyModel):
    """One way to do it: where, by whom, for how much, with how much power."""

    plan = TenantForeignKey(Plan, models.PROTECT, related_name="+")
    site = models.CharField(max_length=80)
    supplier = models.CharField(max_length=80, blank=True)
    price_fen = models.PositiveBigIntegerField(null=True)
    power_kw = models.PositiveIntegerField(null=True)
    words = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "plan", "id"], name="plan_option")]

    def __str__(self):
        return self.site


class Quotation(AppendOnlyModel):
    option = TenantForeignKey(PlanOption, models.PROTECT)
    paper = TenantForeignKey(MatterPaper, models.PROTECT)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "option", "paper"], name="quotation_paper")]

    def __str__(self):
        return str(self.pk)


class PlanVoice(AppendOnlyModel):
    """What an agency, or the residents who were asked, said of it; of residents the figures."""

    plan = TenantForeignKey(Plan, models.PROTECT)
    kind = models.CharField(max_length=8)
    who = models.CharField(max_length=80)
    words = models.CharField(max_length=400, blank=True)
    asked = models.PositiveIntegerField(null=True)
    agree = models.PositiveIntegerField(null=True)
    against = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "plan", "id"], name="plan_voice")]

    def __str__(self):
        return self.who


class PlanWay(AppendOnlyModel):
    """A way into the compound, which way cars go there, and when. Of one the last holds."""

    plan = TenantForeignKey(Plan, models.PROTECT)
    way_in = models.CharField(max_length=40)
    direction = models.CharField(max_length=8)
    hours = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "plan", "id"], name="plan_way")]

    def __str__(self):
        return f"{self.way_in} {self.direction}"
