#!/usr/bin/env python3
"""Writes the test fixtures (tests/data) from the pinned Python references. Not needed to build or to test."""

import argparse
import ast
import importlib
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import pkgutil
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = HERE / "fixtures"
MODULES = sorted(module.name for module in pkgutil.iter_modules([str(SCRIPTS)]) if not module.ispkg)
PINNED = {"transformers": "4.57.6", "tokenizers": "0.22.2", "torch": "2.13.0"}
TITLE = "# Test data"
INSTALL = "into a fresh environment: pip install -r tools/fixtures/requirements.txt"


def complaint(out: pathlib.Path) -> str | None:
    """Why the fixtures cannot be made in `out` by this Python, or None."""
    if importlib.util.find_spec("torchvision"):
        return f"torchvision is installed: transformers would use its resampling, not Pillow's; {INSTALL}"
    for package, wanted in PINNED.items():
        try:
            found = importlib.metadata.version(package).split("+")[0]
        except importlib.metadata.PackageNotFoundError:
            found = "missing"
        if found != wanted:
            return f"{package} is {found}, the fixtures need {wanted}; {INSTALL}"
    # Folders in it are replaced, so it must be new or one of ours.
    readme_file = out / "README.md"
    if out.exists() and any(out.iterdir()) and not (
        readme_file.exists() and readme_file.read_text(encoding="utf-8").startswith(TITLE)
    ):
        return f"{out} holds something else than test data"
    return None


def size_of(folder: pathlib.Path) -> str:
    return f"{sum(file.stat().st_size for file in folder.rglob('*') if file.is_file()) / 1024:,.0f} KiB"


def readme(out: pathlib.Path) -> str:
    lines = [
        TITLE,
        "",
        "Written by `tools/make_fixtures.py` (this file too); do not edit. Pictures, weights and words are made up by",
        "the scripts. What they need: `pip install -r tools/fixtures/requirements.txt`, in an environment without",
        "torchvision. The arrays of a folder are described in the script that makes it.",
        "",
        "A `weights.json` stands for the `.safetensors` files of its folder: `tests/data_tool` draws them when it makes the",
        "copy of this folder in the build folder, which the tests read. A test holds all files here to 12,000,000 bytes.",
        "",
        "| folder | what | made by | size |",
        "|---|---|---|---|",
    ]
    for name in MODULES:
        folder, script = out / name, f"tools/fixtures/{name}.py"
        if not folder.is_dir():
            continue
        source = (SCRIPTS / f"{name}.py").read_text(encoding="utf-8")
        about = ast.get_docstring(ast.parse(source)).splitlines()[0]
        lines.append(f"| `{name}/` | {about} | `{script}` | {size_of(folder)} |")
        for case in sorted(folder.glob("*/case.json")):
            about = json.loads(case.read_text(encoding="utf-8"))["about"]
            lines.append(f"| `{name}/{case.parent.name}/` | {about} | `{script}` | {size_of(case.parent)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", nargs="?", type=pathlib.Path, default=HERE.parent / "tests" / "data")
    parser.add_argument("--only", choices=MODULES, help="make this folder only")
    options = parser.parse_args()
    if problem := complaint(options.out):
        print(f"make_fixtures: {problem}", file=sys.stderr)
        return 1
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    sys.path.insert(0, str(HERE))
    for name in [options.only] if options.only else MODULES:
        folder = options.out / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        importlib.import_module(f"fixtures.{name}").make(folder)
    (options.out / "README.md").write_text(readme(options.out), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
