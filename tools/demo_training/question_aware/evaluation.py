"""Where a QA-ViT's attention points, computed by PyTorch: ocellus must give the same.

The map of a layer is the class token's row of attention over the patches, mean over heads, of sum 1.
"""

import json
import pathlib

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertModel, CLIPImageProcessor

from fixtures.tiny_qavit import tower

from .. import pointing
from .checkpoint import UNREAD
from .wording import clean


class Reference:
    """In float32; ocellus does so with --dtype float32, and by default computes as the weights are stored."""

    def __init__(self, folder: pathlib.Path):
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        settings = config["text_encoder"]
        encoder_folder = folder / settings["path"]
        self.integration_point, self.longest = config["integration_point"], settings["max_length"]
        self.image_processor = CLIPImageProcessor.from_pretrained(folder)
        self.tokenizer = AutoTokenizer.from_pretrained(encoder_folder)
        self.question_encoder = BertModel.from_pretrained(
            encoder_folder, dtype=torch.float32, add_pooling_layer=False).eval()
        self.vision = tower.build(config["vision_config"], self.integration_point, config["instruction_dim"])
        found = self.vision.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
        missing = [name for name in found.missing_keys if not name.endswith(UNREAD)]
        if missing or found.unexpected_keys:
            raise RuntimeError(f"{folder}: weights missing {missing}, unexpected {found.unexpected_keys}")

    @property
    def aware_layers(self) -> range:
        return tower.AWARE_LAYERS[self.integration_point](self.vision.config.num_hidden_layers)

    @torch.no_grad()
    def maps(self, picture: Image.Image, prompt: str) -> np.ndarray:
        """[layers, rows, columns]"""
        pixels = self.image_processor(images=[picture], return_tensors="pt").pixel_values
        ids = self.tokenizer(clean(prompt), truncation=True, max_length=self.longest, return_tensors="pt").input_ids
        question = self.question_encoder(input_ids=ids).last_hidden_state[0]
        _, attentions = tower.run(self.vision, self.integration_point, pixels, question)
        config = self.vision.config
        cells = config.image_size // config.patch_size
        rows = torch.stack([of_layer[0, :, 0, -cells**2:].mean(0) for of_layer in attentions])
        return (rows / rows.sum(-1, keepdim=True)).view(-1, cells, cells).numpy()


def evaluate(folder: pathlib.Path, data_set: pathlib.Path) -> None:
    """Prints one line of scores a layer, and of pairs where the data set asks two questions about each picture."""
    torch.set_num_threads(1)  # more only wait for each other at this size
    reference = Reference(folder)
    notes = ["" if layer in reference.aware_layers else "sees no question"
             for layer in range(reference.vision.config.num_hidden_layers)]
    by_layer: list[list[dict[str, float]]] = [[] for _ in notes]
    hottest: list[list[int]] = [[] for _ in notes]
    entries = [entry for entry in json.loads(data_set.read_text(encoding="utf-8")) if entry["boxes"]]
    for entry in entries:
        picture = Image.open(data_set.parent / entry["image"]).convert("RGB")
        maps = reference.maps(picture, entry["prompt"])
        inside = pointing.inside_of(entry["boxes"], picture.size, maps.shape[1:])
        for of_layer, cells, values in zip(by_layer, hottest, maps):
            of_layer.append(pointing.scores(values, inside))
            cells.append(int(values.argmax()))
    pointing.print_table(by_layer, notes)
    if all(first["image"] == second["image"] for first, second in zip(entries[::2], entries[1::2])):
        pointing.print_pairs(by_layer, hottest, notes)
