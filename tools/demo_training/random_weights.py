"""Where training begins."""

from torch import nn


def set_random_weights(model: nn.Module, into_residual: tuple[str, ...]) -> None:
    """Deviation 1/√fan-in; half of it in matrices that write into the residual stream: they end in `into_residual`."""
    for name, weight in model.named_parameters():
        if weight.ndim < 2 and not name.endswith("embedding"):
            nn.init.constant_(weight, 0.0 if name.endswith("bias") else 1.0)
            continue
        deviation = weight[0].numel() ** -0.5 if weight.ndim > 1 else weight.numel() ** -0.5
        if name.endswith(into_residual):
            deviation /= 2
        nn.init.trunc_normal_(weight, std=deviation, a=-3 * deviation, b=3 * deviation)
