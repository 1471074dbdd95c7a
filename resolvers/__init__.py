"""Floor 2: how is an answer put together? One file per domain."""
