"""Ranking: 20 queries about each picture, seconds a pair."""

import json
import pathlib
import statistics

from . import processes
from .environment import ROOT, Environment
from .figures import RANKING_GOALS, Figure, Measured, Side

QUERIES = 20
FEW, MANY = 1, 4  # pictures: the time of a pair is the difference of two runs, loading the model is not in it
WIDTH, HEIGHT = 672, 616  # 611 tokens with the words
COLORS, SHAPES = ("red", "green", "blue", "yellow", "orange"), ("star", "circle", "square", "triangle")


def rate(seconds: float) -> str:
    return f"{1 / seconds:.2f} pairs/s"


class Ranking:
    name = "ranking"
    sides = {"one forward a pair": "pairs", "batched forwards": "batched", "prefix caching": "prefix"}

    def measure(self, environment: Environment, runs: int) -> Measured:
        model = environment.checkpoint("small", "bfloat16")
        queries = self.queries(environment)
        # Of different widths, or all would be the same picture.
        pictures = [str(environment.picture(WIDTH + i, HEIGHT, suffix="png")) for i in range(MANY)]
        self.count = 0

        def ours(count: int) -> list[str]:
            self.count += 1
            images = [word for picture in pictures[:count] for word in ("--image", picture)]
            return [str(environment.program), "rank", "--model", str(model), "--queries", str(queries), *images, "--out",
                    str(environment.scratch / f"ranking{self.count}"), "--quiet", "--threads", str(environment.threads)]

        def theirs(way: str):
            def command(count: int) -> list[str]:
                return [environment.python, str(ROOT / "bench/python/ranking.py"), str(model), str(queries), way,
                        str(environment.threads), str(environment.scratch / "ranking.json"), *pictures[:count]]
            return command

        commands = {"Ocellus": ours} | {name: theirs(way) for name, way in self.sides.items()}
        times: dict[str, list[float]] = {name: [] for name in commands}
        peaks: dict[str, float] = {}
        for _ in range(min(runs, 3)):
            for name, command in commands.items():
                few, _ = processes.whole(command(FEW), environment.clock)
                many, peaks[name] = processes.whole(command(MANY), environment.clock)
                times[name].append((many - few) / ((MANY - FEW) * QUERIES))
        medians = {name: statistics.median(values) for name, values in times.items()}
        result = Measured()
        for name in self.sides:
            ratio = statistics.median(their / our for their, our in zip(times[name], times["Ocellus"]))
            result.figures.append(Figure(f"{self.name} against {name}", rate(medians["Ocellus"]), rate(medians[name]),
                                         ratio, RANKING_GOALS.get(name)))
        for name in commands:
            result.sides.append(Side(self.name, name, medians[name], peaks[name]))
        return result

    @staticmethod
    def queries(environment: Environment) -> pathlib.Path:
        path = environment.scratch / "queries.jsonl"
        texts = [f"a {color} {shape}" for color in COLORS for shape in SHAPES][:QUERIES]
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        return path
