#!/usr/bin/env python3
"""Smooth Grad-CAM of a loaded Qwen2.5-VL at several layers. Measured by bench/run.

    gradcam.py MODEL PICTURE PROMPT DTYPE THREADS LAYERS DRAWS NEW_TOKENS WAY

LAYERS is a list with commas. Each line `maps` on stdin is answered by a line of JSON, after the work is done once.
WAY published: as the study's own program does. Every layer by itself generates the answer and then runs DRAWS forwards with
all logits and backwards through the whole model, whose weights all require gradients; maps are made in the model's type.
WAY sdpa, eager: the best that Python can do, with either attention. One answer; each draw is one forward and one backward
for all layers, down to the lowest of them and no further, without gradients of weights or pixels; only the logits of the
answer's rows.
Noise is drawn from the same seed for every layer and way, so that the maps can be compared: `maps` holds each layer's mean.
"""

import contextlib
import json
import os
import resource
import sys
import time

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
from PIL import Image
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor

NOISE_STD, CLAMP, SEED = 0.15, 3, 0


def scaled_map(activation, gradient):
    """[V] of activations and gradients [V,D] at the picture's tokens."""
    cam = (activation * gradient.mean(0)).sum(-1).relu()
    return cam / cam.max() if cam.max() > 0 else cam


class Worker:
    def __init__(self, folder, picture, prompt, dtype, threads, layers, draws, new_tokens, way):
        if int(threads) > 0:
            torch.set_num_threads(int(threads))
        self.way = way
        self.wanted = [int(layer) for layer in layers.split(",")]
        self.draws, self.new_tokens = int(draws), int(new_tokens)
        attention = {"text_config": "eager", "vision_config": "sdpa"} if way == "eager" else "sdpa"
        self.model = Qwen2_5_VLForConditionalGeneration.from_pretrained(
            folder, dtype=getattr(torch, dtype), attn_implementation=attention).eval()
        self.model.requires_grad_(way == "published")
        self.layers = self.model.model.language_model.layers
        tokenizer = AutoTokenizer.from_pretrained(folder)
        pixels = Qwen2VLImageProcessor.from_pretrained(folder)(
            images=[Image.open(picture).convert("RGB")], return_tensors="pt")
        self.pixels, self.grid = pixels["pixel_values"], pixels["image_grid_thw"]
        messages = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt}]}]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        text = text.replace("<|image_pad|>", "<|image_pad|>" * (int(self.grid.prod()) // 4))
        self.prompt = tokenizer(text, return_tensors="pt")["input_ids"]

    def describe(self):
        return {"tokens": self.prompt.shape[1]}

    @torch.no_grad()
    def with_answer(self):
        ids = self.model.generate(
            input_ids=self.prompt, attention_mask=torch.ones_like(self.prompt), pixel_values=self.pixels,
            image_grid_thw=self.grid, max_new_tokens=self.new_tokens, do_sample=False)
        assert ids.shape[1] == self.prompt.shape[1] + self.new_tokens, "the answer stopped early"
        return ids

    def noisy_inputs(self, ids):
        pixels = (self.pixels + NOISE_STD * torch.randn_like(self.pixels)).clamp(-CLAMP, CLAMP)
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "pixel_values": pixels, "image_grid_thw": self.grid}

    @contextlib.contextmanager
    def kept_streams(self, layers, change=lambda layer, stream: stream):
        """Fills a list with the outputs of `layers`, as `change` gives them on."""
        kept = []

        def hook(layer):
            def take(module, arguments, output):
                stream = change(layer, output[0])
                kept.append(stream)
                return stream, *output[1:]
            return take

        hooks = [self.layers[layer].register_forward_hook(hook(layer)) for layer in layers]
        try:
            yield kept
        finally:
            for handle in hooks:
                handle.remove()

    def score(self, rows, answer):
        """The sum of the answer's raw logits."""
        return rows.gather(1, answer[:, None]).sum()

    def published(self):
        return torch.stack([self.published_layer(layer) for layer in self.wanted])

    def published_layer(self, layer):
        torch.manual_seed(SEED)
        ids = self.with_answer()
        prompt, total = self.prompt.shape[1], 0
        visual = ids[0] == self.model.config.image_token_id
        for _ in range(self.draws):
            self.model.zero_grad()
            with self.kept_streams([layer]) as kept:
                logits = self.model(**self.noisy_inputs(ids)).logits[0]
            kept[0].retain_grad()
            self.score(logits[prompt - 1:-1], ids[0, prompt:]).backward()
            total = total + scaled_map(kept[0][0, visual].detach(), kept[0].grad[0, visual])
        return total / self.draws

    def best(self):
        torch.manual_seed(SEED)
        ids = self.with_answer()
        prompt, totals = self.prompt.shape[1], [0] * len(self.wanted)
        visual = ids[0] == self.model.config.image_token_id

        def leaf_below_all(layer, stream):
            return stream.detach().requires_grad_() if layer == min(self.wanted) else stream

        for _ in range(self.draws):
            with self.kept_streams(self.wanted, leaf_below_all) as kept:
                rows = self.model(**self.noisy_inputs(ids), use_cache=False, logits_to_keep=self.new_tokens + 1).logits[0]
            gradients = torch.autograd.grad(self.score(rows[:-1], ids[0, prompt:]), kept)
            for i, (stream, gradient) in enumerate(zip(kept, gradients)):
                totals[i] = totals[i] + scaled_map(stream[0, visual].detach().float(), gradient[0, visual].float())
        return torch.stack(totals) / self.draws

    def maps(self):
        wall, cpu = time.perf_counter(), time.process_time()
        maps = self.published() if self.way == "published" else self.best()
        return {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "maps": maps.float().mean(1).tolist()}


def main():
    worker = Worker(*sys.argv[1:])
    print(json.dumps(worker.describe()), flush=True)
    for _ in sys.stdin:
        print(json.dumps(worker.maps()), flush=True)


main()
