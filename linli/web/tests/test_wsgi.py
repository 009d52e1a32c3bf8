"""The server keeps a thread's language and address prefix in Python's own locals: as apart as before."""

import subprocess
import sys

SCRIPT = """
import threading
from linli.web.wsgi import application
from django.urls import reverse
from django.utils import translation
assert type(translation.trans_real._active) is threading.local
heard = []
def other():
    heard.append(translation.get_language())
    with translation.override("en"):
        heard.append(translation.gettext("今天"))
with translation.override("zh-hans"):
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    heard.append(translation.gettext("今天"))
assert heard == ["zh-hans", "Today", "今天"] or heard == ["zh-hans", "today", "今天"], heard
with translation.override("en"):
    assert translation.gettext("今天") == translation.gettext("今天") != "今天"  # the second is the kept one
assert translation.gettext("") == "" and translation.gettext("没有这句话的译文") == "没有这句话的译文"
assert reverse("matters:mine", args=["a"]) == "/c/a/mine/"
"""


def test_plain_locals_keep_threads_apart(tmp_path):
    env = {
        "LINLI_DATA": str(tmp_path),
        "PATH": "",
        "LINLI_LOG": "ERROR",
        "DJANGO_SETTINGS_MODULE": "linli.web.settings",
    }
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", SCRIPT], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
