#!/usr/bin/env python3
"""The Python way to head statistics over a data set of a LLaVA. Measured by bench/run.

    head_statistics.py MODEL DATASET SAMPLES WAY THREADS OUT

DATASET is JSON Lines of `image` and `prompt`; the first SAMPLES are taken. OUT is a JSON file of text to image and image
to text, [samples, layers, heads].
WAY loops: eager, output_attentions, a loop over layers and heads, as the study's own program does.
WAY hooks: eager, and a hook reduces each layer's matrix for all heads at once and drops it: the best that Python can do.
WAY sdpa: the forward alone with transformers' default attention, which shows nothing.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
from PIL import Image
from transformers import AutoTokenizer, CLIPImageProcessor, LlavaForConditionalGeneration


class Groups:
    """Rows of text and image of one prompt. Text is everything but the image, as the study has it."""

    def __init__(self, ids, image_token):
        self.image = (ids == image_token).nonzero()[:, 0]
        self.text = (ids != image_token).nonzero()[:, 0]


def by_loops(attentions, groups):
    text_to_visual, visual_to_text = [], []
    for layer in attentions:
        of_layer = layer[0].float()
        text_to_visual.append([])
        visual_to_text.append([])
        for head in of_layer:
            text_to_visual[-1].append(head[groups.text][:, groups.image].sum(-1).mean().item())
            visual_to_text[-1].append(head[groups.image][:, groups.text].sum(-1).mean().item())
    return text_to_visual, visual_to_text


def reduced(probabilities, groups):
    """[heads] twice. An image is one run of tokens, so that no matrix is copied."""
    first, last = int(groups.image[0]), int(groups.image[-1]) + 1
    to_image = probabilities[:, :, first:last].sum(-1, dtype=torch.float32)  # [heads, T]
    return to_image[:, groups.text].mean(-1), 1 - to_image[:, first:last].mean(-1)


def main():
    folder, data_set, samples, way, threads, out = sys.argv[1:]
    if int(threads) > 0:
        torch.set_num_threads(int(threads))
    model = LlavaForConditionalGeneration.from_pretrained(
        folder, dtype="auto",
        attn_implementation={"text_config": "sdpa" if way == "sdpa" else "eager", "vision_config": "sdpa"}).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    processor = CLIPImageProcessor.from_pretrained(folder)
    image_token = model.config.image_token_index
    n_image = (model.config.vision_config.image_size // model.config.vision_config.patch_size) ** 2
    groups, kept = None, []

    def hook(module, arguments, output):
        mixed, probabilities = output
        kept.append(reduced(probabilities[0], groups))
        return mixed, None

    if way == "hooks":
        for layer in model.model.language_model.layers:
            layer.self_attn.register_forward_hook(hook)

    folder_of_pictures = pathlib.Path(data_set).parent
    records = []
    for line in pathlib.Path(data_set).read_text().splitlines()[:int(samples)]:
        entry = json.loads(line)
        image = Image.open(folder_of_pictures / entry["image"]).convert("RGB")
        pixels = processor(images=image, return_tensors="pt")["pixel_values"].to(model.dtype)
        messages = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": entry["prompt"]}]}]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        inputs = tokenizer(text.replace("<image>", "<image>" * n_image), return_tensors="pt", add_special_tokens=False)
        groups = Groups(inputs["input_ids"][0], image_token)
        kept.clear()
        with torch.inference_mode():
            made = model(**inputs, pixel_values=pixels, use_cache=False, logits_to_keep=1,
                         output_attentions=way == "loops")
        if way == "loops":
            records.append(by_loops(made.attentions, groups))
        elif way == "hooks":
            records.append([[layer[side].tolist() for layer in kept] for side in (0, 1)])
    pathlib.Path(out).write_text(json.dumps(records))


main()
