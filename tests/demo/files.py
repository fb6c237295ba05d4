"""The demo's data sets name pictures that exist, boxes that lie in them and can be pointed at; nothing is too large.

usage: files.py SOURCE_DIR
"""

import collections
import json
import pathlib
import struct
import sys

KINDS = {"color", "shape", "where", "exist", "match"}
DENIALS = {"No", "False"}
LARGEST_SCENES, LARGEST_MME, LARGEST_RANKING, LARGEST_CHECKPOINT = 2_000_000, 1_000_000, 400_000, 5_000_000  # bytes
MME_FIELDS = {"question_id", "question", "answer", "category", "image_file"}
MME_SAMPLES, MME_BROKEN = 60, 2
RANKING_CANDIDATES, RANKING_QUERIES = 8, 40
PNG_BEGIN, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


def png_size(file):
    header = file.read_bytes()[:24]
    if header[:8] != PNG_BEGIN:
        raise ValueError(f"{file.name} is no PNG")
    return struct.unpack(">II", header[16:])


def cells_of_qwen(side):
    return side / 28


def cells_of_llava(side):
    return 8


def holds_a_centre(begin, end, side, cells):
    """A box must hold the centre of a cell, or nothing can point at it."""
    return any(begin <= (i + 0.5) * side / cells < end for i in range(round(cells)))


def entry_mistakes(entry, folder, cells_of):
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
    columns, rows = cells_of(width), cells_of(height)
    if cells_of is cells_of_llava and width != height:
        yield f"has a picture of {width} x {height} pixels, of which the image processor would cut off the edges"
    if columns % 1 or rows % 1:
        yield f"has a picture of {width} x {height} pixels, which are not whole cells"
    if bool(entry["boxes"]) == (entry["solution"] in DENIALS):
        yield "must have a box exactly if the object is there"
    for x0, y0, x1, y1 in (box["box"] for box in entry["boxes"]):
        if not (0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height):
            yield f"has the box {[x0, y0, x1, y1]} outside of its {width} x {height} pixels"
        if not (holds_a_centre(x0, x1, width, columns) and holds_a_centre(y0, y1, height, rows)):
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


def pair_mistakes(entries, folder):
    """Two questions about each picture, one after the other, about different places."""
    for first, second in zip(entries[::2], entries[1::2]):
        if first["image"] != second["image"]:
            yield f"{folder.name}: {first['id']} and {second['id']} are about different pictures"
        if first["boxes"] == second["boxes"] or first["prompt"] == second["prompt"]:
            yield f"{folder.name}: {first['id']} and {second['id']} are about one object"
    repeated = [name for name, n in collections.Counter(entry["id"] for entry in entries).items() if n > 1]
    repeated += [name for name, n in collections.Counter(entry["image"] for entry in entries).items() if n != 2]
    if repeated:
        yield f"{folder.name}: {repeated} more than once, or not in one pair"


def size_mistakes(folder, largest):
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    if size > largest:
        yield f"{folder.name}: {size} bytes, more than {largest}"


def mme_mistakes(folder):
    rows = json.loads((folder / "MME_test.json").read_text(encoding="utf-8"))
    if len(rows) != MME_SAMPLES:
        yield f"mme: {len(rows)} samples, not {MME_SAMPLES}"
    for number, row in enumerate(rows):
        if row.keys() != MME_FIELDS:
            yield f"mme: row {number} has the fields {sorted(row)}"
        if row["image_file"] != f"{number}.png" or not (folder / row["image_file"]).is_file():
            yield f"mme: row {number} names {row['image_file']}"
    for first, second in zip(rows[::2], rows[1::2]):
        if first["question_id"] != second["question_id"] or {first["answer"], second["answer"]} != {"Yes", "No"}:
            yield f"mme: {first['question_id']} has no pair of questions, one to affirm and one to deny"
    contents = [(folder / row["image_file"]).read_bytes() for row in rows]
    whole = sum(content.startswith(PNG_BEGIN) and content.endswith(PNG_END) for content in contents)
    if len(contents) - whole != MME_BROKEN:
        yield f"mme: {len(contents) - whole} pictures are broken, not {MME_BROKEN}"


def lines_of(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def ranking_mistakes(folder):
    """Each query is true of one candidate."""
    candidates, queries = lines_of(folder / "candidates.jsonl"), lines_of(folder / "queries.jsonl")
    if (len(candidates), len(queries)) != (RANKING_CANDIDATES, RANKING_QUERIES):
        yield f"ranking: {len(queries)} queries about {len(candidates)} candidates"
    ids = {candidate["id"] for candidate in candidates}
    for candidate in candidates:
        if not (folder / candidate["image"]).is_file():
            yield f"ranking: candidate {candidate['id']} names {candidate['image']}, which does not exist"
    for query in queries:
        if len(query["truth"]) != 1 or query["truth"][0] not in ids:
            yield f"ranking: query {query['id']} has the truth {query['truth']}"
    for field in ("id", "text"):
        if len({query[field] for query in queries}) != len(queries):
            yield f"ranking: two queries have the same {field}"


def template_mistakes(source, model, fixtures):
    template = "chat_template.jinja"
    known = source / "tools" / "fixtures" / fixtures / template
    if (source / "demo" / model / template).read_bytes() != known.read_bytes():
        yield f"{model}: its chat template is not the one that the plugin knows"


def main():
    source = pathlib.Path(sys.argv[1])
    demo = source / "demo"
    mistakes = []
    sets = {
        demo / "pictures.json": cells_of_qwen,
        demo / "scenes" / "scenes.json": cells_of_qwen,
        demo / "scenes" / "describe.json": cells_of_qwen,
        demo / "llava_scenes" / "scenes.json": cells_of_llava,
        demo / "llava_scenes" / "describe.json": cells_of_llava,
        demo / "scenes" / "pairs.json": cells_of_qwen,
        demo / "llava_scenes" / "pairs.json": cells_of_llava,
    }
    for file, cells_of in sets.items():
        entries = json.loads(file.read_text(encoding="utf-8"))
        for entry in entries:
            mistakes += [f"{file}: {entry.get('id')} {mistake}"
                         for mistake in entry_mistakes(entry, file.parent, cells_of)]
        mistakes += (pair_mistakes if file.name == "pairs.json" else set_mistakes)(entries, file.parent)
        if file.name == "scenes.json":
            mistakes += scene_mistakes(entries)
            mistakes += size_mistakes(file.parent, LARGEST_SCENES)
    mistakes += mme_mistakes(demo / "mme")
    mistakes += size_mistakes(demo / "mme", LARGEST_MME)
    mistakes += ranking_mistakes(demo / "ranking")
    mistakes += size_mistakes(demo / "ranking", LARGEST_RANKING)
    for model, fixtures in (("qwen2_5_vl", "tiny_qwen"), ("llava", "tiny_llava")):
        mistakes += size_mistakes(demo / model, LARGEST_CHECKPOINT)
        mistakes += template_mistakes(source, model, fixtures)
    mistakes += size_mistakes(demo / "qavit", LARGEST_CHECKPOINT)
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
