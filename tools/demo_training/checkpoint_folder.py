"""What the folders of all checkpoints have in common."""

import pathlib
import shutil
import tempfile

LARGEST = 5_000_000  # bytes of the whole folder


def save_tokenizer(tokenizer, folder: pathlib.Path) -> None:
    """tokenizer.json and tokenizer_config.json; not the older files that repeat them."""
    with tempfile.TemporaryDirectory() as everything:
        tokenizer.save_pretrained(everything)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(pathlib.Path(everything) / name, folder / name)


def require_small(folder: pathlib.Path) -> None:
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    if size > LARGEST:
        raise RuntimeError(f"{folder} has {size} bytes, more than {LARGEST}")
