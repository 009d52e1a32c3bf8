"""Sheets that were photographed or scanned: a picture, or the pages of a PDF one at a time; drawn anew, and what their codes say."""

from dataclasses import dataclass
from typing import Any

from PIL import Image

from linli.kernel.refusal import Refusal, Refused

from . import images

PDF = b"%PDF"
PDF_BYTES_MOST = 100 * images.MB
EDGE = 2400  # of a page that is drawn: A4 at 200 dots an inch


@dataclass(frozen=True, slots=True)
class Sheet:
    """`picture`: JPEG, upright, without metadata. `codes`: what each QR on it says."""

    picture: bytes
    codes: tuple[str, ...]


def is_pdf(data: bytes) -> bool:
    return data[:4] == PDF


def pages(data: bytes) -> int:
    """A picture is one. Raises Refused for a PDF that nobody can open."""
    if not is_pdf(data):
        return 1
    document = _document(data)
    try:
        return len(document)
    finally:
        document.close()


def sheet(data: bytes, page: int = 0) -> Sheet:
    """Raises Refused."""
    if not is_pdf(data):
        return Sheet(images.photo(data).small, _codes(images.gray(data)))
    document = _document(data)
    try:
        found = document[page]
        wide, high = found.get_size()
        image = found.render(scale=min(EDGE / max(wide, high, 1), 8)).to_pil()
    except Exception as broken:  # a decoder raises anything on broken data
        raise Refused(Refusal("broken_photo", "这一页打不开，请再扫一次")) from broken
    finally:
        document.close()
    return Sheet(images.redrawn(image), _codes(image))


def _document(data: bytes) -> Any:
    import pypdfium2  # only where a scan arrives

    try:
        return pypdfium2.PdfDocument(data)
    except Exception as broken:
        raise Refused(Refusal("broken_pdf", "这个 PDF 打不开，可能加了密码或者没有传完整")) from broken


def _codes(image: Image.Image) -> tuple[str, ...]:
    import zxingcpp

    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return tuple(dict.fromkeys(one.text for one in found if one.text))
