"""Evaluation scenes as data sets of ocellus: pictures, questions, solutions and boxes.

`scenes.json` asks one question about each picture, `describe.json` asks for a description of each and has the boxes of
all shapes. `pairs.json` asks two questions about each, one after the other, about different shapes: their maps must
differ.

Their seeds and the patterns of their grounds are none that training saw, and two shapes or more are on every picture.
"""

import dataclasses
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


def entry(name: str, image: str, question: questions.Question, category: str, about: list[shapes.Shape]) -> dict:
    return {
        "id": name,
        "image": image,
        "prompt": question.prompt,
        "solution": question.solution,
        "category": category,
        "boxes": [{"label": shape.label, "box": list(shapes.box(shape))} for shape in about],
    }


def pair(index: int, scene: scenes.Scene) -> list[questions.Question]:
    """Two questions about different shapes."""
    rng = np.random.default_rng([SEED, index, 0, 1])
    return [questions.about(rng, scene, int(i)) for i in rng.permutation(len(scene.shapes))[:2]]


def write(family: Family, folder: pathlib.Path, count: int) -> None:
    """`count` samples, one question each, as many of every kind, half of the claims true. `folder` is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sets: dict[str, list[dict]] = {"scenes": [], "describe": [], "pairs": []}
    for index in range(count):
        kind = KINDS[index % len(KINDS)]
        scene, question = sample(family, index, kind, true=index // len(KINDS) % 2 == 0)
        name = f"{index:0{len(str(count - 1))}}-{kind}"
        image = f"{name}.png"
        Image.fromarray(scene.pixels).save(folder / image, optimize=True)
        subject = [] if question.subject is None else [scene.shapes[question.subject]]
        sets["scenes"].append(entry(name, image, question, kind, subject))
        description = questions.ask_describe(np.random.default_rng([SEED, index]), scene)
        asked = dataclasses.replace(description, prompt=questions.DESCRIBE[0])
        sets["describe"].append(entry(f"{name}-describe", image, asked, "describe", list(scene.shapes)))
        for letter, one in zip("ab", pair(index, scene)):
            sets["pairs"].append(entry(f"{name}-pair-{letter}", image, one, "pair", [scene.shapes[one.subject]]))
    for set_name, samples in sets.items():
        lines = ",\n".join(json.dumps(sample) for sample in samples)
        (folder / f"{set_name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{folder}: {count} scenes, {size / 1e6:.2f} MB")
    if count <= 60 and size > LARGEST:
        raise RuntimeError(f"{folder} has {size} bytes, more than {LARGEST}")
