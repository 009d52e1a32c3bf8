"""A server in a process of its own, to be killed, and Python beside it on the same database."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time


def python(env, code):
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()


class Server:
    def __init__(self, env, port):
        self.env, self.port, self.lock = env, port, threading.Lock()
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "linli.web.cli", "serve", "--port", str(self.port)],
            env=self.env,
            start_new_session=True,
        )
        for _ in range(900):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the server did not come up")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
