"""Evaluation scenes as data sets of ocellus: pictures, questions, solutions and boxes. `scenes.json` asks one question about
each picture, `describe.json` asks for a description of each and has the boxes of all shapes.

Their seeds and the patterns of their grounds are none that training saw, and two shapes or more are on every picture.
"""

import json
import pathlib
import shutil

import numpy as np
from PIL import Image

from . import backgrounds, questions, scenes, shapes
from .family import Family

SEED = 60  # of a stream of its own: three numbers select a training scene, four one of these
KINDS = tuple(kind for kind in questions.KINDS if kind != "describe")
CLAIMS = ("exist", "match")
LARGEST = 2_000_000  # bytes of all 60


def sample(family: Family, index: int, kind: str, true: bool) -> tuple[scenes.Scene, questions.Question]:
    """The first scene of the sample's stream that the question can be asked about. `true` is for claims."""
    for attempt in range(100):
        rng = np.random.default_rng([SEED, index, attempt, 0])
        size = family.sizes[rng.integers(len(family.sizes))]
        scene = scenes.draw(rng, *size, int(rng.integers(2, 5)), backgrounds.EVALUATION)
        ask = questions.ASK[kind]
        question = ask(rng, scene, true) if kind in CLAIMS else ask(rng, scene)
        if question and len(scene.shapes) >= 2:
            return scene, question
    raise RuntimeError(f"no scene for a question of {kind}")


def write(family: Family, folder: pathlib.Path, count: int) -> None:
    """`count` samples, one question each, as many of every kind, half of the claims true. `folder` is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    entries, descriptions = [], []
    for index in range(count):
        kind = KINDS[index % len(KINDS)]
        scene, question = sample(family, index, kind, true=index // len(KINDS) % 2 == 0)
        name = f"{index:0{len(str(count - 1))}}-{kind}"
        Image.fromarray(scene.pixels).save(folder / f"{name}.png", optimize=True)
        subject = None if question.subject is None else scene.shapes[question.subject]
        entries.append({
            "id": name,
            "image": f"{name}.png",
            "prompt": question.prompt,
            "solution": question.solution,
            "category": kind,
            "boxes": [{"label": subject.label, "box": list(shapes.box(subject))}] if subject else [],
        })
        description = questions.ask_describe(np.random.default_rng([SEED, index]), scene)
        descriptions.append({
            "id": f"{name}-describe",
            "image": f"{name}.png",
            "prompt": questions.DESCRIBE[0],
            "solution": description.solution,
            "category": "describe",
            "boxes": [{"label": shape.label, "box": list(shapes.box(shape))} for shape in scene.shapes],
        })
    for set_name, samples in (("scenes", entries), ("describe", descriptions)):
        lines = ",\n".join(json.dumps(entry) for entry in samples)
        (folder / f"{set_name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{folder}: {count} scenes, {size / 1e6:.2f} MB")
    if count <= 60 and size > LARGEST:
        raise RuntimeError(f"{folder} has {size} bytes, more than {LARGEST}")
