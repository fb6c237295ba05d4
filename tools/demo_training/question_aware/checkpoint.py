"""The trained model as a folder in the form of docs/qavit-format.md."""

import json
import pathlib

import torch
from safetensors.torch import save_file

from .. import clip_pictures
from ..checkpoint_folder import require_small, save_tokenizer
from .network import INTEGRATION_POINT, QAViT
from .wording import MOST_TOKENS, MOST_WORDS

QUESTION_ENCODER = "question_encoder"  # the folder's name
UNREAD = "instruction_gate"  # every published checkpoint has it, and nobody reads it


def configuration(model: QAViT) -> dict:
    of_question = model.question_encoder.config
    vision = model.vision.config.to_diff_dict()
    del vision["transformers_version"]
    return {
        "model_type": "qavit",
        "vision_config": vision,
        "integration_point": INTEGRATION_POINT,
        "instruction_dim": of_question.hidden_size,
        "vit_layer": -1,
        "text_encoder": {
            "model_type": of_question.model_type, "path": QUESTION_ENCODER, "max_length": MOST_TOKENS,
            "truncation": True, "add_special_tokens": True, "question_preprocess": "qavit", "max_words": MOST_WORDS,
        },
        "torch_dtype": "bfloat16",
    }


def save(model: QAViT, tokenizer, folder: pathlib.Path) -> None:
    """Weights are rounded to bfloat16 here: `model` is changed."""
    encoder_folder = folder / QUESTION_ENCODER
    encoder_folder.mkdir(parents=True, exist_ok=True)
    model.to(torch.bfloat16)
    (folder / "config.json").write_text(json.dumps(configuration(model), indent=2) + "\n", encoding="utf-8")
    weights = {name: weight for name, weight in model.vision.state_dict().items() if not name.endswith(UNREAD)}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    clip_pictures.image_processor().save_pretrained(folder)
    model.question_encoder.save_pretrained(encoder_folder)
    # What the batches of training set would stay in the file.
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    save_tokenizer(tokenizer, encoder_folder)
    require_small(folder)
