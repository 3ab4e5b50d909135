"""What stands in the boxes: HTML-like labels for Graphviz, and the tooltips that hold the full detail.

A forward box has its operands along the top, in order, where their values enter. A backward box has the same strip,
where their gradients leave; the upstream gradient enters from below. What the rules read is kept on the right of the
forward box and enters the backward box, which stands on the same level, on its left.
"""
