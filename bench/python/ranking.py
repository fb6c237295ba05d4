#!/usr/bin/env python3
"""The Python way to score queries against pictures with a Qwen2.5-VL. Measured by bench/run.

    ranking.py MODEL QUERIES WAY THREADS OUT PICTURE...

QUERIES is JSON Lines with `text`. OUT is a JSON file of P("True"), [pictures, queries].
WAY pairs: one forward for each pair of query and picture, as the published program does.
WAY batched: all queries about a picture in one batch, padded on the left.
WAY prefix: the picture's part of the prompt once, and its key-value cache for a batch of all queries: the best that Python
    can do.
"""

import copy
import json
import os
import pathlib
import sys

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
from PIL import Image
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor

QUESTION = "Does the image match the caption: <{}>? Please directly output True or False"
IMAGE = "<|image_pad|>"


class Asked:
    """The prompts of all queries about one picture, as ids, and the picture as the model takes it."""

    def __init__(self, tokenizer, processor, picture, queries, dtype):
        features = processor([Image.open(picture).convert("RGB")], return_tensors="pt")
        self.grid = features["image_grid_thw"]
        self.pixels = features["pixel_values"].to(dtype)
        merged = int(self.grid.prod()) // processor.merge_size**2
        self.prompts = []
        for query in queries:
            content = [{"type": "image"}, {"type": "text", "text": QUESTION.format(query)}]
            text = tokenizer.apply_chat_template(
                [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True)
            self.prompts.append(tokenizer(text.replace(IMAGE, IMAGE * merged), return_tensors="pt").input_ids)

    def batch(self, pad, left):
        """ids and mask [queries, longest]"""
        longest = max(ids.shape[1] for ids in self.prompts)
        ids = torch.full((len(self.prompts), longest), pad)
        mask = torch.zeros_like(ids)
        for row, prompt in enumerate(self.prompts):
            place = slice(longest - prompt.shape[1], None) if left else slice(0, prompt.shape[1])
            ids[row, place] = prompt[0]
            mask[row, place] = 1
        return ids, mask


def by_pairs(model, asked, yes):
    scores = []
    for ids in asked.prompts:
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=asked.pixels,
                       image_grid_thw=asked.grid, use_cache=False).logits
        scores.append(logits[0, -1].float().softmax(-1)[yes].item())
    return scores


def in_one_batch(model, asked, yes):
    ids, mask = asked.batch(model.config.eos_token_id or 0, left=True)
    n = len(ids)
    logits = model(input_ids=ids, attention_mask=mask, pixel_values=asked.pixels.repeat(n, 1),
                   image_grid_thw=asked.grid.repeat(n, 1), use_cache=False, logits_to_keep=1).logits
    return logits[:, -1].float().softmax(-1)[:, yes].tolist()


def with_prefix(model, asked, yes):
    ids, mask = asked.batch(model.config.eos_token_id or 0, left=False)
    shared = int((ids == model.config.image_token_id)[0].nonzero()[-1]) + 2  # up to the picture's end marker
    assert (ids[:, :shared] == ids[0, :shared]).all(), "the prompts do not begin alike"
    positions, _ = model.model.get_rope_index(ids, asked.grid.repeat(len(ids), 1), None, attention_mask=mask)
    prefix = model(input_ids=ids[:1, :shared], attention_mask=mask[:1, :shared], pixel_values=asked.pixels,
                   image_grid_thw=asked.grid, position_ids=positions[:, :1, :shared], use_cache=True, logits_to_keep=1)
    cache = copy.deepcopy(prefix.past_key_values)
    cache.batch_repeat_interleave(len(ids))
    logits = model(input_ids=ids[:, shared:], attention_mask=mask, position_ids=positions[:, :, shared:],
                   past_key_values=cache, cache_position=torch.arange(shared, ids.shape[1]), use_cache=True).logits
    last = mask.sum(-1) - 1 - shared
    return logits[torch.arange(len(ids)), last].float().softmax(-1)[:, yes].tolist()


WAYS = {"pairs": by_pairs, "batched": in_one_batch, "prefix": with_prefix}


@torch.inference_mode()
def main():
    folder, queries, way, threads, out, *pictures = sys.argv[1:]
    if int(threads) > 0:
        torch.set_num_threads(int(threads))
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype="auto").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    processor = Qwen2VLImageProcessor.from_pretrained(folder)
    texts = [json.loads(line)["text"] for line in pathlib.Path(queries).read_text().splitlines()]
    yes = tokenizer.convert_tokens_to_ids("True")
    scores = [WAYS[way](model, Asked(tokenizer, processor, picture, texts, model.dtype), yes) for picture in pictures]
    pathlib.Path(out).write_text(json.dumps(scores))


main()
