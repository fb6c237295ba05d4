#!/usr/bin/env python3
"""Draws the pictures of `ocellus demo` and writes their questions, answers and boxes (numpy and Pillow).

    python tools/make_demo_pictures.py [folder]        default: demo/

Every picture is a scene of coloured shapes on a plain or noisy ground, of the kind that the demo checkpoint was
trained on: sides are multiples of its 28-pixel cells, and the area is within its 28224..42336 pixels, so that nothing
is resized.
"""

import dataclasses
import json
import math
import pathlib
import sys

import numpy as np
from PIL import Image, ImageDraw

COLORS = {
    "red": (214, 34, 38),
    "green": (32, 156, 56),
    "blue": (38, 74, 214),
    "yellow": (238, 212, 40),
    "purple": (142, 48, 170),
    "orange": (243, 132, 24),
}
OVERSAMPLING = 4  # for smooth edges


@dataclasses.dataclass(frozen=True)
class Shape:
    color: str
    kind: str
    center: tuple[float, float]  # pixels
    radius: float  # pixels
    turn: float = 0.0  # radians, clockwise

    @property
    def label(self) -> str:
        return f"{self.color} {self.kind}"


@dataclasses.dataclass(frozen=True)
class Scene:
    id: str
    size: tuple[int, int]  # width, height in pixels
    ground: tuple[int, int, int]
    noise: int  # largest deviation of a pixel's brightness from the ground
    shapes: tuple[Shape, ...]  # the first is the one that the question is about
    prompt: str
    answer: str


SCENES = (
    Scene(
        id="landscape",
        size=(252, 168),
        ground=(226, 224, 216),
        noise=0,
        shapes=(
            Shape("red", "star", (188, 58), 31, 0.15),
            Shape("blue", "circle", (62, 112), 28),
            Shape("green", "square", (96, 42), 22, -0.2),
        ),
        prompt="What color is the star?",
        answer="red",
    ),
    Scene(
        id="portrait",
        size=(168, 252),
        ground=(62, 66, 74),
        noise=18,
        shapes=(
            Shape("yellow", "triangle", (58, 182), 32, 0.1),
            Shape("purple", "circle", (108, 66), 30),
            Shape("orange", "square", (124, 146), 21, 0.25),
        ),
        prompt="What shape is yellow?",
        answer="triangle",
    ),
    Scene(
        id="square",
        size=(196, 196),
        ground=(150, 146, 140),
        noise=18,
        shapes=(
            Shape("green", "circle", (60, 136), 29),
            Shape("orange", "star", (134, 56), 32, -0.2),
        ),
        prompt="Where is the green circle?",
        answer="bottom left",
    ),
)


def corners(shape: Shape) -> list[tuple[float, float]]:
    """Corners around the centre, in units of the radius; empty for a circle."""
    if shape.kind == "square":
        reaches, first = [1.12] * 4, math.pi / 4
    elif shape.kind == "triangle":
        reaches, first = [1.15] * 3, -math.pi / 2
    elif shape.kind == "star":
        reaches, first = [1.15, 0.5] * 5, -math.pi / 2
    else:
        return []
    angles = [first + shape.turn + 2 * math.pi * i / len(reaches) for i in range(len(reaches))]
    return [(reach * math.cos(angle), reach * math.sin(angle)) for reach, angle in zip(reaches, angles)]


def mask(shape: Shape, size: tuple[int, int]) -> Image.Image:
    canvas = Image.new("L", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING), 0)
    draw = ImageDraw.Draw(canvas)
    x, y, r = (OVERSAMPLING * v for v in (*shape.center, shape.radius))
    if shape.kind == "circle":
        draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    else:
        draw.polygon([(x + dx * r, y + dy * r) for dx, dy in corners(shape)], fill=255)
    return canvas.reduce(OVERSAMPLING)


def box(covered: Image.Image) -> list[int]:
    """x0, y0, x1, y1 of the pixels that are at least half covered; x1 and y1 are exclusive."""
    return list(covered.point(lambda level: 255 if level > 127 else 0).getbbox())


def draw(scene: Scene, seed: int) -> Image.Image:
    width, height = scene.size
    deviation = np.random.default_rng(seed).integers(-scene.noise, scene.noise + 1, (height, width, 1))
    ground = np.clip(np.array(scene.ground) + deviation, 0, 255).astype(np.uint8)
    picture = Image.fromarray(ground)
    for shape in scene.shapes:
        picture.paste(COLORS[shape.color], (0, 0), mask(shape, scene.size))
    return picture


def make(out: pathlib.Path) -> None:
    (out / "pictures").mkdir(parents=True, exist_ok=True)
    samples = []
    for seed, scene in enumerate(SCENES):
        image = f"pictures/{scene.id}.png"
        draw(scene, seed).save(out / image, optimize=True)
        asked = scene.shapes[0]
        samples.append({
            "id": scene.id,
            "image": image,
            "prompt": scene.prompt,
            "answer": scene.answer,
            "boxes": [{"label": asked.label, "box": box(mask(asked, scene.size))}],
        })
    (out / "pictures.json").write_text(json.dumps(samples, indent=2) + "\n")


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[1] / "demo")
