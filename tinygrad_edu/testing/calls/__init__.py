"""How a primitive is called: the call itself, one trial of a rule at it, and where calls come from.

call.py       a primitive with the arrays and parameters of one call
trial.py      one rule of a call at one upstream gradient: what it gives, and what is right
function.py   any function of Tensors, or its gradient, as a function of arrays
case.py       what chooses the arrays and parameters of a call; the cases that users give
own_cases.py  the cases of the library's own primitives, of
windows.py      the sizes of convolutions and poolings, which the strategies draw too
guess.py      a case for a primitive that nobody has described, of
layouts.py      shapes, by the names and number of the arguments
parameters.py   values, by the names and defaults of the parameters
pick.py       shapes and numbers, chosen at random or by Hypothesis
smallest.py   Hypothesis's search for a call, and for a smaller one
"""
