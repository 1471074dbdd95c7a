"""The registry: what app teams hand in, who approved it, which version serves, who may ask.

Every change is one transaction of `catalog.loaded.alone`: changes wait for each other, also those
of other workers, and one that does not come to its end never happened.
"""
