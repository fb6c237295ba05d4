"""Yes/no questions in the manner of the MME benchmark, of four of its categories. The sentences are our own."""

from collections.abc import Callable

import numpy as np

from . import shapes
from .questions import Question, choice, with_article
from .scenes import Scene

YES_OR_NO = " Please answer yes or no."  # the end of every question of MME
SHORT_ANSWER = "\nAnswer the question using a single word or phrase."  # what LLaVA-1.5 is given after a question
ENDINGS = ("", YES_OR_NO, YES_OR_NO + SHORT_ANSWER, YES_OR_NO + SHORT_ANSWER)
SIDES = ("on the left side", "on the right side", "in the upper half", "in the lower half")
COUNTS = ("Is there only one shape", "Are there two shapes", "Are there three shapes", "Are there four shapes")


def answer(true: bool, subject: int | None) -> tuple[tuple[str, int | None], ...]:
    return (("Yes" if true else "No", subject),)


def existence(rng: np.random.Generator, scene: Scene, true: bool) -> Question | None:
    """Of a kind of shape in any colour."""
    present = [shape.kind for shape in scene.shapes]
    kinds = [kind for kind in shapes.KINDS if (kind in present) == true]
    if not kinds:
        return None
    kind = choice(rng, kinds)
    subject = present.index(kind) if present.count(kind) == 1 else None
    return Question("existence", f"Is there a {kind} in this image?", answer(true, subject), asked_shape=kind)


def count(rng: np.random.Generator, scene: Scene, true: bool) -> Question:
    """Of all shapes; the wrong number is one too many or one too few."""
    number = len(scene.shapes)
    if not true:
        number = choice(rng, [near for near in (number - 1, number + 1) if 1 <= near <= len(COUNTS)])
    return Question("count", f"{COUNTS[number - 1]} in this image?", answer(true, None),
                    asked_detail=COUNTS[number - 1])


def position(rng: np.random.Generator, scene: Scene, true: bool) -> Question:
    """Of a shape that is there, against the middle of the picture."""
    i = int(rng.integers(len(scene.shapes)))
    color, kind = scene.shapes[i].color, scene.shapes[i].kind
    x, y = scene.shapes[i].center
    is_right, is_low = x > scene.size[0] / 2, y > scene.size[1] / 2
    holds = (not is_right, is_right, not is_low, is_low)
    side = choice(rng, [side for side, held in zip(SIDES, holds) if held == true])
    return Question("position", f"Is the {color} {kind} {side} of this image?", answer(true, i), color, kind,
                    side)


def color(rng: np.random.Generator, scene: Scene, true: bool) -> Question:
    """Of a shape that is there; the wrong colour is one that no shape of this kind has."""
    i = int(rng.integers(len(scene.shapes)))
    named, kind = scene.shapes[i].color, scene.shapes[i].kind
    if not true:
        taken = {shape.color for shape in scene.shapes if shape.kind == kind}
        named = choice(rng, [name for name in shapes.COLORS if name not in taken])
    return Question("color", f"Is there {with_article(named, kind)} in this image?", answer(true, i if true else None),
                    named, kind)


ASK: dict[str, Callable[[np.random.Generator, Scene, bool], Question | None]] = {
    "existence": existence, "count": count, "position": position, "color": color,
}
CATEGORIES = tuple(ASK)
DETAILS = SIDES + COUNTS
