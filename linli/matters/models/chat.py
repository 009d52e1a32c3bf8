"""A message of a group chat beside the matter that it became (M4)."""

from django.db import models

from linli.plumbing.tenancy import TenantForeignKey, TenantModel

from .matter import Matter


class ChatMessage(TenantModel):
    """`said_at` as the group shows it; the message itself is an internal note. When somebody answered there that it is taken
    in, and what became of it."""

    matter = TenantForeignKey(Matter, models.PROTECT)
    group = models.CharField(max_length=40)
    said_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "matter"], name="chat_matter")]

    def __str__(self):
        return f"chat {self.pk}"
