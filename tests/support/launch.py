"""Run as a script, this is the process that a test starts, signals and waits for.

    python -I -S tests/support/launch.py SOCKET MODULE ARGUMENT...

It asks the server of `tests.support.warm` for a process that runs MODULE with this one's
streams, directory and environment, hands signals on to it, and ends as it ends. Only what
starts in a few milliseconds is imported.
"""

from __future__ import annotations

import marshal
import os
import signal
import socket
import sys

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """Ends the process: with the other's exit code, or by the signal that ended it."""
    _, address, module, *arguments = sys.argv
    signal.pthread_sigmask(signal.SIG_BLOCK, _FORWARDED)  # until there is a process to tell
    server = socket.socket(socket.AF_UNIX)
    server.connect(address)
    asked = marshal.dumps((module, arguments, os.getcwd(), dict(os.environ)))  # noqa: PTH109
    socket.send_fds(server, [len(asked).to_bytes(8, "big")], [0, 1, 2])
    server.sendall(asked)
    pid = int.from_bytes(server.recv(8, socket.MSG_WAITALL), "big")
    for each in _FORWARDED:
        signal.signal(each, lambda number, _: os.kill(pid, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _FORWARDED)
    answer = server.recv(8, socket.MSG_WAITALL)
    code = int.from_bytes(answer, "big", signed=True) if answer else 70
    if code < 0:
        if -code in _FORWARDED:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


main()
