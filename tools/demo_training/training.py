"""Trains a checkpoint stage by stage. What a stage has done is kept in files, so that it need not be repeated.

Matrices are trained by Muon, the rest by AdamW. Batches are drawn by a second process while the first computes.
"""

import dataclasses
import pathlib
import time

import torch
from torch import nn
from torch.utils.data import DataLoader

from .batches import Batches
from .family import Family
from .stages import TOWER, Stage

LARGEST_GRADIENT = 1.0  # norm of all of them
REPORT_EVERY, KEEP_EVERY = 50, 100  # steps


@dataclasses.dataclass
class Learner:
    family: Family
    model: nn.Module
    heads: nn.Module

    @classmethod
    def fresh(cls, family: Family, tokenizer) -> "Learner":
        model = family.fresh_model(tokenizer)
        return cls(family, model, family.fresh_heads(model))

    def state(self) -> dict:
        return {"model": self.model.state_dict(), "heads": self.heads.state_dict()}

    def load(self, state: dict) -> None:
        self.model.load_state_dict(state["model"])
        self.heads.load_state_dict(state["heads"])


class Kept:
    """The state of a stage in files: after its last step, and in between, where the optimizers' states belong to it."""

    def __init__(self, folder: pathlib.Path, stage: Stage):
        self.whole, self.part = folder / f"{stage.name}.pt", folder / f"{stage.name}-part.pt"

    def write_part(self, learner: Learner, steppers: list[torch.optim.Optimizer], steps: int) -> None:
        state = learner.state() | {"steppers": [stepper.state_dict() for stepper in steppers], "steps": steps}
        unfinished = self.part.with_suffix(".new")
        torch.save(state, unfinished)
        unfinished.replace(self.part)

    def read_part(self, learner: Learner, steppers: list[torch.optim.Optimizer]) -> int:
        """How many steps are done."""
        state = torch.load(self.part, weights_only=True)
        learner.load(state)
        for stepper, kept in zip(steppers, state["steppers"]):
            stepper.load_state_dict(kept)
        return state["steps"]

    def write_whole(self, learner: Learner) -> None:
        torch.save(learner.state(), self.whole)
        self.part.unlink(missing_ok=True)


def optimizers(stage: Stage, learner: Learner) -> list[torch.optim.Optimizer]:
    """Of what the stage trains; the rest is frozen."""
    named = [(name, weight) for name, weight in learner.model.named_parameters()
             if learner.family.trains(stage, name)]
    for weight in learner.model.parameters():
        weight.requires_grad_(False)
    for _, weight in named:
        weight.requires_grad_(True)
    matrices = [weight for name, weight in named if weight.ndim == 2 and "embed" not in name and "lm_head" not in name]
    of_muon = {id(weight) for weight in matrices}
    rest = [weight for _, weight in named if id(weight) not in of_muon] + list(learner.heads.parameters())
    return [
        torch.optim.Muon(matrices, lr=stage.muon_rate, weight_decay=0.01, momentum=0.95),
        torch.optim.AdamW(rest, lr=stage.adam_rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


class Progress:
    """Prints means over the last steps, and what the stage still needs at this pace."""

    def __init__(self, stage: Stage, done: int):
        self.stage, self.done, self.begin, self.sums = stage, done, time.monotonic(), {}

    def add(self, step: int, parts: dict[str, torch.Tensor]) -> None:
        for name, value in parts.items():
            self.sums.setdefault(name, []).append(value.item())
        if (step + 1) % REPORT_EVERY and step + 1 != self.stage.steps:
            return
        spent = time.monotonic() - self.begin
        left = spent / (step + 1 - self.done) * (self.stage.steps - step - 1)
        means = " ".join(f"{name} {sum(values) / len(values):.3g}" for name, values in self.sums.items())
        print(f"{self.stage.name} {step + 1}/{self.stage.steps} {spent / 60:.1f} min, {left / 60:.1f} left: {means}",
              flush=True)
        self.sums = {}


def run(stage: Stage, learner: Learner, seed: int, packer, kept: Kept, resume: bool) -> None:
    data = Batches(learner.family, seed, stage, None if stage.name == TOWER else packer)
    steppers = optimizers(stage, learner)
    full_rates = [stepper.param_groups[0]["lr"] for stepper in steppers]
    weights = [weight for stepper in steppers for weight in stepper.param_groups[0]["params"]]
    loss_of = learner.family.loss(stage)
    done = kept.read_part(learner, steppers) if resume and kept.part.exists() else 0
    progress = Progress(stage, done)
    loader = DataLoader(data, batch_size=None, sampler=range(done, stage.steps), num_workers=1, prefetch_factor=4)
    for step, batch in enumerate(loader, start=done):
        for stepper, full in zip(steppers, full_rates):
            stepper.param_groups[0]["lr"] = full * stage.rate(step)
            stepper.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16):
            loss, parts = loss_of(learner.model, learner.heads, batch)
        loss.backward()
        nn.utils.clip_grad_norm_(weights, LARGEST_GRADIENT)
        for stepper in steppers:
            stepper.step()
        progress.add(step, parts)
        if (step + 1) % KEEP_EVERY == 0:
            kept.write_part(learner, steppers, step + 1)
    kept.write_whole(learner)


def train(family: Family, seed: int, state: pathlib.Path, out: pathlib.Path, resume: bool) -> None:
    """Writes the checkpoint to `out`; with `resume`, steps whose result is in `state` are not repeated."""
    # One thread: sums are then always in one order, and a busy machine does not make threads wait for each other.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    state.mkdir(parents=True, exist_ok=True)
    tokenizer = family.train_tokenizer(seed)
    packer = family.packer(tokenizer)
    learner = Learner.fresh(family, tokenizer)
    example = Stage("check", number=0, steps=1, scenes=2, warm_up=1, last_rate=1, shapes=(2, 4))
    family.check(learner.model, Batches(family, seed, example, packer)[0])
    for stage in family.stages:
        kept = Kept(state, stage)
        if resume and kept.whole.exists():
            learner.load(torch.load(kept.whole, weights_only=True))
        else:
            run(stage, learner, seed, packer, kept, resume)
    family.save(learner.model, tokenizer, out)
