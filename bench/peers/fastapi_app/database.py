"""The engine and a session for each request, as a FastAPI tutorial sets them up.

BLOG_DB names the file. BLOG_WAL=1 sets what blogd sets, WAL and synchronous=FULL, and keeps
connections open; without it all is as SQLAlchemy 1.4 and SQLite have it, a rollback journal and a
new connection a session."""

import os

from sqlalchemy import create_engine, event
from sqlalchemy.orm import declarative_base, sessionmaker
from sqlalchemy.pool import QueuePool

TUNED = os.environ.get("BLOG_WAL") == "1"
# A request keeps its connection while it waits for one of 40 threads to write its answer. A pool
# with a limit lets those threads wait for connections, and nothing moves for 30 seconds.
POOL = {"poolclass": QueuePool, "pool_size": 64, "max_overflow": -1} if TUNED else {}

engine = create_engine("sqlite:///" + os.environ["BLOG_DB"],
                       connect_args={"check_same_thread": False}, **POOL)
SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)
Base = declarative_base()

if TUNED:
    @event.listens_for(engine, "connect")
    def use_wal(connection, _):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")


def get_db():
    with SessionLocal() as db:
        yield db
