"""The demo's data sets name pictures that exist, boxes that lie in them and can be pointed at; nothing is too large.

usage: files.py SOURCE_DIR
"""

import collections
import json
import pathlib
import struct
import sys

CELL = 28  # pixels: a box must hold the centre of a cell, or nothing can point at it
KINDS = {"color", "shape", "where", "exist", "match"}
DENIALS = {"No", "False"}
LARGEST_SCENES, LARGEST_CHECKPOINT = 2_000_000, 5_000_000  # bytes


def png_size(file):
    header = file.read_bytes()[:24]
    if header[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError(f"{file.name} is no PNG")
    return struct.unpack(">II", header[16:])


def holds_a_centre(begin, end):
    first = (begin + CELL // 2 - 1) // CELL * CELL + CELL // 2
    return first < end


def entry_mistakes(entry, folder):
    missing = {"id", "image", "prompt", "solution", "boxes"} - entry.keys()
    if missing:
        yield f"lacks {sorted(missing)}"
        return
    if "answer" in entry:
        yield "has an answer: what is right is called its solution"
    if not (folder / entry["image"]).is_file():
        yield f"names {entry['image']}, which does not exist"
        return
    width, height = png_size(folder / entry["image"])
    if width % CELL or height % CELL:
        yield f"has a picture of {width} x {height} pixels, which are not whole cells"
    if bool(entry["boxes"]) == (entry["solution"] in DENIALS):
        yield "must have a box exactly if the object is there"
    for x0, y0, x1, y1 in (box["box"] for box in entry["boxes"]):
        if not (0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height):
            yield f"has the box {[x0, y0, x1, y1]} outside of its {width} x {height} pixels"
        if not (holds_a_centre(x0, x1) and holds_a_centre(y0, y1)):
            yield f"has the box {[x0, y0, x1, y1]}, which holds the centre of no cell"


def set_mistakes(entries, folder):
    for field in ("id", "image"):
        repeated = [value for value, n in collections.Counter(entry[field] for entry in entries).items() if n > 1]
        if repeated:
            yield f"{folder.name}: {field} {repeated} more than once"
    unnamed = {file.name for file in folder.glob("*.png")} - {pathlib.Path(entry["image"]).name for entry in entries}
    if unnamed:
        yield f"{folder.name}: no entry names {sorted(unnamed)}"


def scene_mistakes(entries):
    kinds = collections.Counter(entry["category"] for entry in entries)
    if kinds.keys() != KINDS or len(set(kinds.values())) != 1:
        yield f"scenes: not as many of each kind: {dict(kinds)}"
    for kind in ("exist", "match"):
        solutions = collections.Counter(entry["solution"] for entry in entries if entry["category"] == kind)
        if len(solutions) != 2 or len(set(solutions.values())) != 1:
            yield f"scenes: {kind} is not half true: {dict(solutions)}"


def size_mistakes(folder, largest):
    size = sum(file.stat().st_size for file in folder.iterdir())
    if size > largest:
        yield f"{folder.name}: {size} bytes, more than {largest}"


def main():
    source = pathlib.Path(sys.argv[1])
    demo = source / "demo"
    mistakes = []
    for file in (demo / "pictures.json", demo / "scenes" / "scenes.json"):
        entries = json.loads(file.read_text(encoding="utf-8"))
        for entry in entries:
            mistakes += [f"{file.name}: {entry.get('id')} {mistake}" for mistake in entry_mistakes(entry, file.parent)]
        mistakes += set_mistakes(entries, file.parent)
    mistakes += scene_mistakes(json.loads((demo / "scenes" / "scenes.json").read_text(encoding="utf-8")))
    mistakes += size_mistakes(demo / "scenes", LARGEST_SCENES)
    mistakes += size_mistakes(demo / "qwen2_5_vl", LARGEST_CHECKPOINT)
    template = "chat_template.jinja"
    known = source / "tools" / "fixtures" / "tiny_qwen" / template
    if (demo / "qwen2_5_vl" / template).read_bytes() != known.read_bytes():
        mistakes.append("qwen2_5_vl: its chat template is not the one that the plugin knows")
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
