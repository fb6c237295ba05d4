"""The kinds of model that are trained here, by the name of their folder under demo/."""

from ..family import Family
from .llava import Llava
from .qavit import QAViT
from .qwen2_5_vl import Qwen25VL

FAMILIES: dict[str, Family] = {family.name: family for family in (Qwen25VL(), Llava(), QAViT())}
