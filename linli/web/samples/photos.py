"""Stand-in photos, drawn: soft, grainy, muted, so that nobody takes them for a real place.

`draw` gives 1200 × 900; the same motif, side and seed give the same picture. Drawn at half size and enlarged:
the softness is wanted, and it is four times as fast.
"""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = (1200, 900)
W, H = 600, 450
QUALITY = 46

Pen = ImageDraw.ImageDraw
Colour = tuple[int, int, int]


def draw(motif: str, after: bool, seed: int) -> Image.Image:
    """A motif as it was found, or as it was left when the work was done. Raises KeyError for an unknown motif."""
    image = MOTIFS[motif](Random(f"{motif}-{seed}"), after)
    dark = motif in DARK and not after
    image = ImageChops.multiply(image.filter(ImageFilter.BoxBlur(0.9)), _vignette(dark)).resize(
        SIZE, Image.Resampling.BILINEAR
    )
    return ImageChops.add(image, _grain(seed % 4, dark), 1, -128)


def jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


@lru_cache(maxsize=8)
def _grain(seed: int, dark: bool) -> Image.Image:
    # Grains of two pixels: finer ones cost JPEG bytes and are lost in a thumbnail.
    noise = Image.frombytes("L", (W, H), Random(seed).randbytes(W * H)).filter(ImageFilter.GaussianBlur(0.8))
    depth = 11 if dark else 9
    noise = noise.point([128 + (v - 128) * depth // 64 for v in range(256)]).resize(SIZE, Image.Resampling.BILINEAR)
    return Image.merge("RGB", (noise, noise, noise))


@lru_cache(maxsize=2)
def _vignette(dark: bool) -> Image.Image:
    shade = ImageChops.invert(Image.radial_gradient("L"))
    low = 176 if not dark else 150
    shade = shade.point([min(255, low + (255 - low) * min(v * 2, 255) // 255) for v in range(256)])
    shade = shade.resize((W, H), Image.Resampling.BICUBIC)
    return Image.merge("RGB", (shade, shade, shade))


def _fade(top: Colour, bottom: Colour) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((W, H))
    return Image.composite(Image.new("RGB", (W, H), bottom), Image.new("RGB", (W, H), top), ramp)


def _shift(rng: Random, colour: Colour, by: int = 10) -> Colour:
    step = rng.randint(-by, by)
    return tuple(max(0, min(255, c + step)) for c in colour)  # type: ignore[return-value]


def _blob(rng: Random, x: float, y: float, rx: float, ry: float, points: int = 18, rough: float = 0.3):
    turns = [(2 * pi * i / points, 1 + rng.uniform(-rough, rough)) for i in range(points)]
    return [(x + rx * k * cos(a), y + ry * k * sin(a)) for a, k in turns]


def _stain(rng: Random, x: float, y: float, rx: float, ry: float):
    """A rounded outline, as water leaves it: a circle with a few slow waves."""
    waves = [(n, rng.uniform(0.05, 0.42 / n), rng.uniform(0, 6.3)) for n in (2, 3, 4, 5, 7, 9, 13)]
    turns = [2 * pi * i / 90 for i in range(90)]
    reach = [1 + sum(k * sin(n * a + at) for n, k, at in waves) for a in turns]
    return [(x + rx * r * cos(a), y + ry * r * sin(a)) for a, r in zip(turns, reach, strict=True)]


def _leaves(
    rng: Random, pen: Pen, box: tuple[int, int, int, int], n: int, green: Colour = (70, 92, 58), size: int = 9
) -> None:
    for _ in range(n):
        x, y, r = rng.randint(box[0], box[2]), rng.randint(box[1], box[3]), rng.randint(size // 2, size)
        pen.ellipse((x - r, y - r * 0.7, x + r, y + r * 0.7), fill=_shift(rng, green, 20))


def _pavement(
    rng: Random, horizon: int = 66, base: Colour = (142, 133, 124), band: Colour | None = (160, 104, 88)
) -> Image.Image:
    """Paving seen from standing height: rows grow towards the viewer; a hedge and a kerb at the back."""
    image = _fade((60, 84, 52), (70, 92, 60))
    pen = ImageDraw.Draw(image)
    _leaves(rng, pen, (0, 0, W, horizon - 10), 260, (58, 84, 50), 8)
    pen.rectangle((0, horizon - 12, W, horizon), fill=(176, 172, 164))
    y, row = float(horizon), 0
    while y < H:
        high = 13 + (y - horizon) * 0.085
        red = band is not None and row % 7 == 3
        wide = high * 2.3
        x = -rng.random() * wide
        while x < W:
            colour = _shift(rng, band if red and band else base, 11)
            pen.rectangle((x, y, x + wide - 1, y + high - 1), fill=colour, outline=(118, 110, 103))
            x += wide
        y, row = y + high, row + 1
    return image


def _plaster(rng: Random, colour: Colour = (188, 182, 168)) -> Image.Image:
    image = _fade(_shift(rng, colour, 5), tuple(c - 22 for c in colour))  # type: ignore[arg-type]
    pen = ImageDraw.Draw(image)
    for _ in range(16):
        pen.polygon(_blob(rng, rng.randint(0, W), rng.randint(0, H), 60, 40), fill=_shift(rng, colour, 6))
    return image.filter(ImageFilter.GaussianBlur(16))


def _wall(
    rng: Random, colour: Colour = (178, 168, 152), ground: Colour = (120, 114, 106), at: int = 310
) -> tuple[Image.Image, Pen]:
    image = _plaster(rng, colour)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, at, W, H), fill=ground)
    pen.rectangle((0, at, W, at + 8), fill=tuple(c - 22 for c in ground))
    for _ in range(40):
        x, y = rng.randint(0, W), rng.randint(at + 12, H)
        pen.line((x, y, x + rng.randint(10, 60), y), fill=_shift(rng, ground, 8))
    return image, pen


def stairwell(rng: Random, after: bool) -> Image.Image:
    image = Image.new("RGB", (W, H), (208, 190, 152))
    pen = ImageDraw.Draw(image)
    pen.polygon([(0, 0), (W, 0), (420, 66), (186, 66)], fill=(226, 212, 176))
    pen.polygon([(0, 0), (186, 66), (186, 310), (0, H)], fill=(196, 176, 138))
    pen.polygon([(W, 0), (420, 66), (420, 310), (W, H)], fill=(192, 172, 136))
    green = (104, 142, 112)
    pen.rectangle((186, 202, 420, 310), fill=green)
    pen.polygon([(0, 248), (186, 202), (186, 310), (0, H)], fill=tuple(c - 10 for c in green))
    pen.polygon([(W, 248), (420, 202), (420, 310), (W, H)], fill=tuple(c - 14 for c in green))
    pen.polygon([(0, H), (186, 310), (420, 310), (W, H)], fill=(138, 120, 100))
    left = 262 + rng.randint(-16, 12)
    pen.rectangle((left, 92, left + 78, 178), fill=(146, 156, 168), outline=(92, 98, 106), width=4)
    pen.line((left + 39, 92, left + 39, 178), fill=(92, 98, 106), width=4)
    pen.line((left, 135, left + 78, 135), fill=(92, 98, 106), width=4)
    for i in range(6):
        pen.rectangle((196 + i * 4, 214 + i * 16, 286 - i * 2, 229 + i * 16), fill=_shift(rng, (176, 152, 122), 8))
    pen.line((190, 252, 290, 176), fill=(92, 48, 38), width=8)
    for i in range(4):
        pen.line((200 + i * 26, 246 - i * 20, 200 + i * 26, 310 - i * 12), fill=(70, 58, 50), width=4)
    door = 462 + rng.randint(-10, 16)
    pen.polygon([(door, 96), (door + 68, 62), (door + 68, 398), (door, 334)], fill=(104, 50, 38))
    pen.ellipse((door + 10, 216, door + 18, 226), fill=(190, 160, 96))
    pen.polygon([(52, 142), (104, 136), (104, 210), (52, 222)], fill=(226, 220, 204))
    pen.ellipse((276, 22, 332, 44), fill=(250, 244, 222) if after else (120, 112, 96))
    if after:
        glow = _glow(304, 40, 340, (255, 240, 196))
        return ImageChops.screen(image, glow.point([v // 4 for v in range(256)] * 3))
    dark = ImageChops.multiply(image, Image.new("RGB", (W, H), (58, 62, 68)))
    dark = ImageChops.add(dark, _glow(left + 40, 140, 210, (58, 68, 92)))
    ImageDraw.Draw(dark).rectangle((left + 4, 96, left + 74, 174), fill=(58, 74, 112))
    ImageDraw.Draw(dark).line((left + 39, 96, left + 39, 174), fill=(26, 30, 42), width=4)
    ImageDraw.Draw(dark).line((left + 4, 135, left + 74, 135), fill=(26, 30, 42), width=4)
    return dark


def _glow(x: int, y: int, radius: int, colour: Colour) -> Image.Image:
    # The gradient's square ends before it is dark; what is left there would show as an edge.
    ball = (
        ImageChops.invert(Image.radial_gradient("L"))
        .point([max(0, v - 76) * 255 // 179 for v in range(256)])
        .resize((radius * 2, radius * 2))
    )
    mask = Image.new("L", (W, H), 0)
    mask.paste(ball, (x - radius, y - radius))
    return Image.composite(Image.new("RGB", (W, H), colour), Image.new("RGB", (W, H)), mask)


def leak(rng: Random, after: bool) -> Image.Image:
    image = _plaster(rng)
    pen = ImageDraw.Draw(image)
    edge = 290 + rng.randint(-10, 26)
    pen.polygon([(0, edge + 40), (W, edge - 16), (W, H), (0, H)], fill=(168, 161, 148))
    pen.line((0, edge + 40, W, edge - 16), fill=(206, 201, 188), width=9)
    x, y = 210 + rng.randint(-40, 70), 150 + rng.randint(-20, 20)
    if after:
        veil = Image.new("RGB", (W, H), (190, 185, 172))
        pen.polygon(_blob(rng, x, y, 150, 108, 22, 0.2), fill=(192, 187, 174))
        image = Image.blend(image, veil, 0.1).filter(ImageFilter.GaussianBlur(5))
    else:
        for scale, colour in (
            (1.0, (150, 112, 66)),
            (0.93, (186, 158, 116)),
            (0.62, (142, 100, 56)),
            (0.54, (176, 142, 98)),
            (0.26, (120, 80, 44)),
            (0.2, (150, 112, 74)),
        ):
            shape = Random(f"leak{x}{scale > 0.9}{scale > 0.5}")
            pen.polygon(
                _stain(shape, x + 40 * (1 - scale), y + 24 * (1 - scale), 148 * scale, 104 * scale), fill=colour
            )
        for _ in range(7):
            sx, sy = x + rng.randint(-190, 190), y + rng.randint(60, 130)
            pen.ellipse((sx, sy, sx + rng.randint(4, 16), sy + rng.randint(4, 12)), fill=(160, 128, 86))
        for _ in range(3):
            sx = x + rng.randint(-80, 80)
            pen.line((sx, y + 60, sx + rng.randint(-4, 4), y + rng.randint(110, 150)), fill=(158, 124, 82), width=4)
        image = image.filter(ImageFilter.GaussianBlur(1.6))
    pen = ImageDraw.Draw(image)
    pipe = 404 + rng.randint(-20, 30)
    pen.rectangle((pipe, edge - 6, pipe + 18, H), fill=(150, 143, 130))
    pen.rectangle((pipe + 11, edge - 6, pipe + 18, H), fill=(132, 125, 113))
    return image


def paving(rng: Random, after: bool) -> Image.Image:
    image = _pavement(rng)
    pen = ImageDraw.Draw(image)
    x, y = 270 + rng.randint(-40, 60), 272 + rng.randint(-16, 20)
    if after:
        for _ in range(9):
            bx, by = x + rng.randint(-110, 80), y + rng.randint(-60, 46)
            pen.rectangle((bx, by, bx + 46, by + 18), fill=_shift(rng, (156, 148, 138), 6))
        return image
    pen.polygon(_blob(rng, x, y, 112, 78, 13, 0.14), fill=(66, 59, 54))
    pen.polygon(_blob(rng, x - 4, y + 4, 96, 64, 13, 0.14), fill=(54, 49, 46))
    pen.ellipse((x - 46, y - 18, x + 46, y + 32), fill=(94, 106, 122))
    for _ in range(18):
        bx, by = x + rng.randint(-128, 120), y + rng.randint(-82, 78)
        slant = rng.randint(-8, 8)
        pen.polygon(
            [(bx, by), (bx + 28, by + slant), (bx + 26, by + 12 + slant), (bx - 2, by + 12)],
            fill=_shift(rng, (134, 124, 114), 20),
        )
    return image


def rubbish(rng: Random, after: bool) -> Image.Image:
    image, pen = _wall(rng, (172, 164, 150), (118, 112, 104), 268)
    for i, colour in enumerate(((62, 96, 78), (70, 84, 104), (108, 96, 84))):
        x = 96 + i * 148
        pen.polygon([(x, 176), (x + 106, 176), (x + 96, 332), (x + 10, 332)], fill=_shift(rng, colour, 8))
        pen.rectangle((x - 5, 162, x + 111, 180), fill=tuple(c - 14 for c in colour))
        pen.rectangle((x + 34, 216, x + 72, 250), fill=(196, 192, 182))
        pen.ellipse((x + 8, 322, x + 26, 342), fill=(40, 40, 40))
        pen.ellipse((x + 80, 322, x + 98, 342), fill=(40, 40, 40))
    if after:
        for _ in range(5):
            x = rng.randint(20, W - 180)
            pen.polygon(_blob(rng, x + 60, rng.randint(356, 430), 90, 14, 14, 0.2), fill=(128, 123, 116))
        return image
    for _ in range(46):
        at = rng.gauss(300, 130), rng.uniform(226, 410)
        bag = rng.choice(((52, 52, 56), (196, 192, 186), (150, 60, 54), (72, 96, 124), (164, 136, 96), (60, 74, 60)))
        pen.polygon(_blob(rng, *at, rng.randint(18, 42), rng.randint(14, 32), 10, 0.25), fill=_shift(rng, bag, 14))
    for _ in range(22):
        x, y = rng.randint(30, W - 30), rng.randint(370, H - 8)
        pen.polygon(_blob(rng, x, y, 9, 5, 6, 0.4), fill=_shift(rng, (190, 182, 168), 26))
    return image


def charging_cable(rng: Random, after: bool) -> Image.Image:
    image, pen = _wall(rng, (180, 172, 160), (124, 118, 110), 352)
    for row in range(3):
        for column in range(3):
            x, y = 40 + column * 196 + rng.randint(-4, 4), 16 + row * 112
            pen.rectangle((x, y, x + 104, y + 76), fill=(88, 100, 112), outline=(196, 192, 184), width=5)
            pen.line((x + 52, y, x + 52, y + 76), fill=(196, 192, 184), width=4)
            pen.rectangle((x + 6, y + 6, x + 46, y + 70), fill=_shift(rng, (106, 116, 126), 12))
    if not after:
        x0 = 92 + 196 * rng.randint(0, 2)
        points = [(x0, 90), (x0 + 24, 160), (x0 - 14, 236), (x0 + 34, 320), (x0 + 60, 376)]
        pen.line(points, fill=(36, 34, 34), width=6, joint="curve")
        pen.line([(x + 12, y) for x, y in points[1:]], fill=(150, 62, 48), width=4, joint="curve")
        pen.rectangle((x0 + 36, 366, x0 + 92, 382), fill=(224, 220, 210), outline=(120, 116, 110))
        _ebike(rng, pen, x0 + 40 if x0 < 300 else x0 - 190, 402)
    return image


def _ebike(rng: Random, pen: Pen, x: int, y: int, colour: Colour = (96, 44, 42)) -> None:
    for wheel in (x, x + 124):
        pen.ellipse((wheel - 27, y - 27, wheel + 27, y + 27), outline=(34, 34, 36), width=8)
    body = _shift(rng, colour, 16)
    pen.polygon(
        [
            (x + 10, y - 10),
            (x + 96, y - 10),
            (x + 118, y - 76),
            (x + 102, y - 80),
            (x + 84, y - 26),
            (x + 62, y - 44),
            (x - 8, y - 46),
        ],
        fill=body,
    )
    pen.rectangle((x - 14, y - 58, x + 62, y - 45), fill=(40, 38, 40))
    pen.line((x + 110, y - 76, x + 124, y), fill=(70, 70, 74), width=7)
    pen.line((x + 94, y - 92, x + 122, y - 84), fill=(40, 40, 42), width=6)


def slope(rng: Random, after: bool) -> Image.Image:
    image = _fade((176, 182, 184), (128, 116, 96))
    pen = ImageDraw.Draw(image)
    pen.polygon([(0, 130), (180, 84), (420, 96), (W, 46), (W, 372), (0, 372)], fill=(124, 106, 80))
    for _ in range(90):
        x = rng.randint(0, W)
        pen.polygon(_blob(rng, x, rng.randint(110, 366), 26, 10, 9, 0.4), fill=_shift(rng, (126, 106, 78), 14))
    _leaves(rng, pen, (0, 70, W, 130), 170, (76, 90, 56), 9)
    if after:
        pen.polygon([(0, 190), (W, 134), (W, 372), (0, 372)], fill=(150, 146, 138))
        for i in range(-1, 9):
            pen.line((i * 84, 192 - i * 6, i * 84 + 84, 372), fill=(122, 118, 112), width=9)
            pen.line((i * 84 + 84, 182 - i * 6, i * 84, 372), fill=(122, 118, 112), width=9)
        _leaves(rng, pen, (0, 214, W, 350), 90, (96, 112, 74), 8)
    else:
        x, y = 206 + rng.randint(-40, 60), 118
        crack = [(x, y)]
        while y < 360:
            y += rng.randint(18, 36)
            x += rng.randint(-22, 40)
            crack.append((x, y))
        for wide, colour in ((18, (92, 74, 52)), (9, (38, 30, 24))):
            pen.line(crack, fill=colour, width=wide, joint="curve")
        for _ in range(26):
            pen.polygon(
                _blob(rng, crack[-1][0] + rng.gauss(0, 70), rng.randint(346, 412), 22, 13, 8, 0.3),
                fill=_shift(rng, (112, 90, 64), 16),
            )
    pen.rectangle((0, 376 if after else 398, W, H), fill=(134, 130, 124))
    if not after:
        for i in range(12):
            pen.rectangle((i * 54, 382, i * 54 + 27, 392), fill=(176, 66, 50))
            pen.rectangle((i * 54 + 27, 382, i * 54 + 54, 392), fill=(220, 214, 204))
    return image


def _car(rng: Random, pen: Pen, x: int, y: int, k: float, colour: Colour) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * k, y + dy * k

    pen.ellipse((*at(-6, 70), *at(216, 96)), fill=(78, 76, 74))
    pen.polygon(
        [at(0, 46), at(28, 40), at(56, 6), at(146, 4), at(178, 40), at(208, 48), at(210, 80), at(0, 80)],
        fill=_shift(rng, colour, 10),
    )
    pen.polygon([at(40, 40), at(62, 13), at(98, 12), at(98, 40)], fill=(74, 84, 94))
    pen.polygon([at(104, 40), at(104, 12), at(142, 11), at(164, 40)], fill=(82, 92, 102))
    for wheel in (44, 164):
        pen.ellipse((*at(wheel - 19, 62), *at(wheel + 19, 100)), fill=(36, 36, 38))
        pen.ellipse((*at(wheel - 8, 73), *at(wheel + 8, 89)), fill=(140, 140, 140))


CARS: tuple[Colour, ...] = ((196, 194, 190), (76, 82, 92), (112, 60, 54), (150, 148, 140))


def _road(rng: Random) -> tuple[Image.Image, Pen]:
    image = _fade((178, 184, 186), (120, 118, 114))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 30, W, 170), fill=(176, 166, 150))
    for i in range(6):
        pen.rectangle((26 + i * 98, 52, 78 + i * 98, 112), fill=_shift(rng, (104, 114, 124), 12))
    _leaves(rng, pen, (0, 132, W, 176), 150, (72, 92, 58), 10)
    pen.rectangle((0, 184, W, H), fill=(122, 120, 117))
    for _ in range(130):
        sx, sy = rng.randint(0, W), rng.randint(190, H)
        pen.line((sx, sy, sx + rng.randint(8, 40), sy), fill=_shift(rng, (122, 120, 117), 7))
    return image, pen


def fire_lane(rng: Random, after: bool) -> Image.Image:
    image, pen = _road(rng)
    yellow = (190, 160, 74)
    pen.polygon([(70, 208), (520, 208), (590, 436), (10, 436)], outline=yellow, width=8)
    for i in range(5):
        pen.line((110 + i * 88, 212, 50 + i * 110, 430), fill=yellow, width=6)
    if not after:
        for i, colour in enumerate(rng.sample(CARS, 3)):
            _car(rng, pen, (250, 60, 330)[i] + rng.randint(-14, 14), (196, 238, 312)[i], (0.8, 1.05, 1.2)[i], colour)
    return image


def parking(rng: Random, after: bool) -> Image.Image:
    image, pen = _road(rng)
    for i in range(4):
        pen.line((60 + i * 170, 204, -30 + i * 220, 340), fill=(204, 202, 196), width=6)
    pen.polygon([(0, 352), (W, 352), (W, 392), (0, 392)], fill=(150, 140, 130))
    if after:
        _car(rng, pen, 96, 226, 0.82, rng.choice(CARS))
        _car(rng, pen, 318, 226, 0.82, rng.choice(CARS))
    else:
        _car(rng, pen, 70, 232, 0.86, rng.choice(CARS))
        _car(rng, pen, 250 + rng.randint(-20, 30), 290, 1.34, rng.choice(CARS))
    return image


def tap(rng: Random, after: bool) -> Image.Image:
    image = _plaster(rng, (200, 200, 194))
    pen = ImageDraw.Draw(image)
    for y in range(0, 300, 62):
        for x in range(0, W, 92):
            pen.rectangle((x, y, x + 89, y + 59), fill=_shift(rng, (196, 198, 194), 5))
    pen.rectangle((0, 300, W, H), fill=(158, 156, 150))
    pen.polygon([(120, 330), (480, 330), (520, H), (80, H)], fill=(184, 184, 180))
    pen.polygon([(146, 346), (454, 346), (480, H), (120, H)], fill=(140, 141, 140))
    steel = (150, 154, 158)
    x = 288 + rng.randint(-24, 24)
    pen.rectangle((x, 196, x + 26, 336), fill=steel)
    pen.rectangle((x + 16, 196, x + 26, 336), fill=(116, 120, 126))
    pen.rectangle((x, 188, x + 128, 210), fill=steel)
    pen.rectangle((x + 106, 188, x + 128, 246), fill=(128, 132, 138))
    pen.rectangle((x - 6, 156, x + 34, 176) if after else (x - 26, 150, x + 20, 168), fill=(172, 174, 176))
    if not after:
        for i in range(7):
            y = 258 + i * 24
            pen.ellipse((x + 112, y, x + 122, y + 15), fill=(112, 132, 150))
        pen.polygon(_blob(rng, x + 110, 414, 96, 22, 14, 0.2), fill=(118, 134, 146))
        pen.polygon(_blob(rng, x + 14, 330, 46, 14, 12, 0.3), fill=(128, 106, 82))
    return image


def pipe_burst(rng: Random, after: bool) -> Image.Image:
    image = _pavement(rng, 60, (130, 126, 120), None)
    pen = ImageDraw.Draw(image)
    x, y = 300 + rng.randint(-40, 40), 250
    if after:
        pen.polygon(
            [(x - 110, y - 50), (x + 110, y - 50), (x + 140, y + 62), (x - 140, y + 62)],
            fill=(158, 154, 147),
            outline=(126, 122, 116),
        )
        return image
    for scale, colour in ((1.0, (98, 98, 96)), (0.86, (92, 104, 114)), (0.4, (124, 138, 150))):
        pen.polygon(_blob(rng, x, y + 50, 270 * scale, 110 * scale, 24, 0.12), fill=colour)
    pen.polygon(_blob(rng, x, y, 58, 26, 10, 0.25), fill=(52, 48, 44))
    spray = Image.new("RGB", (W, H))
    drops = ImageDraw.Draw(spray)
    for _ in range(170):
        dx, up = rng.gauss(0, 34), rng.uniform(6, 178)
        drops.line((x + dx * 0.3, y - up * 0.4, x + dx, y - up), fill=(96, 104, 110), width=3)
    return ImageChops.screen(image, spray.filter(ImageFilter.GaussianBlur(3)))


def drain(rng: Random, after: bool) -> Image.Image:
    image = _pavement(rng, 54, (132, 127, 120), None)
    pen = ImageDraw.Draw(image)
    x, y = 300 + rng.randint(-30, 30), 262
    if not after:
        for scale, colour in ((1.0, (74, 70, 58)), (0.85, (88, 82, 64)), (0.5, (68, 64, 52))):
            pen.polygon(_blob(rng, x, y + 16, 250 * scale, 130 * scale, 24, 0.14), fill=colour)
    pen.ellipse((x - 92, y - 44, x + 92, y + 46), fill=(76, 74, 72), outline=(54, 52, 50), width=6)
    for i in range(-3, 4):
        pen.line((x + i * 22, y - 30, x + i * 24, y + 32), fill=(48, 47, 46), width=7)
    if not after:
        for _ in range(16):
            pen.polygon(
                _blob(rng, x + rng.gauss(0, 90), y + rng.gauss(16, 36), 14, 8, 8, 0.4),
                fill=_shift(rng, (122, 110, 84), 26),
            )
    return image


def entrance_door(rng: Random, after: bool) -> Image.Image:
    image, pen = _wall(rng, (176, 162, 146), (128, 122, 114), 384)
    pen.rectangle((168, 40, 446, 388), fill=(60, 62, 66))
    left = 184 + (0 if after else 18)
    lean = 0 if after else 26 + rng.randint(0, 14)
    steel: Colour = (96, 106, 112)
    pen.polygon(
        [(left, 56 + lean), (left + 236 - lean * 2, 56), (left + 236 - lean * 2, 386), (left, 386 - lean // 2)],
        fill=steel,
    )
    pen.polygon(
        [(left + 30, 90 + lean), (left + 200 - lean * 2, 90), (left + 200 - lean * 2, 210), (left + 30, 218)],
        fill=(140, 152, 160) if after else (108, 118, 126),
    )
    pen.rectangle((left + 194 - lean * 2, 226, left + 212 - lean * 2, 292), fill=(178, 176, 170))
    pen.rectangle((474, 178, 524, 262), fill=(54, 56, 60))
    pen.rectangle((482, 188, 516, 214), fill=(86, 110, 100) if after else (44, 44, 46))
    if not after:
        pen.line((left + 40, 100 + lean, left + 130, 200), fill=(196, 200, 200), width=4)
        pen.line((left + 96, 160, left + 60, 206), fill=(196, 200, 200), width=3)
    return image


def elevator(rng: Random, after: bool) -> Image.Image:
    image, pen = _wall(rng, (190, 184, 174), (140, 134, 126), 392)
    pen.rectangle((150, 46, 430, 394), fill=(108, 104, 100))
    gap = 0 if after else 46 + rng.randint(-10, 14)
    pen.rectangle((166, 62, 290 - gap, 394), fill=_shift(rng, (162, 164, 166), 6))
    pen.rectangle((290 + gap // 2, 62, 414, 394), fill=_shift(rng, (156, 158, 160), 6))
    pen.rectangle((290 - gap, 62, 290 + gap // 2, 394), fill=(32, 33, 36))
    pen.rectangle((462, 200, 506, 284), fill=(92, 92, 94))
    pen.ellipse((474, 214, 494, 234), fill=(196, 190, 160) if after else (58, 58, 60))
    pen.ellipse((474, 248, 494, 268), fill=(196, 190, 160) if after else (58, 58, 60))
    if not after:
        pen.polygon([(196, 250), (390, 236), (390, 256), (196, 270)], fill=(196, 168, 84))
        pen.polygon([(230, 292), (300, 292), (300, 352), (230, 352)], fill=(214, 206, 186))
    return image


def playground(rng: Random, after: bool) -> Image.Image:
    image = _fade((178, 186, 188), (146, 148, 142))
    pen = ImageDraw.Draw(image)
    _leaves(rng, pen, (0, 56, W, 172), 380, (74, 98, 64), 13)
    pen.rectangle((0, 180, W, H), fill=(134, 92, 80))
    pen.polygon([(0, 300), (W, 250), (W, H), (0, H)], fill=(98, 112, 96))
    pen.rectangle((384, 96, 398, 350), fill=(98, 102, 112))
    pen.rectangle((470, 96, 484, 360), fill=(98, 102, 112))
    pen.polygon([(372, 92), (496, 92), (434, 44)], fill=(150, 74, 62))
    pen.polygon([(384, 178), (470, 178), (210, 372), (120, 372)], fill=(186, 152, 76))
    pen.line((384, 178, 120, 372), fill=(158, 124, 58), width=10)
    for i in range(5):
        pen.line((398, 196 + i * 32, 470, 196 + i * 32), fill=(104, 108, 116), width=6)
    if not after:
        x, y = 250 + rng.randint(-10, 30), 292
        pen.polygon(_blob(rng, x, y, 40, 15, 9, 0.45), fill=(66, 52, 38))
        pen.line((x - 20, y, x - 76, y + 34), fill=(70, 56, 42), width=5)
        for i in range(12):
            pen.rectangle((i * 54, 398, i * 54 + 27, 410), fill=(176, 66, 50))
            pen.rectangle((i * 54 + 27, 398, i * 54 + 54, 410), fill=(220, 214, 204))
    return image


def clutter(rng: Random, after: bool) -> Image.Image:
    image = Image.new("RGB", (W, H), (190, 180, 160))
    pen = ImageDraw.Draw(image)
    pen.polygon([(0, 0), (210, 90), (210, 290), (0, H)], fill=(174, 164, 144))
    pen.polygon([(W, 0), (390, 90), (390, 290), (W, H)], fill=(168, 158, 140))
    pen.polygon([(0, 0), (W, 0), (390, 90), (210, 90)], fill=(206, 200, 186))
    pen.polygon([(0, H), (210, 290), (390, 290), (W, H)], fill=(134, 128, 120))
    pen.rectangle((262, 140, 338, 290), fill=(112, 72, 56))
    pen.polygon([(470, 118), (544, 88), (544, 336), (470, 300)], fill=(104, 62, 50))
    pen.polygon([(420, 150), (446, 142), (446, 196), (420, 200)], fill=(168, 62, 50))
    if after:
        return image
    for _ in range(9):
        x, y, w = rng.randint(-10, 210), rng.randint(210, 360), rng.randint(60, 110)
        box = _shift(rng, (164, 132, 94), 20)
        pen.rectangle((x, y, x + w, y + w * 0.7), fill=box, outline=tuple(c - 34 for c in box), width=3)
        pen.line((x + w / 2, y, x + w / 2, y + w * 0.7), fill=tuple(c - 20 for c in box), width=4)
    pen.polygon([(392, 300), (560, 322), (596, 430), (404, 396)], fill=(92, 88, 96))
    pen.polygon([(384, 250), (420, 246), (428, 396), (400, 398)], fill=(80, 77, 86))
    return image


def facade(rng: Random, after: bool) -> Image.Image:
    image = Image.new("RGB", (W, H), (150, 128, 108))
    pen = ImageDraw.Draw(image)
    for y in range(0, H, 17):
        for x in range(-20 * (y // 17 % 2), W, 40):
            pen.rectangle((x, y, x + 38, y + 15), fill=_shift(rng, (164, 140, 118), 9))
    for x in (60, 390):
        pen.rectangle((x, 60, x + 150, 240), fill=(84, 96, 106), outline=(204, 200, 192), width=8)
        pen.line((x + 75, 60, x + 75, 240), fill=(204, 200, 192), width=6)
        pen.polygon([(x + 12, 72), (x + 66, 72), (x + 12, 170)], fill=(110, 122, 132))
    cx, cy = 300 + rng.randint(-30, 30), 300 + rng.randint(-10, 20)
    if after:
        pen.polygon(_blob(rng, cx, cy, 120, 84, 16, 0.14), fill=(170, 150, 130))
    else:
        pen.polygon(_blob(rng, cx, cy, 120, 84, 16, 0.22), fill=(122, 114, 104))
        pen.polygon(_blob(rng, cx - 8, cy - 6, 88, 56, 14, 0.25), fill=(106, 99, 91))
        for _ in range(12):
            x, y = cx + rng.randint(-140, 110), cy + rng.randint(-80, 100)
            pen.polygon(
                [(x, y), (x + 36, y + rng.randint(-9, 9)), (x + 33, y + 18), (x - 2, y + 15)],
                fill=_shift(rng, (150, 126, 104), 16),
            )
    return image


def weeds(rng: Random, after: bool) -> Image.Image:
    image, pen = _wall(rng, (180, 172, 156), (108, 106, 84), 250)
    if after:
        _leaves(rng, pen, (0, 268, W, H), 760, (104, 120, 74), 8)
        return image
    for _ in range(560):
        x, y = rng.randint(-10, W), rng.randint(270, H + 20)
        pen.line(
            (x, y, x + rng.randint(-26, 26), y - rng.randint(40, 150)),
            fill=_shift(rng, (92, 108, 58), 24),
            width=rng.randint(2, 5),
        )
    for _ in range(13):
        x, y = rng.randint(20, W - 40), rng.randint(320, H - 20)
        pen.polygon(_blob(rng, x, y, 22, 13, 8, 0.35), fill=_shift(rng, (200, 196, 190), 20))
    return image


def greening(rng: Random, after: bool) -> Image.Image:
    image, pen = _wall(rng, (182, 172, 158), (112, 118, 84), 372)
    for x in (70, 250, 430):
        for y in (40, 196):
            pen.rectangle((x, y, x + 96, y + 94), fill=(96, 108, 118), outline=(206, 202, 194), width=6)
    pen.rectangle((286, 190, 314, 402), fill=(92, 74, 56))
    if after:
        _leaves(rng, pen, (226, 120, 376, 230), 170, (86, 110, 66), 17)
    else:
        pen.line((300, 230, 140, 130), fill=(92, 74, 56), width=12)
        pen.line((300, 220, 470, 110), fill=(92, 74, 56), width=12)
        _leaves(rng, pen, (50, 0, 556, 252), 640, (66, 90, 50), 19)
    _leaves(rng, pen, (0, 386, W, H), 240, (96, 116, 70), 9)
    return image


def vegetables(rng: Random, after: bool) -> Image.Image:
    image, pen = _wall(rng, (184, 176, 162), (104, 120, 78), 196)
    if after:
        _leaves(rng, pen, (0, 208, W, H), 900, (98, 122, 72), 9)
        return image
    pen.polygon([(90, 226), (520, 226), (590, 436), (20, 436)], fill=(104, 84, 62))
    for row in range(4):
        y = 258 + row * 48
        pen.line((70 - row * 14, y + 16, 534 + row * 14, y + 16), fill=(86, 68, 50), width=12)
        for i in range(15):
            _leaves(rng, pen, (84 - row * 12 + i * 31, y - 12, 98 - row * 12 + i * 32, y + 8), 5, (88, 128, 62), 11)
    for x in range(10, W, 46):
        pen.rectangle((x, 204, x + 6, 254), fill=(150, 130, 98))
    pen.line((0, 222, W, 222), fill=(150, 130, 98), width=4)
    return image


def charging_shed(rng: Random, after: bool) -> Image.Image:
    image, pen = _wall(rng, (176, 178, 176), (126, 122, 116), 326)
    pen.polygon([(30, 66), (572, 40), (598, 92), (8, 118)], fill=(92, 108, 118))
    for x in (58, 300, 546):
        pen.rectangle((x, 100, x + 12, 350), fill=(112, 116, 120))
    for i in range(5):
        x = 92 + i * 94
        pen.rectangle((x, 168, x + 34, 222), fill=(214, 212, 204), outline=(150, 148, 142), width=3)
        lit = after or i % 2
        pen.ellipse((x + 12, 176, x + 22, 186), fill=(96, 156, 112) if lit else (176, 66, 52))
    spots = (70, 236, 402) if after else (30, 128, 226, 330, 424)
    for x in spots:
        _ebike(
            rng,
            pen,
            x + rng.randint(-6, 6),
            372 + (0 if after else rng.randint(-8, 34)),
            rng.choice(((92, 46, 44), (60, 76, 96), (148, 144, 136))),
        )
    return image


def ads(rng: Random, after: bool) -> Image.Image:
    image, pen = _wall(rng, (200, 194, 182), (104, 140, 112), 290)
    pen.rectangle((360, 66, 520, H), fill=(104, 54, 42))
    pen.ellipse((376, 256, 392, 274), fill=(190, 164, 104))
    if after:
        pen.polygon(_blob(rng, 190, 190, 130, 90, 18, 0.12), fill=(204, 199, 188))
        return image
    for _ in range(26):
        x, y = rng.randint(10, 330), rng.randint(16, 360)
        w, h, paper = (
            rng.randint(36, 74),
            rng.randint(24, 50),
            rng.choice(((222, 206, 120), (214, 214, 206), (196, 110, 96), (136, 164, 190))),
        )
        pen.rectangle((x, y, x + w, y + h), fill=_shift(rng, paper, 12))
        for line in range(2):
            pen.line((x + 6, y + 9 + line * 11, x + w - 8, y + 9 + line * 11), fill=(96, 84, 78), width=4)
    for _ in range(3):
        x, y = rng.randint(380, 450), rng.randint(90, 380)
        pen.rectangle((x, y, x + 56, y + 34), fill=(220, 208, 138))
    return image


MOTIFS: dict[str, Callable[[Random, bool], Image.Image]] = {
    f.__name__: f
    for f in (
        stairwell,
        leak,
        paving,
        rubbish,
        charging_cable,
        slope,
        fire_lane,
        parking,
        tap,
        pipe_burst,
        drain,
        entrance_door,
        elevator,
        playground,
        clutter,
        facade,
        weeds,
        greening,
        vegetables,
        charging_shed,
        ads,
    )  # fmt: skip
}
DARK = frozenset({"stairwell"})
