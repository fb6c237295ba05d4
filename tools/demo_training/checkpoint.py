"""The trained model as a folder in Hugging Face form."""

import pathlib
import shutil
import tempfile

import torch

from .family import Family

LARGEST = 5_000_000  # bytes of the whole folder


def save_tokenizer(family: Family, tokenizer, folder: pathlib.Path) -> None:
    """tokenizer.json, tokenizer_config.json and the template; not the older files that repeat them."""
    with tempfile.TemporaryDirectory() as everything:
        tokenizer.save_pretrained(everything)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(pathlib.Path(everything) / name, folder / name)
    shutil.copyfile(family.chat_template, folder / "chat_template.jinja")


def save(family: Family, model, tokenizer, folder: pathlib.Path) -> None:
    """Weights are rounded to bfloat16 here: `model` is changed."""
    folder.mkdir(parents=True, exist_ok=True)
    save_tokenizer(family, tokenizer, folder)
    family.save_processor(tokenizer, folder)
    model.set_attn_implementation("sdpa")
    model.generation_config.update(
        do_sample=False, pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id)
    model.to(torch.bfloat16).save_pretrained(folder)
    size = sum(file.stat().st_size for file in folder.iterdir())
    if size > LARGEST:
        raise RuntimeError(f"{folder} has {size} bytes, more than {LARGEST}")
