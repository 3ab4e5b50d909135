"""Measures this library and every installed peer on the same work, turn by turn in one run.

    python -m benchmarks                          everything: a table for people
    python -m benchmarks --quick                  the short form, a few minutes
    python -m benchmarks --list                   the workloads and what each asks
    python -m benchmarks -w train -w memory --mnist DIR --json after.json --write docs/performance.md
    python -m benchmarks limits --write docs/performance.md   what bounds a step of the minimal network
    python -m benchmarks compare before.json after.json
    python -m benchmarks write docs/performance.md after.json --before before.json

How it measures, file by file:

    workloads.py  what is measured: the cases of every workload
    networks.py   the networks and their initial weights;  data.py: the images
    peers/        one file for each library: the same work, as its own users would write it
    tasks.py      one case brought to life in one peer: what a unit of work is, and the witness numbers
    worker.py     the process in which one peer works;  memory.py: how much of the machine's memory it took
    turns.py      starts the workers and gives them their turns, A B C A B C ...
    imports.py    import times, in fresh processes;  limits.py: what a step costs at least (a roofline)
    results.py    medians, ratios, agreement, fitted exponents;  goals.py: the goals and whether they are met
    report.py     the tables;  page.py: writes them into a page;  machine.py: describes the machine
"""
