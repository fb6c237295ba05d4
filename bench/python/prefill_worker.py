#!/usr/bin/env python3
"""The counterpart of bench/prefill_worker.cpp: a loaded, warm transformers model that answers the same commands.

    prefill_worker.py MODEL PICTURE PROMPT DTYPE THREADS ATTENTION

ATTENTION sdpa: the fused attention, which shows nothing: `plain` and `generate N` only.
ATTENTION eager: `explained` asks for output_attentions, as one usually does, and keeps every layer's last row.
ATTENTION rows: eager too, but a hook takes each layer's last row at once and drops the T x T matrices before the next
layer: the best that Python can do.
The vision tower runs with sdpa in all of them.
"""

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


class Worker:
    def __init__(self, folder, picture, prompt, dtype, threads, attention):
        if threads > 0:
            torch.set_num_threads(threads)
        self.attention = attention
        text_attention = "sdpa" if attention == "sdpa" else "eager"
        self.model = Qwen2_5_VLForConditionalGeneration.from_pretrained(
            folder, dtype=getattr(torch, dtype),
            attn_implementation={"text_config": text_attention, "vision_config": "sdpa"}).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder)
        processor = Qwen2VLImageProcessor.from_pretrained(folder)
        self.pixels = processor(images=[Image.open(picture).convert("RGB")], return_tensors="pt")
        grid = self.pixels["image_grid_thw"][0]
        messages = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt}]}]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        text = text.replace("<|image_pad|>", "<|image_pad|>" * (int(grid.prod()) // 4))
        self.inputs = tokenizer(text, return_tensors="pt")
        self.rows = []
        if attention == "rows":
            for layer in self.model.model.language_model.layers:
                layer.self_attn.register_forward_hook(self.take_row)

    def take_row(self, module, arguments, output):
        mixed, probabilities = output
        self.rows.append(probabilities[0, :, -1].float())
        return mixed, None

    def describe(self):
        return {"tokens": self.inputs["input_ids"].shape[1]}

    def plain(self):
        return self.timed(lambda: self.model(**self.inputs, **self.pixels, use_cache=True, logits_to_keep=1))

    def explained(self):
        def work():
            self.rows.clear()
            out = self.model(**self.inputs, **self.pixels, use_cache=True, logits_to_keep=1,
                             output_attentions=self.attention == "eager")
            if self.attention == "eager":
                self.rows.extend(layer[0, :, -1].float() for layer in out.attentions)
        answer = self.timed(work)
        answer["mass"] = sum(float(row.sum()) for row in self.rows)
        return answer

    def generate(self, count):
        made = []
        answer = self.timed(lambda: made.append(
            self.model.generate(**self.inputs, **self.pixels, max_new_tokens=count, do_sample=False)))
        answer["steps"] = made[0].shape[1] - self.inputs["input_ids"].shape[1]
        return answer

    @staticmethod
    def timed(work):
        wall, cpu = time.perf_counter(), time.process_time()
        with torch.inference_mode():
            work()
        return {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main():
    folder, picture, prompt, dtype, threads, attention = sys.argv[1:]
    worker = Worker(folder, picture, prompt, dtype, int(threads), attention)
    print(json.dumps(worker.describe()), flush=True)
    for line in sys.stdin:
        command, *arguments = line.split()
        print(json.dumps(getattr(worker, command)(*map(int, arguments))), flush=True)


main()
