"""A retrieval with a known truth: 8 pictures, and 40 queries each of which is true of one of them alone.

Each colour of each shape is in exactly one picture, three in each. `candidates.jsonl` names the pictures, `queries.jsonl`
asks for every shape, and for two of each picture once more in other words. Seeds and grounds are none that training saw.
"""

import json
import pathlib
import shutil

import numpy as np
from PIL import Image

from . import backgrounds, scenes
from .family import Family
from .questions import with_article

SEED = 62  # of a stream of its own, as in evaluation_scenes.py
PICTURES, SHAPES, QUERIES = 8, 3, 40
ATTEMPTS = 100_000  # the last picture has to have the three shapes that are left
LARGEST = 400_000  # bytes


def pictures(family: Family) -> list[scenes.Scene]:
    """The first scenes of the stream in which no shape is there twice."""
    rng = np.random.default_rng([SEED, 0, 0, 0])
    found: list[scenes.Scene] = []
    seen: set[str] = set()
    for _ in range(ATTEMPTS):
        height, width = family.sizes[rng.integers(len(family.sizes))]
        scene = scenes.draw(rng, height, width, SHAPES, backgrounds.EVALUATION)
        labels = {shape.label for shape in scene.shapes}
        if len(labels) < SHAPES or labels & seen:
            continue
        found.append(scene)
        seen |= labels
        if len(found) == PICTURES:
            return found
    raise RuntimeError(f"{len(found)} pictures without a shape twice, not {PICTURES}")


def captions(scene: scenes.Scene) -> list[str]:
    """Each shape, and the first two in other words."""
    return [f"a picture of {with_article(shape.color, shape.kind)}" for shape in scene.shapes] + [
        f"the {shape.label}" for shape in scene.shapes[:2]]


def write(family: Family, folder: pathlib.Path) -> None:
    """`folder` is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    candidates, queries = [], []
    for index, scene in enumerate(pictures(family)):
        Image.fromarray(scene.pixels).save(folder / f"{index}.png", optimize=True)
        candidates.append({"id": str(index), "image": f"{index}.png"})
        for text in captions(scene):
            queries.append({"id": f"q{len(queries):02}", "text": text, "truth": [str(index)]})
    if len(queries) != QUERIES:
        raise RuntimeError(f"{len(queries)} queries, not {QUERIES}")
    for name, entries in (("candidates", candidates), ("queries", queries)):
        lines = "".join(json.dumps(entry) + "\n" for entry in entries)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{folder}: {len(candidates)} pictures, {len(queries)} queries, {size / 1e6:.2f} MB")
    if size > LARGEST:
        raise RuntimeError(f"{folder} has {size} bytes, more than {LARGEST}")
