"""Who visits the measured server: a resident and a clerk of each compound, with cookies as the server itself would give.

Sessions are signed cookies, so the server's own secret makes them here.
"""

import json
from datetime import date

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret
from django.utils import timezone

from linli.matters.models import Matter
from linli.people.access import standings
from linli.people.models import Account
from linli.places.models import Building, Compound
from linli.plumbing.tenancy import unscoped


def _visitor(account: Account, compound: Compound, today: date) -> dict[str, str]:
    standing = standings(account.pk, compound, today)[0]
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session["standing"] = {compound.slug: standing.key}
    session.save()
    secret = _get_new_csrf_string()
    cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={secret}"
    return {"slug": compound.slug, "cookie": cookie, "token": _mask_cipher_secret(secret)}


def visitors() -> dict:
    """What `drive` needs to know of a filled database."""
    today = timezone.localdate()
    found: dict = {"residents": [], "clerks": [], "engineers": []}
    with unscoped("the benchmark visits every compound"):
        for c, compound in enumerate(Compound.objects.select_related("community__subdistrict").order_by("ordinal")):
            found["residents"].append(_visitor(Account.objects.get(phone=f"178{c:03d}00000"), compound, today))
            found["clerks"].append(_visitor(Account.objects.get(phone=f"177{c:03d}00000"), compound, today))
            found["engineers"].append(_visitor(Account.objects.get(phone=f"177{c:03d}00002"), compound, today))
        first = Compound.objects.get(ordinal=1)
        newest = Matter.objects.filter(compound=first).order_by("-number")
        found["building"] = str(Building.objects.get(compound=first, key="1").pk)
        found["open"] = newest[3].number
        found["closed"] = newest.filter(state="closed")[0].number
        found["total"] = newest[0].number
    return found


def write() -> None:
    print("VISITORS " + json.dumps(visitors(), default=str))
