"""What the tests of residents' pages share."""

import re
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image


def url(place, name, *args):
    return reverse(f"matters:{name}", args=[place.slug, *args])


def text(response) -> str:
    """The words of the page's main part, without spaces."""
    page = response.content.decode()
    main = page.partition("<main")[2].partition("</main>")[0] or page
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", "<main" + main))


def photo(name="a.jpg", colour="red"):
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")
