"""What an integration says when its framework is not installed."""

from __future__ import annotations


def needs(extra: str, error: ImportError) -> ImportError:
    """Make the error that says what to install; another import that failed stays as it is."""
    text = f'{error}; install what this needs: pip install "sidestep[{extra}]"'
    return ImportError(text, name=error.name, path=error.path)
