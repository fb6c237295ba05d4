#!/usr/bin/env python3
"""The Python way to one attention picture: transformers, eager attention, matplotlib. Measured by bench/run."""

import argparse
import os

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import torch
from PIL import Image
from transformers import AutoProcessor, AutoTokenizer, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--image", required=True)
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--layer", type=int, default=-1)
    parser.add_argument("--max-new-tokens", type=int, default=16)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()

    if arguments.threads > 0:
        torch.set_num_threads(arguments.threads)
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(arguments.model, dtype="auto", attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    processor = Qwen2VLImageProcessor.from_pretrained(arguments.model)
    image = Image.open(arguments.image).convert("RGB")
    pixels = processor(images=[image], return_tensors="pt")
    grid = pixels["image_grid_thw"][0]
    rows, cols = int(grid[1]) // 2, int(grid[2]) // 2
    messages = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": arguments.prompt}]}]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    text = text.replace("<|image_pad|>", "<|image_pad|>" * (rows * cols))
    inputs = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        made = model.generate(**inputs, **pixels, max_new_tokens=arguments.max_new_tokens, do_sample=False,
                              output_attentions=True, return_dict_in_generate=True)
    row = made.attentions[0][arguments.layer][0, :, -1].float().mean(0)
    heat = row[inputs["input_ids"][0] == model.config.image_token_id].reshape(rows, cols).numpy()
    answer = tokenizer.decode(made.sequences[0, inputs["input_ids"].shape[1]:], skip_special_tokens=True)

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 5))
    figure.suptitle(f"Q: {arguments.prompt}\nA: {answer}")
    left.imshow(image)
    right.imshow(image)
    shown = right.imshow(heat, cmap="jet", alpha=0.6, interpolation="bilinear", extent=(0, image.width, image.height, 0))
    figure.colorbar(shown, ax=right)
    for axes in (left, right):
        axes.axis("off")
    figure.savefig(arguments.out, dpi=200)


main()
