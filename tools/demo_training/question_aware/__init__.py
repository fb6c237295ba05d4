"""QA-ViT: a CLIP tower whose later layers see the question, in the form of docs/qavit-format.md."""
