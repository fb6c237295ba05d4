"""Scenes: one to four shapes on a ground, none over another, none on the middle lines of the picture."""

import dataclasses
import math

import numpy as np
from PIL import Image

from . import backgrounds, shapes

CELL = 28  # pixels: no model that is trained here has larger cells
RADII = (17.0, 33.0)  # pixels: every box is wider than a cell, so it holds the centre of at least one
TONE = 18  # largest deviation of a channel from the named colour
MIDDLE = 9  # pixels around the middle lines where no centre lies: left or right, top or bottom is never in doubt
APART = 10  # pixels between the centres of two shapes from left to right: their order is never in doubt


@dataclasses.dataclass(frozen=True)
class Scene:
    pixels: np.ndarray  # uint8, height × width × 3
    labels: np.ndarray  # uint8, height × width: 0 is the ground, i + 1 the i-th shape
    shapes: tuple[shapes.Shape, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.labels.shape[1], self.labels.shape[0]


def far_enough(shape: shapes.Shape, others: list[shapes.Shape]) -> bool:
    for other in others:
        dx, dy = (a - b for a, b in zip(shape.center, other.center))
        if abs(dx) < APART or math.hypot(dx, dy) < shapes.REACH * (shape.radius + other.radius) + 2:
            return False
    return True


def place(rng: np.random.Generator, width: int, height: int, count: int) -> list[shapes.Shape]:
    """Up to `count` shapes; fewer where the picture is full."""
    placed: list[shapes.Shape] = []
    for _ in range(60 * count):
        radius = rng.uniform(*RADII)
        margin = shapes.REACH * radius + 1
        center = (rng.uniform(margin, width - margin), rng.uniform(margin, height - margin))
        shape = shapes.Shape(
            color=list(shapes.COLORS)[rng.integers(len(shapes.COLORS))],
            kind=shapes.KINDS[rng.integers(len(shapes.KINDS))],
            center=center,
            radius=radius,
            turn=rng.uniform(-0.3, 0.3),
        )
        if abs(center[0] - width / 2) < MIDDLE or abs(center[1] - height / 2) < MIDDLE:
            continue
        if far_enough(shape, placed) and shape.label not in [other.label for other in placed]:
            placed.append(shape)
            if len(placed) == count:
                break
    return placed


def draw(rng: np.random.Generator, height: int, width: int, count: int, patterns) -> Scene:
    picture = Image.fromarray(backgrounds.draw(rng, patterns, height, width))
    labels = Image.new("L", (width, height), 0)
    placed = place(rng, width, height, count)
    for i, shape in enumerate(placed):
        tone = rng.integers(-TONE, TONE + 1, 3)
        color = tuple(int(min(255, max(0, level + shift))) for level, shift in zip(shapes.COLORS[shape.color], tone))
        shapes.paint(picture, shape, color)
        origin, mask = shapes.stencil(shape)
        labels.paste(i + 1, origin, shapes.covered(mask))
    return Scene(np.array(picture), np.array(labels), tuple(placed))
