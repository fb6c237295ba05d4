"""The trained model as a folder in Hugging Face form."""

import pathlib

import torch
from transformers import Qwen2VLImageProcessor

from . import tokenizer as own_tokenizer
from .network import PATCH
from .scenes import CELL, GRIDS

LARGEST = 5_000_000  # bytes of the whole folder


def save(model, tokenizer, folder: pathlib.Path) -> None:
    """Weights are rounded to bfloat16 here: `model` is changed."""
    folder.mkdir(parents=True, exist_ok=True)
    own_tokenizer.save(tokenizer, folder)
    areas = [rows * columns * CELL**2 for rows, columns in GRIDS]
    Qwen2VLImageProcessor(
        min_pixels=min(areas), max_pixels=max(areas), patch_size=PATCH, temporal_patch_size=2, merge_size=2,
    ).save_pretrained(folder)
    model.set_attn_implementation("sdpa")
    model.generation_config.update(
        do_sample=False, pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id)
    model.to(torch.bfloat16).save_pretrained(folder)
    size = sum(file.stat().st_size for file in folder.iterdir())
    if size > LARGEST:
        raise RuntimeError(f"{folder} has {size} bytes, more than {LARGEST}")
