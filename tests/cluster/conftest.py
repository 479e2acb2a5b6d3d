import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))


def pytest_addoption(parser):
    parser.addoption("--binary", required=True, help="the blogd to test")


@pytest.fixture
def binary(request):
    return str(pathlib.Path(request.config.getoption("--binary")).resolve())
