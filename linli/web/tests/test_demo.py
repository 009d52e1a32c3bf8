"""Two demos started at the same moment."""

import socket

from linli.web.commands.demo import reserve_port


def test_each_gets_a_port_of_its_own_before_either_server_binds(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, one = reserve_port(18_300)
    second, two = reserve_port(18_300)
    with one, two:
        assert second > first
    again, three = reserve_port(first)
    with three:
        assert again == first


def test_a_port_that_somebody_listens_on_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        port, lock = reserve_port(taken)
        with lock:
            assert port > taken
