import stat

import pytest

from linli.plumbing import vault
from linli.plumbing.tenancy import uuid7


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_sealed_text_opens_again_and_never_looks_the_same():
    first, second = vault.seal("140105199001011234"), vault.seal("140105199001011234")
    assert first != second
    assert b"140105" not in first
    assert vault.unseal(first) == vault.unseal(memoryview(second)) == "140105199001011234"


def test_changed_or_foreign_seal_does_not_open(settings):
    sealed = bytearray(vault.seal("words"))
    sealed[-1] ^= 1
    with pytest.raises(vault.Unopened):
        vault.unseal(bytes(sealed))
    with pytest.raises(vault.Unopened):
        vault.unseal(b"")
    sealed = vault.seal("words")
    settings.SECRET_KEY = "another"
    with pytest.raises(vault.Unopened):
        vault.unseal(sealed)


def test_what_was_sealed_before_a_seal_key_was_set_still_opens(settings):
    sealed = vault.seal("words")
    settings.SEAL_KEY = "a key of its own"
    assert vault.unseal(sealed) == "words"
    assert vault.unseal(vault.seal("new")) == "new"


def test_keyed_hash_is_stable_and_needs_the_key(settings):
    first = vault.keyed_hash("140105199001011234")
    assert first == vault.keyed_hash("140105199001011234")
    assert len(first) == 64
    assert first != vault.keyed_hash("140105199001011235")
    settings.SEAL_KEY = "another"
    assert first != vault.keyed_hash("140105199001011234")


def test_sealed_file_is_unreadable_and_opens_again(folder):
    compound = uuid7()
    name = vault.keep_sealed(compound, b"the original")
    assert vault.open_sealed(name) == b"the original"
    assert b"original" not in (folder / name).read_bytes()
    assert name.startswith(f"{compound.hex}/")
    assert len(name) <= 100
    assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_same_file_is_kept_once_in_a_compound_and_named_otherwise_in_the_next(folder):
    here, there = uuid7(), uuid7()
    assert vault.keep_sealed(here, b"x") == vault.keep_sealed(here, b"x")
    assert vault.keep_sealed(here, b"x").split("/")[2] != vault.keep_sealed(there, b"x").split("/")[2]
    assert len([p for p in folder.rglob("*") if p.is_file()]) == 2


def test_sealed_file_under_another_name_does_not_open(folder):
    compound = uuid7()
    first, second = vault.keep_sealed(compound, b"one"), vault.keep_sealed(compound, b"two")
    (folder / first).write_bytes((folder / second).read_bytes())
    with pytest.raises(vault.Unopened):
        vault.open_sealed(first)


def test_plain_file_tells_its_owner(folder):
    owner = uuid7()
    name = vault.keep_plain(uuid7(), owner, b"small", "-t.jpg")
    assert (folder / name).read_bytes() == b"small"
    assert vault.owner(name) == owner
    assert vault.owner("") is None
    assert len(name) <= 100


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", ""])
def test_name_outside_the_folder_is_an_error(name):
    with pytest.raises(ValueError, match="outside"):
        vault.path(name)


def test_write_that_fails_leaves_nothing(folder, monkeypatch):
    def full(handle):
        raise OSError("no space left")

    monkeypatch.setattr("linli.plumbing.vault.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        vault.keep_sealed(uuid7(), b"x")
    assert [p for p in folder.rglob("*") if p.is_file()] == []


def test_linked_file_is_the_same_under_another_owner_of_the_same_compound(folder):
    compound, owner = uuid7(), uuid7()
    first = vault.keep_plain(compound, uuid7(), b"small", "-t.jpg")
    again = vault.link_plain(first, compound, owner, "-t.jpg")
    assert vault.path(again).read_bytes() == b"small" and vault.owner(again) == owner
    with pytest.raises(ValueError):
        vault.link_plain(first, uuid7(), owner, "-t.jpg")
