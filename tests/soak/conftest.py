import os

import pytest


@pytest.fixture
def env(tmp_path):
    return {
        **os.environ, "LINLI_DATA": str(tmp_path), "LINLI_SECRET_KEY": "soak", "LINLI_LOG": "ERROR",
        "DJANGO_SETTINGS_MODULE": "linli.web.settings", "LINLI_HOSTS": "127.0.0.1,testserver",
    }  # fmt: skip
