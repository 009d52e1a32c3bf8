"""What a telephone needs to put the app on its first page."""

from io import BytesIO
from urllib.request import urlopen

import pytest
from django.urls import resolve, reverse
from PIL import Image


@pytest.mark.django_db
def test_the_manifest_says_all_that_installing_asks_for(client):
    answer = client.get(reverse("web:manifest"))
    assert answer["Content-Type"] == "application/manifest+json"
    body = answer.json()
    assert body["name"] and body["short_name"]
    assert body["display"] == "standalone"
    assert body["start_url"].startswith(body["scope"])
    assert resolve(body["start_url"])
    assert {icon["sizes"] for icon in body["icons"]} >= {"192x192", "512x512"}
    assert "maskable" in {icon["purpose"] for icon in body["icons"]}


def test_its_icons_answer_with_the_sizes_it_states(client, live_server):
    for icon in client.get(reverse("web:manifest")).json()["icons"]:
        with urlopen(live_server.url + icon["src"]) as answer:
            picture = Image.open(BytesIO(answer.read()))
        found = f"{picture.width}x{picture.height}", f"image/{str(picture.format).lower()}"
        assert found == (icon["sizes"], icon["type"])
