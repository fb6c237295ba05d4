#!/usr/bin/env python3
"""The Python way to judge maps of a picture by a Qwen2.5-VL. Measured by bench/run.

    faithfulness.py MODEL PICTURE QUESTION STEPS ORDERS BATCH THREADS OUT

ORDERS random orders of the picture's cells stand for maps: of each, deletion and insertion curves of P(first answer token)
in STEPS steps, BATCH altered pictures in a forward. OUT is a JSON file of the curves.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import numpy as np
import torch
from PIL import Image
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor

IMAGE = "<|image_pad|>"
CELL = 28


class Asked:
    """The question about any picture of one size."""

    def __init__(self, folder, dtype, size, question):
        self.dtype = dtype
        self.processor = Qwen2VLImageProcessor.from_pretrained(folder)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        content = [{"type": "image"}, {"type": "text", "text": question}]
        text = tokenizer.apply_chat_template([{"role": "user", "content": content}], tokenize=False,
                                             add_generation_prompt=True)
        cells = size[0] // CELL * (size[1] // CELL)
        self.ids = tokenizer(text.replace(IMAGE, IMAGE * cells), return_tensors="pt").input_ids

    def rows(self, model, pictures):
        """The last row's probabilities [pictures, vocabulary]."""
        features = self.processor(pictures, return_tensors="pt")
        ids = self.ids.repeat(len(pictures), 1)
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=features["pixel_values"].to(self.dtype),
                       image_grid_thw=features["image_grid_thw"], use_cache=False, logits_to_keep=1).logits
        return logits[:, -1].float().softmax(-1)


def masked(pixels, fill, cells):
    picture = pixels.copy()
    columns = pixels.shape[1] // CELL
    for cell in cells:
        row, column = divmod(int(cell), columns)
        picture[row * CELL:(row + 1) * CELL, column * CELL:(column + 1) * CELL] = fill
    return Image.fromarray(picture)


@torch.inference_mode()
def main():
    folder, picture, question, steps, orders, batch, threads, out = sys.argv[1:]
    steps, batch = int(steps), int(batch)
    if int(threads) > 0:
        torch.set_num_threads(int(threads))
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype="auto").eval()
    pixels = np.asarray(Image.open(picture).convert("RGB"))
    height, width, _ = pixels.shape
    asked = Asked(folder, model.dtype, (width, height), question)
    first = int(asked.rows(model, [Image.fromarray(pixels)])[0].argmax())
    fill = pixels.reshape(-1, 3).mean(0).round().astype(np.uint8)
    cells = height // CELL * (width // CELL)
    counts = [round(step * cells / steps) for step in range(1, steps)]
    # What is masked in any inner point of any curve; the ends are the same for all.
    asked_for = [np.arange(cells)]
    for seed in range(int(orders)):
        order = np.random.default_rng(seed).permutation(cells)
        asked_for += [order[:count] for count in counts] + [order[count:] for count in counts]
    values = []
    for start in range(0, len(asked_for), batch):
        pictures = [masked(pixels, fill, cells_masked) for cells_masked in asked_for[start:start + batch]]
        values += asked.rows(model, pictures)[:, first].tolist()
    pathlib.Path(out).write_text(json.dumps(values))


main()
