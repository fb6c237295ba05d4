"""Opens the .pt that the renderer export wrote with torch.load(weights_only=True) and compares it with its JSON.

usage: torch_load.py SOURCE BUILD SCRATCH
"""

import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import torch


def as_float32(value: float) -> float:
    return struct.unpack("f", struct.pack("f", value))[0]


def main() -> None:
    source, build, scratch = (Path(word) for word in sys.argv[1:4])
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    samples = [
        {"image": "landscape.png", "question": "What color is the star?", "category": "颜色"},
        {"image": "square.png", "question": "Where is the green circle?", "category": "position"},
    ]
    (scratch / "set.json").write_text(json.dumps(samples), encoding="utf-8")
    subprocess.run(
        [build / "ocellus", "run", "--quiet", "--model", source / "demo/qwen2_5_vl"]
        + ["--dataset", scratch / "set.json", "--image-dir", source / "demo/pictures"]
        + ["--method", "head-stats", "--render", "export:names=mme,format=pt+json", "--out", scratch / "out"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    records = torch.load(scratch / "out/mme_attention_head_records.pt", weights_only=True)
    written = json.loads((scratch / "out/mme_attention_head_records.json").read_text(encoding="utf-8"))
    assert isinstance(records, list) and len(records) == 2, records
    assert [record["category"] for record in records] == ["颜色", "position"]
    for record, other in zip(records, written):
        assert list(record) == ["category", "per_layer"]
        assert len(record["per_layer"]) == 6
        for layer, other_layer in zip(record["per_layer"], other["per_layer"]):
            assert list(layer) == ["text_to_visual", "visual_to_text", "total"]
            for quantity, by_head in layer.items():
                assert list(by_head) == [0, 1, 2, 3]
                for head, value in by_head.items():
                    assert type(head) is int and type(value) is float
                    assert value == as_float32(other_layer[quantity][str(head)]), (quantity, head)


if __name__ == "__main__":
    main()
