"""The promises of the ports as tests, shipped so that app teams can run them too."""
