"""Reading numbers off the page, and holding them against the engine's."""

import re
import time

NUMBER = re.compile(r"([−+]?)\s*(\d[\d,]*(?:\.\d+)?)(?:×10(?:\^?)([−]?\d+))?")


def numbers(text):
    """Return the numbers in a text, with the true minus signs and powers of ten that the page writes."""
    found = []
    for sign, digits, power in NUMBER.findall(text):
        value = float(digits.replace(",", "")) * 10.0 ** int((power or "0").replace("−", "-"))
        found.append(-value if sign == "−" else value)
    return found


def same(shown, true, digits=4):
    """Tell whether a number on the page is the engine's, rounded to so many significant digits."""
    return abs(shown - float(true)) <= 0.51 * 10.0 ** -(digits - 1) * max(abs(float(true)), 1e-300)


def until(page, expression, seconds=20):
    """Wait until a JavaScript expression is true.  Playwright's own way needs eval, which the page's policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < end, f"not true after {seconds} s: {expression}"
        page.wait_for_timeout(20)
