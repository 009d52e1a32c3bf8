import os
import threading

from django.core.wsgi import get_wsgi_application
from django.urls import base as urls
from django.utils import timezone, translation
from django.utils.translation import trans_real

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.web.settings")
WORDS_KEPT = 20_000


def _plain_locals() -> None:
    """Over WSGI one thread serves a request from end to end. Python's own local does, and asgiref's costs a lock and
    four calls each time a word is translated: a tenth of a page."""
    for module, name in ((trans_real, "_active"), (timezone, "_active"), (urls, "_prefixes"), (urls, "_urlconfs")):
        setattr(module, name, threading.local())


def _kept_words() -> None:
    """A word translated once is kept: a list of twenty asks ninety times, and the long way looks through each catalogue."""
    long_way, active = trans_real.gettext, vars(trans_real)["_active"]
    kept: dict[tuple[object, str], str] = {}

    def gettext(message: str) -> str:
        if type(message) is not str:
            return long_way(message)
        key = getattr(active, "value", None), message
        found = kept.get(key)
        if found is None:
            found = long_way(message)
            if len(kept) < WORDS_KEPT:  # a category that somebody named is asked for, too
                kept[key] = found
        return found

    trans_real.gettext = gettext
    vars(translation)["_trans"].gettext = gettext


_plain_locals()
_kept_words()
application = get_wsgi_application()
