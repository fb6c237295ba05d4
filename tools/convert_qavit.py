#!/usr/bin/env python3
"""Makes a QA-ViT folder (docs/qavit-format.md) of a published training checkpoint.

    convert_qavit.py CHECKPOINT.pth --clip DIR --question-encoder DIR --out DIR [--integration-point late]

CHECKPOINT is a pickle of a state dict, or of {"model": state dict, "config": …}. What stands before `vision_model.` in a
name is stripped, so are the prefixes of PEFT and of the training program. `--clip` is the CLIP folder that training began
with: sizes and image processor. `--question-encoder` is the folder of the T5 (or BERT) that reads the question: its
configuration, tokenizer and, as far as the checkpoint lacks them, weights. LoRA on it is merged. Pickles are read as data
(torch.load with weights_only). Only torch is needed.
"""

import argparse
import ctypes
import json
import pathlib
import re
import shutil
import struct
import sys

import torch

AWARE = {
    "all": lambda layer, n: True,
    "early": lambda layer, n: layer < n // 2,
    "late": lambda layer, n: layer >= n // 2,
    "late2": lambda layer, n: layer >= 3 * n // 4,
    "late3": lambda layer, n: layer >= n // 4,
    "sparse": lambda layer, n: layer % 2 == 0,
}
INSTRUCT = ("instruct_dim_reduce.0.weight", "instruct_dim_reduce.0.bias", "instruct_dim_reduce.1.weight",
            "instruct_dim_reduce.3.weight", "self_attn.instruction_out_proj.weight", "self_attn.instruction_out_proj.bias",
            "self_attn.instruction_proj_gate")
TYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}
ENCODER_NAME = re.compile(r"(?:.*?\.)?((?:shared|encoder\.(?:block|final_layer_norm|embed_tokens))\..*|"
                          r"(?:embeddings|encoder\.layer)\..*)")


def write_safetensors(path: pathlib.Path, tensors: dict[str, torch.Tensor]) -> None:
    header, offset, parts = {}, 0, []
    for name, tensor in sorted(tensors.items()):
        tensor = tensor.contiguous()
        data = ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size())
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(parts)


def read_safetensors(path: pathlib.Path) -> dict[str, torch.Tensor]:
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    types = {name: dtype for dtype, name in TYPES.items()}
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in types:
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = torch.frombuffer(bytearray(content[begin:end]), dtype=types[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def read_weights(folder: pathlib.Path) -> dict[str, torch.Tensor]:
    tensors = {}
    for file in sorted(folder.glob("*.safetensors")):
        tensors |= read_safetensors(file)
    if not tensors:
        for file in sorted(folder.glob("pytorch_model*.bin")):
            tensors |= torch.load(file, map_location="cpu", weights_only=True)
    return tensors


def tower_of(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    mark, tower = "vision_model.", {}
    for name, tensor in state.items():
        if mark not in name or name.endswith("position_ids"):
            continue
        short = name[name.rindex(mark):]
        if short in tower and not torch.equal(tower[short], tensor):
            sys.exit(f"{name}: there are two towers in this checkpoint")
        tower[short] = tensor
    if not tower:
        sys.exit("there is no vision_model in this checkpoint")
    return tower


def check_tower(tower: dict[str, torch.Tensor], layers: int, integration_point: str) -> int:
    """Width of the question's states. A tower without these weights would be random where it reads the question."""
    prefix = "vision_model.encoder.layers."
    width = None
    for layer in range(layers):
        has = [f"{prefix}{layer}.{name}" in tower for name in INSTRUCT]
        if AWARE[integration_point](layer, layers):
            missing = [f"{prefix}{layer}.{name}" for name, there in zip(INSTRUCT, has) if not there]
            if missing:
                sys.exit(f"the checkpoint lacks {missing[0]}, which integration point {integration_point} needs")
            width = tower[f"{prefix}{layer}.{INSTRUCT[0]}"].shape[0]
        elif any(has):
            sys.exit(f"layer {layer} reads the question, but integration point {integration_point} says it does not")
    return width


def encoder_of(state: dict[str, torch.Tensor], base: dict[str, torch.Tensor], alpha: float) -> dict[str, torch.Tensor]:
    """The base's weights, with those of the checkpoint in their place and its LoRA merged."""
    found, low_rank = {}, {}
    for name, tensor in state.items():
        match = ENCODER_NAME.fullmatch(name) if "vision_model." not in name else None
        if not match or "decoder." in name:
            continue
        short = match[1].replace(".base_layer.", ".")
        part = re.fullmatch(r"(.*)\.lora_(embedding_)?([AB])(?:\.default)?(?:\.weight)?", short)
        if part:
            low_rank.setdefault(part[1] + ".weight", {})[part[3]] = (tensor, part[2] is not None)
        else:
            found[short] = tensor
    weights = {name: tensor for name, tensor in base.items() if not name.startswith("decoder.")} | found
    for name, pair in low_rank.items():
        # T5's embedding goes by two names.
        merged = [each for each in {name, name.replace("shared.", "encoder.embed_tokens.")} if each in weights]
        if set(pair) != {"A", "B"} or not merged:
            sys.exit(f"{name}: its LoRA has no counterpart")
        (a, is_embedding), (b, _) = pair["A"], pair["B"]
        delta = b.float() @ a.float() * (alpha / a.shape[0])
        for each in merged:
            weights[each] = (weights[each].float() + (delta.T if is_embedding else delta)).to(weights[each].dtype)
    if not weights:
        sys.exit("neither the checkpoint nor --question-encoder has weights of a question encoder")
    return weights


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("--clip", type=pathlib.Path, required=True)
    parser.add_argument("--question-encoder", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--integration-point", choices=AWARE, help="[the checkpoint's own config, else late]")
    parser.add_argument("--lora-alpha", type=float, help="[the checkpoint's own config, else 32]")
    options = parser.parse_args()

    content = torch.load(options.checkpoint, map_location="cpu", weights_only=True)
    state = content.get("model", content)
    settings = content.get("config") if isinstance(content.get("config"), dict) else {}
    point = options.integration_point or settings.get("integration_point", "late")
    alpha = options.lora_alpha or settings.get("lora_alpha", 32)
    clip = json.loads((options.clip / "config.json").read_text())
    vision = clip.get("vision_config", clip)
    encoder = json.loads((options.question_encoder / "config.json").read_text())

    tower = tower_of(state)
    width = check_tower(tower, vision.get("num_hidden_layers", 12), point)
    weights = encoder_of(state, read_weights(options.question_encoder), alpha)
    folder = options.out / "question_encoder"
    folder.mkdir(parents=True)
    write_safetensors(options.out / "model.safetensors", tower)
    write_safetensors(folder / "model.safetensors", weights)
    shutil.copy(options.clip / "preprocessor_config.json", options.out)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        if (options.question_encoder / name).exists():
            shutil.copy(options.question_encoder / name, folder)
    (options.out / "config.json").write_text(json.dumps({
        "model_type": "qavit",
        "vision_config": vision,
        "integration_point": point,
        "instruction_dim": width,
        "vit_layer": settings.get("vit_layer", -1),
        "text_encoder": {"model_type": encoder["model_type"], "path": "question_encoder", "max_length": 30,
                         "truncation": True, "add_special_tokens": True, "question_preprocess": "qavit", "max_words": 50},
        "torch_dtype": {torch.float16: "float16", torch.bfloat16: "bfloat16"}.get(
            next(iter(tower.values())).dtype, "float32"),
    }, indent=2) + "\n")
    print(f"{options.out}: {len(tower)} weights of the tower, {len(weights)} of the question encoder")


if __name__ == "__main__":
    main()
