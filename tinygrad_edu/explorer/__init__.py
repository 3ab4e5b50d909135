"""The explorer: one picture goes through one network, forward and backward, and any number answers "why?".

The engine computes, the page shows. `Explorer` answers the page's questions; `app` serves it to a browser.
"""
