"""What a checkpoint answers and where its attention points, computed by transformers: ocellus must give the same.

The map is the attention, mean over heads, of the row that produces the answer's first token.
"""

import json
import pathlib

import numpy as np
import torch
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoTokenizer

from .. import mme, pointing

LONGEST_ANSWER = 32  # tokens


class Reference:
    def __init__(self, family, folder: pathlib.Path):
        self.family, self.folder = family, folder
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        # In float32; ocellus does so with --dtype float32, and by default computes as the weights are stored.
        self.model = AutoModelForImageTextToText.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager").eval()

    @torch.no_grad()
    def answer(self, picture: Image.Image, prompt: str) -> tuple[str, np.ndarray]:
        """The answer, and a map [layers, rows, columns]."""
        vision, (rows, columns) = self.family.read_picture(self.folder, picture)
        text = self.tokenizer.apply_chat_template(
            [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt}]}],
            tokenize=False, add_generation_prompt=True)
        text = text.replace(self.family.image_token, self.family.image_token * rows * columns)
        ids = self.tokenizer(text, return_tensors="pt").input_ids
        out = self.model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), **vision, max_new_tokens=LONGEST_ANSWER,
            do_sample=False, output_attentions=True, return_dict_in_generate=True)
        words = self.tokenizer.decode(out.sequences[0, ids.shape[1]:], skip_special_tokens=True).strip()
        picture = ids[0] == self.model.config.image_token_id
        maps = [layer[0, :, -1, picture].mean(0).view(rows, columns).numpy() for layer in out.attentions[0]]
        return words, np.stack(maps)


def entries(data_set: pathlib.Path) -> list[dict]:
    """Of ocellus's own form, or of MME_test.json, whose questions get LLaVA-1.5's ending."""
    return [
        {
            "id": f"{row}-{entry['category']}", "image": entry["image_file"], "category": entry["category"],
            "prompt": entry["question"] + mme.SHORT_ANSWER, "solution": entry["answer"], "boxes": [],
        } if "image_file" in entry else entry
        for row, entry in enumerate(json.loads(data_set.read_text(encoding="utf-8")))
    ]


def evaluate(family, folder: pathlib.Path, data_set: pathlib.Path) -> None:
    """Prints answers right by kind of question, then one line of scores a layer where there are boxes."""
    torch.set_num_threads(1)  # more only wait for each other at this size
    reference = Reference(family, folder)
    right: dict[str, list[bool]] = {}
    by_layer: list[list[dict[str, float]]] = [[] for _ in reference.model.model.language_model.layers]
    for entry in entries(data_set):
        image = data_set.parent / entry["image"]
        try:
            picture = Image.open(image).convert("RGB")
        except OSError as error:
            print(f"unreadable: {entry['id']}: {error}")
            continue
        words, maps = reference.answer(picture, entry["prompt"])
        right.setdefault(entry.get("category", "all"), []).append(words == entry["solution"])
        if words != entry["solution"]:
            print(f"wrong: {entry['id']}: {entry['prompt']!r} {words!r}, not {entry['solution']!r}")
        if not entry["boxes"]:
            continue
        inside = pointing.inside_of(entry["boxes"], picture.size, maps.shape[1:])
        for of_layer, values in zip(by_layer, maps):
            of_layer.append(pointing.scores(values, inside))
    for kind, outcomes in right.items():
        print(f"{kind:9} {100 * np.mean(outcomes):5.1f} % of {len(outcomes)}")
    if by_layer[0]:
        pointing.print_table(by_layer)
