#!/usr/bin/env python3
"""Draws the pictures of `ocellus demo` and writes their questions, solutions and boxes (numpy and Pillow).

    python tools/make_demo_pictures.py [folder]        default: demo/

Every picture is a scene of coloured shapes on a plain or noisy ground, of the kind that the demo checkpoint was
trained on: sides are multiples of its 28-pixel cells, and the area is within its 28224..42336 pixels, so that nothing
is resized.
"""

import dataclasses
import json
import pathlib
import sys

import numpy as np
from PIL import Image

from demo_training.shapes import COLORS, Shape, box, paint


@dataclasses.dataclass(frozen=True)
class Scene:
    id: str
    size: tuple[int, int]  # width, height in pixels
    ground: tuple[int, int, int]
    noise: int  # largest deviation of a pixel's brightness from the ground
    shapes: tuple[Shape, ...]  # the first is the one that the question is about
    prompt: str
    solution: str


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
        solution="red",
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
        solution="triangle",
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
        solution="bottom left",
    ),
)


def draw(scene: Scene, seed: int) -> Image.Image:
    width, height = scene.size
    deviation = np.random.default_rng(seed).integers(-scene.noise, scene.noise + 1, (height, width, 1))
    ground = np.clip(np.array(scene.ground) + deviation, 0, 255).astype(np.uint8)
    picture = Image.fromarray(ground)
    for shape in scene.shapes:
        paint(picture, shape, COLORS[shape.color])
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
            "solution": scene.solution,
            "boxes": [{"label": asked.label, "box": list(box(asked))}],
        })
    (out / "pictures.json").write_text(json.dumps(samples, indent=2) + "\n")


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[1] / "demo")
