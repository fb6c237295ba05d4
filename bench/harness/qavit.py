"""Maps of a QA-ViT over a data set: pictures a second, with a question for each picture and with four."""

import json
import pathlib
import statistics

from . import processes
from .environment import ROOT, Environment
from .figures import QAVIT_GOALS, Figure, Measured, Side

QUESTION = "What color is the star on the left of the large circle?"
WAYS = ("eager", "best")
QUESTIONS = {1: "", 4: ", four questions a picture"}


class QaVit:
    def __init__(self, shape: str, dtype: str, few: int, many: int):
        # `few` and `many` samples: the time of one is the difference of two runs.
        self.shape, self.dtype, self.few, self.many = shape, dtype, few, many
        self.name = f"{shape}-{dtype}"

    def measure(self, environment: Environment, runs: int) -> Measured:
        model = environment.checkpoint(self.shape, self.dtype)
        count = 0

        def ours(data: pathlib.Path, samples: int) -> list[str]:
            nonlocal count
            count += 1
            return [str(environment.program), "run", "--model", str(model), "--dataset", str(data), "--limit", str(samples),
                    "--method", "qa-attention", "--out", str(environment.scratch / f"{self.name}{count}"), "--quiet",
                    "--threads", str(environment.threads)]

        def theirs(way: str):
            def command(data: pathlib.Path, samples: int) -> list[str]:
                return [environment.python, str(ROOT / "bench/python/qavit.py"), str(model), str(data), str(samples), way,
                        str(environment.threads), str(environment.scratch / "maps.npy")]
            return command

        commands = {"Ocellus": ours} | {way: theirs(way) for way in WAYS}
        result = Measured()
        for questions, words in QUESTIONS.items():
            data = self.data_set(environment, questions)
            times: dict[str, list[float]] = {name: [] for name in commands}
            peaks = {}
            for _ in range(min(runs, 3)):
                for name, command in commands.items():
                    few, _ = processes.whole(command(data, self.few), environment.clock)
                    many, peaks[name] = processes.whole(command(data, self.many), environment.clock)
                    times[name].append((many - few) / (self.many - self.few))
            medians = {name: statistics.median(values) for name, values in times.items()}
            for way in WAYS:
                ratio = statistics.median(their / our for their, our in zip(times[way], times["Ocellus"]))
                result.figures.append(Figure(f"{self.name}{words} against {way}", f"{1 / medians['Ocellus']:.2f} samples/s",
                                             f"{1 / medians[way]:.2f} samples/s", ratio, QAVIT_GOALS))
            for name in commands:
                result.sides.append(Side(f"{self.name}{words}", name, medians[name], peaks[name]))
        return result

    def data_set(self, environment: Environment, questions: int) -> pathlib.Path:
        path = environment.scratch / f"{self.name}-{questions}.jsonl"
        lines = []
        for i in range(self.many):
            picture = environment.picture(400 + i // questions, 360, suffix="png")
            lines.append(json.dumps({"id": str(i), "image": picture.name, "prompt": f"{QUESTION} {i}"}) + "\n")
        path.write_text("".join(lines))
        return path
