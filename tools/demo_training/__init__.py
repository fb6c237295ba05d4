"""Trains the demo's checkpoint and draws its scenes; the entry is tools/train_demo.py."""
