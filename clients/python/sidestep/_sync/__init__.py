# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""The client that blocks."""
