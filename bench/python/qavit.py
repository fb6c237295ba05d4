#!/usr/bin/env python3
"""The Python way to QA-ViT's maps over a data set. Measured by bench/run.

    qavit.py MODEL DATASET SAMPLES WAY THREADS OUT

DATASET is JSON Lines of `image` and `prompt`; the first SAMPLES are taken. OUT is a .npy file of the class token's row of
the last layer over the patches, mean over heads, of sum 1: [samples, patches].
WAY eager: every layer's probabilities, as the published class means to give them; the whole tower for every question.
WAY best: fused attention in all layers but the last, whose one row is computed beside it; the layers that do not see the
question run once for all questions about a picture.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertModel, CLIPImageProcessor

from demo_training.question_aware.wording import clean
from fixtures.tiny_qavit import tower


def heads(attention, y):
    return y.unflatten(-1, (attention.num_heads, attention.head_dim)).transpose(1, 2)


def fused(layer, x, question):
    """The layer's output, and its queries and keys."""
    attention, normed = layer.self_attn, layer.layer_norm1(x)
    seen = normed if question is None else torch.cat([layer.instruct_dim_reduce(question)[None], normed], 1)
    query, key = heads(attention, attention.q_proj(normed)), heads(attention, attention.k_proj(seen))
    mixed = F.scaled_dot_product_attention(query, key, heads(attention, attention.v_proj(seen)))
    mixed = mixed.transpose(1, 2).flatten(2)
    x = x + attention.out_proj(mixed)
    if question is not None:
        x = x + torch.tanh(attention.instruction_proj_gate) * attention.instruction_out_proj(mixed)
    return x + layer.mlp(layer.layer_norm2(x)), query, key


class Best:
    def __init__(self, model, integration_point):
        self.tower = model.vision_model
        self.layers = self.tower.encoder.layers
        self.aware = tower.AWARE_LAYERS[integration_point](len(self.layers))
        self.picture, self.after_blind = None, None

    def row(self, name, pixels, question):
        """[heads, keys]: the class token's probabilities in the last layer."""
        if name != self.picture:
            x = self.tower.pre_layrnorm(self.tower.embeddings(pixels))
            for layer in self.layers[:self.aware[0]]:
                x, _, _ = fused(layer, x, None)
            self.picture, self.after_blind = name, x
        x = self.after_blind
        for index in range(self.aware[0], len(self.layers)):
            x, query, key = fused(self.layers[index], x, question if index in self.aware else None)
        scores = query[0, :, :1] @ key[0].transpose(1, 2) * query.shape[-1] ** -0.5
        return scores.softmax(-1)[:, 0]


@torch.inference_mode()
def main():
    folder, data_set, samples, way, threads, out = sys.argv[1:]
    if int(threads) > 0:
        torch.set_num_threads(int(threads))
    folder, data_set = pathlib.Path(folder), pathlib.Path(data_set)
    config = json.loads((folder / "config.json").read_text())
    dtype = getattr(torch, config["torch_dtype"])
    point = config["integration_point"]
    model = tower.build(config["vision_config"], point, config["instruction_dim"])
    model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    model.to(dtype)
    encoder = BertModel.from_pretrained(folder / "question_encoder", add_pooling_layer=False, dtype=dtype).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder / "question_encoder")
    processor = CLIPImageProcessor.from_pretrained(folder)
    best, maps = Best(model, point), []
    for line in data_set.read_text().splitlines()[:int(samples)]:
        sample = json.loads(line)
        picture = Image.open(data_set.parent / sample["image"]).convert("RGB")
        pixels = processor(images=[picture], return_tensors="pt").pixel_values.to(dtype)
        ids = tokenizer(clean(sample["prompt"]), return_tensors="pt").input_ids
        question = encoder(input_ids=ids).last_hidden_state[0]
        if way == "best":
            row = best.row(sample["image"], pixels, question)
        else:
            row = tower.run(model, point, pixels, question)[1][-1][0, :, 0]
        patches = row.float().mean(0)[row.shape[-1] - (config["vision_config"]["image_size"]
                                               // config["vision_config"]["patch_size"]) ** 2:]
        maps.append((patches / patches.sum()).numpy())
    np.save(out, np.stack(maps))


main()
