"""Questions about a scene, their answers, and the shape that each word of an answer is about."""

import dataclasses

import numpy as np

from . import shapes
from .scenes import Scene

DESCRIBE = ("Describe the image.", "Write a general description of the image.")


@dataclasses.dataclass(frozen=True)
class Question:
    kind: str
    prompt: str
    pieces: tuple[tuple[str, int | None], ...]  # the answer in parts, each with the index of the shape it is about
    asked_color: str | None = None  # what the prompt names
    asked_shape: str | None = None
    asked_detail: str | None = None  # a side of the picture, or a number of shapes

    @property
    def solution(self) -> str:
        return "".join(text for text, _ in self.pieces)

    def renamed(self, kind: str, prompt: str) -> "Question":
        return dataclasses.replace(self, kind=kind, prompt=prompt)

    @property
    def subject(self) -> int | None:
        return self.pieces[0][1]


def choice(rng: np.random.Generator, options):
    return options[int(rng.integers(len(options)))]


def with_article(color: str, kind: str) -> str:
    return f"{'an' if color == 'orange' else 'a'} {color} {kind}"


def named_once(values: list[str]) -> list[int]:
    return [i for i, value in enumerate(values) if values.count(value) == 1]


def color_of(scene: Scene, i: int) -> Question:
    color, kind = scene.shapes[i].color, scene.shapes[i].kind
    return Question("color", f"What color is the {kind}?", ((color, i),), asked_shape=kind)


def shape_of(scene: Scene, i: int) -> Question:
    color, kind = scene.shapes[i].color, scene.shapes[i].kind
    return Question("shape", f"What shape is {color}?", ((kind, i),), asked_color=color)


def place_of(scene: Scene, i: int) -> Question:
    width, height = scene.size
    x, y = scene.shapes[i].center
    place = f"{'top' if y < height / 2 else 'bottom'} {'left' if x < width / 2 else 'right'}"
    color, kind = scene.shapes[i].color, scene.shapes[i].kind
    return Question("where", f"Where is the {color} {kind}?", ((place, i),), color, kind)


def about(rng, scene: Scene, i: int) -> Question:
    """Of any kind that no other shape of the scene could be meant by."""
    kinds = [place_of]
    if i in named_once([shape.kind for shape in scene.shapes]):
        kinds.append(color_of)
    if i in named_once([shape.color for shape in scene.shapes]):
        kinds.append(shape_of)
    return choice(rng, kinds)(scene, i)


def ask_color(rng, scene: Scene) -> Question | None:
    single = named_once([shape.kind for shape in scene.shapes])
    return color_of(scene, choice(rng, single)) if single else None


def ask_shape(rng, scene: Scene) -> Question | None:
    single = named_once([shape.color for shape in scene.shapes])
    return shape_of(scene, choice(rng, single)) if single else None


def ask_where(rng, scene: Scene) -> Question:
    return place_of(scene, int(rng.integers(len(scene.shapes))))


def claim(rng, scene: Scene, true: bool) -> tuple[str, str, int | None]:
    """A colour and a kind; where the claim is false, most often one of them is that of a shape in the scene."""
    i = int(rng.integers(len(scene.shapes)))
    color, kind = scene.shapes[i].color, scene.shapes[i].kind
    if true:
        return color, kind, i
    present = {shape.label for shape in scene.shapes}
    absent = [(c, k) for c in shapes.COLORS for k in shapes.KINDS if f"{c} {k}" not in present]
    near = [pair for pair in absent if (pair[0] == color) != (pair[1] == kind)]
    return *choice(rng, near if near and rng.random() < 0.7 else absent), None


def ask_exist(rng, scene: Scene, true: bool | None = None) -> Question:
    true = rng.random() < 0.5 if true is None else true
    color, kind, i = claim(rng, scene, true)
    prompt = f"Is there {with_article(color, kind)}?"
    return Question("exist", prompt, (("Yes" if true else "No", i),), color, kind)


def ask_match(rng, scene: Scene, true: bool | None = None) -> Question:
    true = rng.random() < 0.5 if true is None else true
    color, kind, i = claim(rng, scene, true)
    prompt = f"Does the image match the caption: {with_article(color, kind)}? Please directly output True or False"
    return Question("match", prompt, (("True" if true else "False", i),), color, kind)


def ask_describe(rng, scene: Scene) -> Question:
    order = sorted(range(len(scene.shapes)), key=lambda i: scene.shapes[i].center[0])
    pieces = []
    for n, i in enumerate(order):
        before = "" if n == 0 else " and " if n == len(order) - 1 else ", "
        pieces.append((before + with_article(scene.shapes[i].color, scene.shapes[i].kind), i))
    return Question("describe", choice(rng, DESCRIBE), tuple(pieces))


ASK = {
    "color": ask_color,
    "shape": ask_shape,
    "where": ask_where,
    "exist": ask_exist,
    "match": ask_match,
    "describe": ask_describe,
}
KINDS = tuple(ASK)


def one_of_each(rng: np.random.Generator, scene: Scene) -> list[Question]:
    """A question of each kind; where a kind cannot be asked unambiguously, one more of place."""
    return [ASK[kind](rng, scene) or ask_where(rng, scene) for kind in KINDS]
