"""Tests of the whole program: a real blogd on a real port with a real blog.db."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from blogd import Blogd  # noqa: E402
from postgres import Postgres  # noqa: E402
from tutorial_database import make_tutorial_database  # noqa: E402

SEED = HERE.parent / "data" / "golden_seed.sql"


def pytest_addoption(parser):
    parser.addoption("--binary", required=True, help="the blogd to test")
    parser.addoption("--sanitized", action="store_true",
                     help="a sanitizer's build: its memory is not blogd's, so no bound is asked of it")
    parser.addoption("--on-postgres", action="store_true",
                     help="servers for which a test names no file get a PostgreSQL database of their own")


@pytest.fixture
def binary(request):
    return str(pathlib.Path(request.config.getoption("--binary")).resolve())


@pytest.fixture
def blogd(request, binary):
    """Makes servers, each with a folder of its own unless one is given; ends what is left."""
    made = []
    postgres = request.getfixturevalue("postgres") if request.config.getoption("--on-postgres") else None

    def make(*options, **keywords):
        if postgres and not keywords and "--database" not in options:
            options += ("--database", postgres.url(postgres.create_database()))
        server = Blogd(binary, *options, **keywords)
        made.append(server)
        return server.start()

    yield make
    for server in made:
        server.__exit__()


@pytest.fixture
def blog_file(request):
    """For tests that look into blog.db, or put one there."""
    if request.config.getoption("--on-postgres"):
        pytest.skip("about blog.db")


@pytest.fixture
def server(blogd):
    return blogd(seed=SEED)


@pytest.fixture(scope="session")
def postgres_of_the_session():
    with Postgres() as server:
        yield server


@pytest.fixture
def postgres(postgres_of_the_session):
    """A running PostgreSQL; whatever a test does to it ends with the test."""
    server = postgres_of_the_session
    yield server
    server.recover()
    server.drop_databases()


@pytest.fixture
def database(postgres):
    """The name of a database that the tutorial made: users 1 to 4, posts 1 to 6."""
    return make_tutorial_database(postgres)


@pytest.fixture
def empty(postgres):
    """The name of a database without tables."""
    return postgres.create_database()
