"""What a check has found, as data and as text.

gradient_report.py    what `check_gradients` returns, and what it raises
findings.py           what `check_primitive` and `check_file` return
terminal.py           a report as it is printed
"""
