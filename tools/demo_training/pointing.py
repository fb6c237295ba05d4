"""Where maps point.

A cell of a map is inside if its centre lies in a box of the object asked about. Of one map:
    pointing   share of the hottest cells that are inside (1 or 0 unless cells tie)
    energy     share of the map's sum that is in cells inside
    centre     pointing of a map that is hottest in the middle of the picture
    random     share of all cells that are inside: what a random map scores
"""

import numpy as np


def share_of_largest(values: np.ndarray, inside: np.ndarray) -> float:
    return float(inside[values == values.max()].mean())


def inside_of(boxes: list[dict], size: tuple[int, int], grid: tuple[int, int]) -> np.ndarray:
    """bool [rows, columns] of a picture of `size` (width, height) pixels."""
    y, x = np.indices(grid) + 0.5
    x, y = x * size[0] / grid[1], y * size[1] / grid[0]
    inside = np.zeros(grid, bool)
    for x0, y0, x1, y1 in (entry["box"] for entry in boxes):
        inside |= (x0 <= x) & (x < x1) & (y0 <= y) & (y < y1)
    return inside


def scores(values: np.ndarray, inside: np.ndarray) -> dict[str, float]:
    rows, columns = np.indices(inside.shape)
    away = (2 * rows + 1 - inside.shape[0]) ** 2 + (2 * columns + 1 - inside.shape[1]) ** 2
    return {
        "pointing": share_of_largest(values, inside),
        "energy": float(values[inside].sum() / values.sum()),
        "centre": share_of_largest(-away, inside),
        "random": float(inside.mean()),
    }


def print_table(by_layer: list[list[dict[str, float]]], notes: list[str] | None = None) -> None:
    """Means of the scores of each layer's maps."""
    print(f"layer  pointing  energy  centre  random   ({len(by_layer[0])} samples with a box)")
    for layer, (of_layer, note) in enumerate(zip(by_layer, notes or [""] * len(by_layer))):
        means = [np.mean([score[name] for score in of_layer]) for name in of_layer[0]]
        print("{:5}  {:8.3f}  {:6.3f}  {:6.3f}  {:6.3f}".format(layer, *means), note)


def print_pairs(by_layer: list[list[dict[str, float]]], hottest: list[list[int]], notes: list[str]) -> None:
    """Of samples that come in pairs, two questions about one picture: how many pairs point right both times.

    `moved` is the share of pairs whose hottest cells differ; `random` what two random maps would score.
    """
    pairs = len(by_layer[0]) // 2
    print(f"layer  both right   moved  centre  random   ({pairs} pairs)")
    for layer, (of_layer, cells, note) in enumerate(zip(by_layer, hottest, notes)):
        both = {name: np.mean([first[name] * second[name] for first, second in zip(of_layer[::2], of_layer[1::2])])
                for name in ("pointing", "centre", "random")}
        moved = np.mean([first != second for first, second in zip(cells[::2], cells[1::2])])
        print(f"{layer:5}  {both['pointing']:10.3f}  {moved:6.3f}  {both['centre']:6.3f}  {both['random']:6.3f}", note)
