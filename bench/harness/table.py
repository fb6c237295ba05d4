"""Prints what was measured."""

from .environment import Environment, processor
from .figures import Figure, Measured, Side


def goal(figure: Figure, index: int) -> str:
    if figure.goals is None:
        return ""
    return f"{'≤ ' if figure.at_most else ''}{figure.goals[index]:g}"


def figure_cells(figure: Figure) -> list[str]:
    return [figure.name, figure.ours, figure.theirs, f"{figure.ratio:.2f}", goal(figure, 0), goal(figure, 1)]


def side_cells(side: Side) -> list[str]:
    share = "" if side.share is None else f"{100 * side.share:.0f} %"
    return [side.row, side.name, f"{side.seconds:.3f}", share, f"{side.peak_mib:.0f}"]


def growth_cells(measured: list[Measured]) -> list[list[str]]:
    """MiB of peak memory for each further 1000 tokens, between the prompts of one type."""
    peaks: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for side in (side for row in measured for side in row.sides):
        kind, _, tokens = side.row.rpartition("-")
        if not tokens.isdigit():
            continue  # of no prompt's length
        peaks.setdefault((kind, side.name), []).append((int(tokens), side.peak_mib))
    cells = []
    for (kind, name), points in peaks.items():
        if name != "Ocellus, plain" and len(points) > 2:
            slopes = [1000 * (b - a) / (n - m) for (m, a), (n, b) in zip(points, points[1:])]
            lengths = ", ".join(str(length) for length, _ in points)
            cells.append([kind, name, lengths, *(f"{slope:.0f}" for slope in slopes)])
    return cells


TABLES = (
    (["figure", "Ocellus", "other side", "ratio", "must", "aim"],
     lambda measured: [figure_cells(figure) for row in measured for figure in row.figures]),
    (["work", "side", "seconds", "share of product rate", "peak MiB"],
     lambda measured: [side_cells(side) for row in measured for side in row.sides]),
    (["MiB for 1000 more tokens", "side", "prompts of", "first step", "second step"], growth_cells),
)


def heading(environment: Environment) -> str:
    threads = environment.threads or "default"
    return f"{processor()}; threads: {threads}; clock: {environment.clock}"


def plain(measured: list[Measured], environment: Environment) -> str:
    parts = [heading(environment)]
    for header, cells_of in TABLES:
        cells = [header, *cells_of(measured)]
        if len(cells) > 1:
            widths = [max(len(line[i]) for line in cells) for i in range(len(header))]
            parts.append("\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells))
    return "\n\n".join(parts)


def markdown(measured: list[Measured], environment: Environment) -> str:
    parts = [heading(environment)]
    for header, cells_of in TABLES:
        cells = cells_of(measured)
        if cells:
            parts.append("\n".join("| " + " | ".join(cell.strip() for cell in line) + " |"
                                   for line in [header, ["---"] * len(header), *cells]))
    return "\n\n".join(parts)
