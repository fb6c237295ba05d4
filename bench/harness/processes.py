"""Processes that are measured: whole ones, and workers that keep a model loaded."""

import json
import os
import pathlib
import resource
import subprocess
import sys
import time

KEPT_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 33), "MALLOC_TRIM_THRESHOLD_": str(1 << 34)}


def whole(command: list[str], clock: str) -> tuple[float, float]:
    """Seconds and peak MiB from a process's start to its end."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {child.returncode}: {error.decode(errors='replace').strip()}")
    return usage.ru_utime + usage.ru_stime if clock == "cpu" else seconds, usage.ru_maxrss / 1024


class Worker:
    """A process that answers each line with a line of JSON."""

    def __init__(self, command: list[str], clock: str, more_environment: dict[str, str] | None = None):
        self.command = command
        self.clock = clock
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=os.environ | (more_environment or {}))
        self.about = self.answer()

    def answer(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{' '.join(self.command)}\nended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, command: str) -> dict:
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.answer()

    def seconds(self, command: str) -> float:
        answer = self.ask(command)
        self.peak_mib = answer["peak_mib"]
        self.last = answer
        return answer["cpu" if self.clock == "cpu" else "seconds"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()
