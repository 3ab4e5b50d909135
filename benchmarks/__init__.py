"""Measures this library and every installed peer on the same work, turn by turn in one run.

    python -m benchmarks                                 everything, as tables
    python -m benchmarks --quick -w train                one workload, in the short form
    python -m benchmarks --mnist DIR --json benchmarks/results/DATE.json      and keep the figures
    python -m benchmarks write docs/performance.md benchmarks/results/DATE.json

How it measures, file by file:

    workloads.py  what is measured: the cases of every workload
    networks.py   the networks and their initial weights;  data.py: the images
    peers/        one file for each library: the same work, as its own users would write it
    tasks.py      one case brought to life in one peer: what a unit of work is, and the witness numbers;
                  bounds.py: the parts of a training step, each alone
    worker.py     the process in which one peer works
    turns.py      starts the workers and gives them their turns, A B C A B C ...
    results.py    medians, ratios, agreement;  machine.py: describes the machine
    tables.py     the tables;  page.py: writes them into a page
"""
