"""Head statistics over a data set: seconds a sample, and how peak memory grows with the prompt."""

import json
import pathlib
import statistics

from . import processes
from .environment import ROOT, Environment
from .figures import HEAD_STATISTICS_GOALS, Figure, Measured, Side

QUESTION = "Is there a red star in the picture? Answer the question using a single word or phrase."
FEW, MANY = 2, 10  # the time of a sample is the difference of two runs: loading the model is not in it
TEXT_TOKENS = (2000, 4000)  # of the prompts whose memory is measured, beside the short ones


def rate(seconds: float) -> str:
    return f"{1 / seconds:.3f} samples/s"


class HeadStatistics:
    """MME asks two questions about each picture, and a picture is looked at once here. Python's ways, which look at it for
    each question, are compared with a picture for each question, too."""

    name = "head-statistics-float32"
    sides = {"eager with loops": "loops", "eager with hooks": "hooks", "plain sdpa": "sdpa"}
    apart = "Ocellus, a picture each"

    def measure(self, environment: Environment, runs: int) -> Measured:
        model = environment.checkpoint("llava", "float32")
        prompts = [f"{QUESTION} {i}" for i in range(MANY)]
        data = {2: self.data_set(environment, "pairs", prompts, 2), 1: self.data_set(environment, "apart", prompts, 1)}
        self.count = 0

        def ours(data: pathlib.Path, samples: int) -> list[str]:
            self.count += 1
            return [str(environment.program), "run", "--model", str(model), "--dataset", str(data), "--limit", str(samples),
                    "--method", "head-stats", "--out", str(environment.scratch / f"statistics{self.count}"), "--quiet",
                    "--threads", str(environment.threads)]

        def theirs(way: str):
            def command(data: pathlib.Path, samples: int) -> list[str]:
                return [environment.python, str(ROOT / "bench/python/head_statistics.py"), str(model), str(data),
                        str(samples), way, str(environment.threads), str(environment.scratch / "statistics.json")]
            return command

        commands = {"Ocellus": ours, self.apart: ours} | {name: theirs(way) for name, way in self.sides.items()}
        times: dict[str, list[float]] = {name: [] for name in commands}
        result, peaks = Measured(), {}
        for _ in range(min(runs, 3)):
            for name, command in commands.items():
                asked = data[1 if name == self.apart else 2]
                few, _ = processes.whole(command(asked, FEW), environment.clock)
                many, peaks[name] = processes.whole(command(asked, MANY), environment.clock)
                times[name].append((many - few) / (MANY - FEW))
        medians = {name: statistics.median(values) for name, values in times.items()}
        for own, words in (("Ocellus", ""), (self.apart, ", a picture each")):
            for name in self.sides:
                ratio = statistics.median(their / our for their, our in zip(times[name], times[own]))
                goals = HEAD_STATISTICS_GOALS.get(name) if own == "Ocellus" else None
                result.figures.append(
                    Figure(f"{self.name}{words} against {name}", rate(medians[own]), rate(medians[name]), ratio, goals))
        for name in commands:
            result.sides.append(Side(f"{self.name}-646", name, medians[name], peaks[name]))
        for tokens in TEXT_TOKENS:
            long = self.data_set(environment, str(tokens), ["star " * (tokens - 610)], 1)
            for name in ("Ocellus", "eager with loops", "eager with hooks"):
                seconds, peak = processes.whole(commands[name](long, 1), environment.clock)
                result.sides.append(Side(f"{self.name}-{tokens}", name, seconds, peak))
        return result

    @staticmethod
    def data_set(environment: Environment, name: str, prompts: list[str], prompts_of_picture: int) -> pathlib.Path:
        path = environment.scratch / f"{name}.jsonl"
        lines = []
        for i, prompt in enumerate(prompts):
            picture = environment.picture(400 + i // prompts_of_picture, 360, suffix="png")
            lines.append(json.dumps({"id": str(i), "image": picture.name, "prompt": prompt}) + "\n")
        path.write_text("".join(lines))
        return path
