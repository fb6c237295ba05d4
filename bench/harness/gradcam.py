"""Smooth Grad-CAM of one picture: half of the layers, five draws of noise, an answer of 128 tokens."""

import json
import pathlib
import statistics

from . import processes
from .environment import PROMPT, ROOT, Environment
from .figures import GRADCAM_GOALS, GRADCAM_MEMORY_GOALS, Figure, Measured, Side
from .processes import Worker

LAYERS = "0,2,4,6,8,10"  # layers=auto of the 12
DRAWS, NEW_TOKENS = 5, 128
BEST = {"best, sdpa": "sdpa", "best, eager": "eager"}  # the faster of them is compared
FEW, MANY = 1, 2  # our time of a picture is the difference of two runs: loading the model is not in it


class GradCam:
    """`size` is of the picture that makes a prompt of about `tokens`."""

    def __init__(self, dtype: str, tokens: int, size: tuple[int, int]):
        self.dtype, self.size = dtype, size
        self.name = f"gradcam-{dtype}-{tokens}"

    def measure(self, environment: Environment, runs: int) -> Measured:
        model = environment.checkpoint("small", self.dtype)
        data = self.data_set(environment)
        ours, peaks = [], {}
        best = {name: self.worker(environment, model, way) for name, way in BEST.items()}
        times: dict[str, list[float]] = {name: [] for name in best}
        for worker in best.values():  # warm
            worker.seconds("maps")
        for turn in range(min(runs, 3)):
            few, many = (processes.whole(self.ours(environment, model, data, samples, turn), environment.clock)
                         for samples in (FEW, MANY))
            ours.append((many[0] - few[0]) / (MANY - FEW))
            peaks["Ocellus"] = many[1]
            for name, worker in best.items():
                times[name].append(worker.seconds("maps"))
        workers = dict(best)
        if "as published" in GRADCAM_GOALS[self.dtype]:  # minutes, most of them the same work again: once is enough
            workers["as published"] = self.worker(environment, model, "published")
            times["as published"] = [workers["as published"].seconds("maps")]
        for name, worker in workers.items():
            peaks[name] = worker.peak_mib
            worker.close()
        return self.compared(ours, times, peaks)

    def compared(self, ours: list[float], times: dict[str, list[float]], peaks: dict[str, float]) -> Measured:
        result = Measured()
        medians = {name: statistics.median(values) for name, values in ({"Ocellus": ours} | times).items()}
        best = min(BEST, key=medians.get)
        for side, goals in GRADCAM_GOALS[self.dtype].items():
            name = best if side == "best form" else side
            ratio = statistics.median(their / our for their, our in zip(times[name], ours))
            result.figures.append(Figure(f"{self.name} against {name}", f"{medians['Ocellus']:.1f} s",
                                         f"{medians[name]:.1f} s", ratio, goals))
        result.figures.append(Figure(f"{self.name} peak memory against {best}", f"{peaks['Ocellus']:.0f} MiB",
                                     f"{peaks[best]:.0f} MiB", peaks["Ocellus"] / peaks[best], GRADCAM_MEMORY_GOALS,
                                     at_most=True))
        result.sides = [Side(self.name, name, medians[name], peaks[name]) for name in medians]
        return result

    def ours(self, environment: Environment, model: pathlib.Path, data: pathlib.Path, samples: int, turn: int) -> list[str]:
        return [str(environment.program), "run", "--model", str(model), "--dataset", str(data), "--limit", str(samples),
                "--method", f"smooth-gradcam:noise-samples={DRAWS},layers=auto", "--max-new-tokens", str(NEW_TOKENS),
                "--out", str(environment.scratch / f"{self.name}-{samples}-{turn}"), "--quiet",
                "--threads", str(environment.threads)]

    def worker(self, environment: Environment, model: pathlib.Path, way: str) -> Worker:
        return Worker([environment.python, str(ROOT / "bench/python/gradcam.py"), str(model),
                       str(environment.picture(*self.size, suffix="png")), PROMPT, self.dtype, str(environment.threads), LAYERS,
                       str(DRAWS), str(NEW_TOKENS), way], environment.clock,
                      None if way == "published" else processes.KEPT_MEMORY)

    def data_set(self, environment: Environment) -> pathlib.Path:
        picture = environment.picture(*self.size, suffix="png")
        path = environment.scratch / f"{self.name}.jsonl"
        path.write_text("".join(json.dumps({"id": str(i), "image": picture.name, "prompt": PROMPT}) + "\n"
                                for i in range(MANY)))
        return path
