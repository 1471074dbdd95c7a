"""Floor 4, the front door: who asks, and how is the answer sent?"""

VERSION = "0.1.0"
"""The gateway's version, as in pyproject.toml and at the top of CHANGELOG.md."""
