"""The trained model as a folder in Hugging Face form."""

import pathlib
import shutil

import torch

from ..checkpoint_folder import require_small, save_tokenizer


def save(family, model, tokenizer, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    save_tokenizer(tokenizer, folder)
    shutil.copyfile(family.chat_template, folder / "chat_template.jinja")
    family.save_processor(tokenizer, folder)
    model.set_attn_implementation("sdpa")
    model.generation_config.update(
        do_sample=False, pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id)
    model.to(torch.bfloat16).save_pretrained(folder)
    require_small(folder)
