"""`python -m gateway`."""

import gc
import sys

# What imports make is there to stay: looked through for garbage neither meanwhile nor afterwards.
gc.disable()
from gateway.cli import main  # noqa: E402 - after the switch

gc.freeze()
gc.enable()

sys.exit(main())
