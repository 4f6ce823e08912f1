"""Experiments: compare embedders and recommenders, tune them, models over tables, training. `soniq lab` is
its terminal form, `api` its Python form.

Every experiment takes a seed, resumes where it was stopped, keeps its results as Parquet and its report as
HTML and PNG. The packages that only experiments need are the extra `lab` (`needs.py`).
"""
