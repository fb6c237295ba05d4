"""A data set in the form of MME_test.json, with pictures of our own: two questions a picture, one to deny.

Two pictures are broken on purpose, as pictures of large collections are: a run must report them and go on. Seeds and
grounds are none that training saw.
"""

import io
import json
import pathlib
import shutil

import numpy as np
from PIL import Image

from . import backgrounds, mme, scenes
from .questions import Question

SEED = 61  # of a stream of its own, as in evaluation_scenes.py
SIZE = (168, 168)  # height and width in pixels
PICTURES = {"existence": 8, "count": 7, "position": 8, "color": 7}
TRUNCATED_ROW, TEXT_ROW = 17, 42  # whose pictures are broken
LARGEST = 1_000_000  # bytes


def pair(index: int, category: str) -> tuple[scenes.Scene, list[Question]]:
    """The first scene of the picture's stream that both questions can be asked about, and the two."""
    for attempt in range(100):
        rng = np.random.default_rng([SEED, index, attempt, 0])
        scene = scenes.draw(rng, *SIZE, int(rng.integers(2, 5)), backgrounds.EVALUATION)
        asked = [mme.ASK[category](rng, scene, true) for true in (True, False)]
        if all(asked) and len(scene.shapes) >= 2:
            return scene, asked
    raise RuntimeError(f"no scene for two questions of {category}")


def write(folder: pathlib.Path) -> None:
    """MME_test.json and a picture for each of its rows. `folder` is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = []
    categories = [category for category, count in PICTURES.items() for _ in range(count)]
    for index, category in enumerate(categories):
        scene, asked = pair(index, category)
        png = io.BytesIO()
        Image.fromarray(scene.pixels).save(png, "png", optimize=True)
        for question in asked:
            file = f"{len(rows)}.png"
            (folder / file).write_bytes(png.getvalue())
            rows.append({
                "question_id": f"{category}/{index:04}.png",
                "question": question.prompt + mme.YES_OR_NO,
                "answer": question.solution,
                "category": category,
                "image_file": file,
            })
    truncated = folder / rows[TRUNCATED_ROW]["image_file"]
    truncated.write_bytes(truncated.read_bytes()[:truncated.stat().st_size // 2])
    (folder / rows[TEXT_ROW]["image_file"]).write_text("This is text, although its name says otherwise.\n")
    lines = ",\n".join(json.dumps(row) for row in rows)
    (folder / "MME_test.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{folder}: {len(rows)} samples, {size / 1e6:.2f} MB")
    if size > LARGEST:
        raise RuntimeError(f"{folder} has {size} bytes, more than {LARGEST}")
