"""A checkpoint as QA-ViT's training writes it becomes a folder with the same weights, LoRA merged; one without the weights that
read the question is refused.

    convert_qavit.py SOURCE DATA SCRATCH

DATA is the built tests/data. Runs in the environment that has torch.
"""

import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys

import torch

source, data, scratch = (pathlib.Path(word) for word in sys.argv[1:])
spec = importlib.util.spec_from_file_location("convert", source / "tools/convert_qavit.py")
convert = importlib.util.module_from_spec(spec)
spec.loader.exec_module(convert)

shutil.rmtree(scratch, ignore_errors=True)
scratch.mkdir(parents=True)
model = data / "qavit/late/model"
tower = convert.read_safetensors(model / "model.safetensors")
encoder = convert.read_safetensors(model / "question_encoder/model.safetensors")
config = json.loads((model / "config.json").read_text())

# The folders that training began with.
clip, base = scratch / "clip", scratch / "t5"
clip.mkdir()
base.mkdir()
(clip / "config.json").write_text(json.dumps({"vision_config": config["vision_config"]}))
(clip / "preprocessor_config.json").write_text("{}")
shutil.copy(model / "question_encoder/config.json", base)
convert.write_safetensors(base / "model.safetensors", encoder)

torch.manual_seed(1)
query = next(name for name in encoder if name.endswith("SelfAttention.q.weight"))
rows, columns = encoder[query].shape
low = torch.randn(4, columns), torch.randn(rows, 4)
shared = "encoder.embed_tokens.weight"  # which training knows as shared.weight
vocabulary, width = encoder[shared].shape
low_shared = torch.randn(4, vocabulary), torch.randn(width, 4)


def name_of(part):
    return "base_model.model." + part


state = {name_of("vision.vision_tower." + name): tensor for name, tensor in tower.items()}
state[name_of("vision.vision_tower.vision_model.embeddings.position_ids")] = torch.arange(3)
stem = "llm." + query.removesuffix(".weight")
state |= {name_of(stem + ".base_layer.weight"): encoder[query],
          name_of(stem + ".lora_A.default.weight"): low[0], name_of(stem + ".lora_B.default.weight"): low[1],
          name_of("llm.shared.lora_embedding_A.default"): low_shared[0],
          name_of("llm.shared.lora_embedding_B.default"): low_shared[1],
          name_of("llm.decoder.block.0.layer.0.SelfAttention.q.weight"): torch.zeros(2, 2)}
checkpoint = scratch / "qavit.pth"


def run(content, out):
    torch.save(content, checkpoint)
    return subprocess.run([sys.executable, str(source / "tools/convert_qavit.py"), str(checkpoint), "--clip", str(clip),
                           "--question-encoder", str(base), "--out", str(out)], capture_output=True, text=True)


done = run({"model": state, "epoch": 3, "config": {"integration_point": "late"}}, scratch / "out")
assert done.returncode == 0, done.stderr
made = convert.read_safetensors(scratch / "out/model.safetensors")
assert made.keys() == tower.keys()
assert all(torch.equal(made[name], tower[name]) for name in tower)
questions = convert.read_safetensors(scratch / "out/question_encoder/model.safetensors")
assert questions.keys() == encoder.keys()
scale = 32 / 4
assert torch.allclose(questions[query], encoder[query] + scale * low[1] @ low[0])
assert torch.allclose(questions[shared], encoder[shared] + scale * (low_shared[1] @ low_shared[0]).T)
assert all(torch.equal(questions[name], encoder[name]) for name in encoder if name not in (query, shared))
written = json.loads((scratch / "out/config.json").read_text())
assert written["integration_point"] == "late" and written["instruction_dim"] == config["instruction_dim"]

lacking = {name: tensor for name, tensor in state.items() if "layers.2.self_attn.instruction_proj_gate" not in name}
refused = run({"model": lacking}, scratch / "lacking")
assert refused.returncode != 0 and "layers.2.self_attn.instruction_proj_gate" in refused.stderr, refused.stderr
early = run({"model": state, "config": {"integration_point": "early"}}, scratch / "early")
assert early.returncode != 0 and "lacks" in early.stderr, early.stderr
assert run({"model": {"nothing": torch.zeros(1)}}, scratch / "nothing").returncode != 0
