"""Pictures and sound from strangers: decoded to prove what they are, made small, and written anew without their metadata."""

import warnings
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from linli.kernel.refusal import Refusal, Refused

MB = 1024 * 1024
BYTES_MOST = 10 * MB
PIXELS_MOST = 50_000_000
SMALL_EDGE = 1600
THUMB_EDGE = 320
CODE_EDGE = 3000
QUALITY = 80
SECONDS_MOST = 60
SECONDS_GRACE = 1
VOICE_RATE = 24_000
VOICE_BITS = 48_000

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "GIF")
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Photo:
    """Both JPEG, upright, sRGB. `width` and `height` are those of `small`."""

    small: bytes
    thumb: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Voice:
    data: bytes
    seconds: int
    mime: str


def photo(data: bytes) -> Photo:
    """Raises Refused with a sentence that names what the file is."""
    _not_too_big(len(data), _("照片"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata; we keep none of it
        return _photo(data)


def _photo(data: bytes) -> Photo:
    image = _open(data)
    if image.width * image.height > PIXELS_MOST:
        raise _too_many_pixels()
    try:
        small = _small(image)
        thumb = ImageOps.fit(small, (THUMB_EDGE, THUMB_EDGE), Image.Resampling.BICUBIC)
        return Photo(_jpeg(small), _jpeg(thumb), small.width, small.height)
    except Exception as broken:  # a decoder raises anything on broken data
        raise Refused(Refusal("broken_photo", _("这张照片没有传完整，请再选一次"))) from broken


def gray(data: bytes) -> Image.Image:
    """The whole picture without colour, for a reader of codes. Of a photo that `photo` has taken."""
    image = _open(data)
    image.draft("L", (CODE_EDGE, CODE_EDGE))
    image.thumbnail((CODE_EDGE, CODE_EDGE), Image.Resampling.BILINEAR)
    return image.convert("L")


def redrawn(image: Image.Image) -> bytes:
    """A picture that we drew ourselves, as small as every other."""
    return _jpeg(_small(image))


def size_refusal(size: int, what: str) -> Refusal | None:
    """Asked with the declared size, before anything is read."""
    if size <= BYTES_MOST:
        return None
    most = BYTES_MOST // MB
    return Refusal(
        "too_big", _("%(what)s有 %(size)s MB，最多 %(most)s MB") % {"what": what, "size": _mb(size), "most": most}
    )


def _not_too_big(size: int, what: str) -> None:
    no = size_refusal(size, what)
    if no:
        raise Refused(no)


def _mb(size: int) -> str:
    """Rounded up to a tenth, so that what is refused never reads as allowed."""
    tenths = -(-size * 10 // MB)
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")


def _too_many_pixels() -> Refused:
    return Refused(Refusal("too_many_pixels", _("照片太大，超过 %(most)s 万像素") % {"most": PIXELS_MOST // 10_000}))


@cache
def _heif() -> None:
    """Only where a photo arrives: the library is large and most processes never see one."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def _open(data: bytes) -> Image.Image:
    _heif()
    try:
        return Image.open(BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception as unknown:
        raise Refused(Refusal("not_a_photo", _not_a_photo(data))) from unknown


def _not_a_photo(data: bytes) -> str:
    if _image_by_its_first_bytes(data):
        return _("这张照片没有传完整，请再选一次")
    what = what_it_is(data)
    if not data:
        return _("这个文件是空的，请再选一次")
    if what:
        return _("这个文件不是照片，是%(what)s") % {"what": what}
    return _("这个文件不是照片，请选 JPG、PNG、WebP 或 HEIC")


def _image_by_its_first_bytes(data: bytes) -> bool:
    riff = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    heic = data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}
    return riff or heic or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8"))


def what_it_is(data: bytes) -> str:
    """The kind of thing, by its first bytes; empty when nobody can tell."""
    head = data[:512]
    marks = {
        b"%PDF": _("PDF 文件"), b"PK\x03\x04": _("压缩包或 Office 文件"), b"\xd0\xcf\x11\xe0": _("Office 文件"), b"Rar!": _("压缩包"),
        b"7z\xbc\xaf": _("压缩包"), b"\x1f\x8b": _("压缩包"), b"MZ": _("程序"), b"\x7fELF": _("程序"), b"II*\x00": _("TIFF 图片"),
        b"MM\x00*": _("TIFF 图片"), b"BM": _("BMP 图片"),
    }  # fmt: skip
    for mark, name in marks.items():
        if head.startswith(mark):
            return name
    if head[4:8] == b"ftyp" and head[8:11] == b"avi":
        return _("AVIF 图片")
    if head[4:8] == b"ftyp" and head[8:12] not in {b"M4A ", b"M4B "}:
        return _("视频")
    if sound_format(data):
        return _("录音")
    if b"<svg" in head:
        return _("SVG 图片")
    return _("文字文件") if head and _reads_as_text(head) else ""


def _reads_as_text(head: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            # The cut may fall inside a character.
            text = head[: len(head) - 3].decode(encoding) if len(head) == 512 else head.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(c.isprintable() or c.isspace() for c in text)
    return False


def _small(image: Image.Image) -> Image.Image:
    # A JPEG can be decoded at a half or a quarter: three times as fast for a photo of 12 MP.
    image.draft(None, _within(image.size))
    if image.mode in {"P", "PA", "1", "LA"} or "transparency" in image.info:
        image = _like(image, image.convert("RGBA"))
    elif image.mode.startswith("I"):
        image = _like(image, _from_sixteen_bits(image))
    image.thumbnail((SMALL_EDGE, SMALL_EDGE), Image.Resampling.BICUBIC, reducing_gap=None)
    turn = UPRIGHT.get(_orientation(image))
    flat = _in_srgb(_flat(image))
    return flat.transpose(turn) if turn is not None else flat


def _within(size: tuple[int, int]) -> tuple[int, int]:
    longest = max(*size, SMALL_EDGE)
    return max(1, size[0] * SMALL_EDGE // longest), max(1, size[1] * SMALL_EDGE // longest)


def _like(before: Image.Image, after: Image.Image) -> Image.Image:
    after.info = dict(before.info)
    return after


def _from_sixteen_bits(image: Image.Image) -> Image.Image:
    return image.convert("I").point(lambda value: value / 256).convert("L")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # metadata nobody can read does not make the picture bad
        return 1


def _flat(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, WHITE)
    white.paste(image, mask=image.getchannel("A"))
    return _like(image, white)


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            changed = ImageCms.profileToProfile(image, BytesIO(profile), _srgb(), outputMode="RGB")
            assert changed is not None
            return changed
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile nobody can read, or of another kind of colour: the values as they are
    return image.convert("RGB")


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.info = {}  # Pillow writes comments found there
    image.save(out, "JPEG", quality=QUALITY, progressive=True)
    return out.getvalue()


# ── sound ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def sound_format(data: bytes) -> str:
    """FFmpeg's name of the container, by its first bytes; empty if it holds no sound that we take."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[4:8] == b"ftyp" and data[8:11] not in {b"avi", b"hei", b"mif", b"msf", b"hev"}:
        return "mov"
    for mark, name in ((b"OggS", "ogg"), (b"\x1aE\xdf\xa3", "matroska"), (b"#!AMR", "amr"), (b"ID3", "mp3")):
        if data.startswith(mark):
            return name
    if data[:1] == b"\xff" and len(data) > 1:
        if data[1] in {0xF0, 0xF1, 0xF8, 0xF9}:
            return "aac"
        if data[1] & 0xE0 == 0xE0 and data[1] & 0x06:
            return "mp3"
    return ""


def voice(data: bytes) -> Voice:
    """AAC in .m4a, one channel, nothing but sound. Raises Refused."""
    _not_too_big(len(data), _("录音"))
    container = sound_format(data)
    if not container:
        what = what_it_is(data)
        sentence = _("这个文件不是录音，是%(what)s") % {"what": what} if what else _("这个文件不是录音")
        raise Refused(Refusal("not_a_voice", sentence))
    try:
        return _again_as_aac(data, container)
    except Refused:
        raise
    except Exception as broken:
        raise Refused(Refusal("broken_voice", _("这段录音打不开，请再录一次"))) from broken


def _again_as_aac(data: bytes, container: str) -> Voice:
    import av

    out = BytesIO()
    # The container is named, never guessed: FFmpeg's guesses include lists that open other files and addresses.
    with (
        av.open(BytesIO(data), format=container, metadata_errors="ignore") as source,
        av.open(out, "w", format="ipod", container_options={"fflags": "+bitexact"}) as target,
    ):
        if any(not s.disposition & av.stream.Disposition.attached_pic for s in source.streams.video):
            raise Refused(Refusal("video", _("这是视频，请发照片或者录音")))
        stream = target.add_stream("aac", rate=VOICE_RATE, layout="mono")
        stream.bit_rate = VOICE_BITS
        samples = 0
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=VOICE_RATE)
        for frame in _frames(source, resampler):
            frame.pts = samples
            samples += frame.samples
            if samples > (SECONDS_MOST + SECONDS_GRACE) * VOICE_RATE:
                raise Refused(Refusal("too_long", _("录音超过 %(most)s 秒，请说短一些") % {"most": SECONDS_MOST}))
            target.mux(stream.encode(frame))
        if not samples:
            raise Refused(Refusal("no_sound", _("录音里没有声音，请再录一次")))
        target.mux(stream.encode(None))
    return Voice(out.getvalue(), min(SECONDS_MOST, max(1, round(samples / VOICE_RATE))), "audio/mp4")


def _frames(source, resampler):
    for frame in source.decode(audio=0):
        frame.pts = None
        yield from resampler.resample(frame)
    yield from resampler.resample(None)
