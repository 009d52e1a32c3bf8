import os
import threading

from django.core.wsgi import get_wsgi_application
from django.urls import base as urls
from django.utils import timezone
from django.utils.translation import trans_real

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.web.settings")


def _plain_locals() -> None:
    """Over WSGI one thread serves a request from end to end. Python's own local does, and asgiref's costs a lock and
    four calls each time a word is translated: a tenth of a page."""
    for module, name in ((trans_real, "_active"), (timezone, "_active"), (urls, "_prefixes"), (urls, "_urlconfs")):
        setattr(module, name, threading.local())


_plain_locals()
application = get_wsgi_application()
