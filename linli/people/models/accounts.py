from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from linli.plumbing.tenancy import uuid7


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
