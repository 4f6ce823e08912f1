"""Fixtures for tests from end to end."""

from tests.patient_bot import qtbot  # noqa: F401 (a fixture)
