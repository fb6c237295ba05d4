"""The coloured shapes of the demo: how one is drawn, and which pixels it covers."""

import dataclasses
import math

from PIL import Image, ImageDraw

COLORS = {
    "red": (214, 34, 38),
    "green": (32, 156, 56),
    "blue": (38, 74, 214),
    "yellow": (238, 212, 40),
    "purple": (142, 48, 170),
    "orange": (243, 132, 24),
}
KINDS = ("circle", "square", "triangle", "star")
REACH = 1.15  # how far the furthest corner of any kind lies from the centre, in units of the radius
OVERSAMPLING = 4  # for smooth edges


@dataclasses.dataclass(frozen=True)
class Shape:
    color: str
    kind: str
    center: tuple[float, float]  # pixels
    radius: float  # pixels
    turn: float = 0.0  # radians, clockwise

    @property
    def label(self) -> str:
        return f"{self.color} {self.kind}"


def corners(shape: Shape) -> list[tuple[float, float]]:
    """Corners around the centre, in units of the radius; empty for a circle."""
    if shape.kind == "square":
        reaches, first = [1.12] * 4, math.pi / 4
    elif shape.kind == "triangle":
        reaches, first = [REACH] * 3, -math.pi / 2
    elif shape.kind == "star":
        reaches, first = [REACH, 0.5] * 5, -math.pi / 2
    else:
        return []
    angles = [first + shape.turn + 2 * math.pi * i / len(reaches) for i in range(len(reaches))]
    return [(reach * math.cos(angle), reach * math.sin(angle)) for reach, angle in zip(reaches, angles)]


def stencil(shape: Shape) -> tuple[tuple[int, int], Image.Image]:
    """What the shape covers, 0..255 a pixel, and where in the picture the stencil's upper left corner lies."""
    left, top = (math.floor(middle - REACH * shape.radius) - 1 for middle in shape.center)
    side = math.ceil(2 * REACH * shape.radius) + 4
    canvas = Image.new("L", (side * OVERSAMPLING, side * OVERSAMPLING), 0)
    draw = ImageDraw.Draw(canvas)
    x, y = (OVERSAMPLING * (middle - edge) for middle, edge in zip(shape.center, (left, top)))
    r = OVERSAMPLING * shape.radius
    if shape.kind == "circle":
        draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    else:
        draw.polygon([(x + dx * r, y + dy * r) for dx, dy in corners(shape)], fill=255)
    return (left, top), canvas.reduce(OVERSAMPLING)


def covered(mask: Image.Image) -> Image.Image:
    """255 where a stencil covers at least half of the pixel."""
    return mask.point(lambda level: 255 if level > 127 else 0)


def box(shape: Shape) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of the pixels that are at least half covered; x1 and y1 are exclusive."""
    (left, top), mask = stencil(shape)
    x0, y0, x1, y1 = covered(mask).getbbox()
    return left + x0, top + y0, left + x1, top + y1


def paint(picture: Image.Image, shape: Shape, color: tuple[int, int, int]) -> None:
    origin, mask = stencil(shape)
    picture.paste(color, origin, mask)
