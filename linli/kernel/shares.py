"""A key in three sealed sheets of which any two open (domain §3.9, docs/threat-model.md).

One secret of 16 bytes is parted by Shamir's rule; the key of HPKE (RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305) is derived from it.
What was sealed to the public key nobody opens before two sheets lie together.
"""

import base64
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

from Crypto.Protocol.SecretSharing import Shamir
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NEEDED, SHEETS, BYTES = 2, 3, 16
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class NotAShare(ValueError):
    """Mistyped, or not a sheet of this vote."""


class Unopened(ValueError):
    """Not sealed to this key, or changed since."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One of three. `text` is what is printed and in the QR: place, share and check, in groups of four."""

    place: int
    text: str


def _digest(session: str, place: int, share: bytes) -> str:
    return sha256(f"linli share 1\n{session}\n{place}\n".encode() + share).hexdigest()


def _printed(place: int, share: bytes) -> str:
    body = bytes([place]) + share
    text = base64.b32encode(body + sha256(b"linli sheet 1\n" + body).digest()[:3]).decode().rstrip("=")
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def read_sheet(text: str) -> tuple[int, bytes]:
    """(place, share) of what was typed or scanned; 0, 1 and 8 are taken for the letters they look like. Raises NotAShare."""
    plain = re.sub(r"[\s\-—–]", "", text).upper().translate(str.maketrans("018", "OIB"))
    try:
        raw = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError:
        raise NotAShare from None
    body, check = raw[:-3], raw[-3:]
    if len(body) != 1 + BYTES or check != sha256(b"linli sheet 1\n" + body).digest()[:3]:
        raise NotAShare
    return body[0], body[1:]


def _private(secret: bytes, session: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(
        HKDF(SHA256(), 32, None, f"linli seal 1\n{session}".encode()).derive(secret)
    )


@dataclass(frozen=True, slots=True)
class Made:
    """`public_key` and `digests` are kept; `sheets` are printed once and forgotten."""

    public_key: str
    digests: tuple[str, ...]
    sheets: tuple[Sheet, ...]


def make(session: str) -> Made:
    secret = secrets.token_bytes(BYTES)
    shares = Shamir.split(NEEDED, SHEETS, secret)
    return Made(
        _private(secret, session).public_key().public_bytes_raw().hex(),
        tuple(_digest(session, place, share) for place, share in shares),
        tuple(Sheet(place, _printed(place, share)) for place, share in shares),
    )


def is_of(text: str, session: str, digests: tuple[str, ...]) -> int:
    """The place of a sheet of this very vote. Raises NotAShare."""
    place, share = read_sheet(text)
    if not 1 <= place <= len(digests) or _digest(session, place, share) != digests[place - 1]:
        raise NotAShare
    return place


def seal(plain: bytes, public_key: str, about: str) -> bytes:
    """`about` names what it is and binds it: the same text sealed about something else does not open."""
    key = X25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    return SUITE.encrypt(plain, key, info=about.encode())


class Opener:
    """Two different sheets of the same vote. Raises NotAShare."""

    def __init__(self, sheets: tuple[str, str], session: str, public_key: str) -> None:
        shares = [read_sheet(text) for text in sheets]
        if len({place for place, _ in shares}) < NEEDED:
            raise NotAShare
        self._key = _private(Shamir.combine(shares), session)
        if self._key.public_key().public_bytes_raw().hex() != public_key:
            raise NotAShare

    def open(self, sealed: bytes, about: str) -> bytes:
        """Raises Unopened."""
        try:
            return SUITE.decrypt(sealed, self._key, info=about.encode())
        except (InvalidTag, ValueError):
            raise Unopened from None
