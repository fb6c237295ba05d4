"""What measuring needs: a Python with the pinned packages, our programs, checkpoints, pictures."""

import os
import pathlib
import platform
import random
import struct
import subprocess
import sys
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache/bench"
PROMPT = ("What color is the star on the left of the large circle, and which shape stands below it? "
          "Say what you see, and say where it is in the picture. Then say why.")


class Environment:
    def __init__(self, python: str | None, threads: int, clock: str, scratch: pathlib.Path):
        self.python = python or make_python()
        self.threads = threads
        self.clock = clock
        self.scratch = scratch
        self.program = ROOT / "build/ocellus"
        self.worker = ROOT / "build/bench/prefill_worker"

    def checkpoint(self, shape: str, dtype: str) -> pathlib.Path:
        folder = CACHE / f"{shape}-{dtype}"
        if not (folder / "complete").exists():
            print(f"writing {folder} (once)", file=sys.stderr)
            subprocess.run([self.python, str(ROOT / "bench/python/make_checkpoint.py"), "--shape", shape, "--dtype", dtype,
                            "--out", str(folder)], check=True)
            (folder / "complete").touch()
        return folder

    def picture(self, width: int, height: int, suffix: str = "ppm") -> pathlib.Path:
        """Of noise; .ppm for the workers, .png for the program."""
        path = self.scratch / f"{width}x{height}.{suffix}"
        rgb = random.Random(0).randbytes(3 * width * height)
        path.write_bytes(png(width, height, rgb) if suffix == "png" else b"P6\n%d %d\n255\n" % (width, height) + rgb)
        return path


def png(width: int, height: int, rgb: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + rgb[start:start + 3 * width] for start in range(0, len(rgb), 3 * width))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))


def make_python() -> str:
    folder = ROOT / ".venv-bench"
    python = folder / "bin/python"
    if not (folder / "complete").exists():
        print(f"making {folder} with bench/requirements.txt (once)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "-r", str(ROOT / "bench/requirements.txt")]
        if "TORCH_INDEX_URL" in os.environ:
            install += ["--extra-index-url", os.environ["TORCH_INDEX_URL"]]
        subprocess.run(install, check=True)
        (folder / "complete").touch()
    return str(python)


def processor() -> str:
    names = [line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    flags = pathlib.Path("/proc/cpuinfo").read_text().split("flags")[1].splitlines()[0]
    features = [name for name in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if f" {name}" in flags]
    return f"{names[0] if names else platform.machine()}, {len(names)} processors, {' '.join(features)}"
