"""Floor 3: what can be asked? One file per domain; `city.py` is the only list."""
