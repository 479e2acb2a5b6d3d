"""A PostgreSQL database as a user of the tutorial brings it: its part 15 made the tables, and the
reference data is in them."""

import pathlib
import re
import sqlite3

from postgres import USER

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
TABLES = DATA / "tutorial_part15.sql"
SEED = DATA / "golden_seed.sql"


def literal(value):
    if value is None or isinstance(value, int):
        return "NULL" if value is None else str(value)
    return "'" + value.replace("'", "''") + "'"


def make_tutorial_database(server, options=""):
    """A new database on a running Postgres; its name."""
    source = sqlite3.connect(":memory:")
    source.executescript(SEED.read_text(encoding="utf-8"))
    # What the tutorial does, it does as the owner of the database, and in UTC.
    script = [f"SET ROLE {USER}; SET timezone = 'UTC';", TABLES.read_text(encoding="utf-8")]
    for table, columns in {"users": "id, username, email, image_file",
                           "posts": "id, title, content, user_id, date_posted"}.items():
        for row in source.execute(f"SELECT {columns} FROM {table} ORDER BY id"):
            script.append(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(map(literal, row))});")
        script.append(f"SELECT setval('{table}_id_seq', max(id)) FROM {table};")
    source.close()
    name = server.create_database(options)
    server.script("\n".join(script), name)
    return name


def from_stored(text):
    """U+0000, which PostgreSQL cannot hold, is stored as U+FDD0; that and U+FDD1 stand behind U+FDD1."""
    return re.sub("\ufdd1([\ufdd0\ufdd1])|\ufdd0", lambda found: found[1] or "\0", text)


def posts_by_psql(server, database):
    """{id: (title, content, username, instant as the API writes it)}, read without blogd."""
    # In UTC, whatever the server's own zone; and in hex, since psql leaves noncharacters out.
    text = "encode(convert_to({}, 'UTF8'), 'hex')".format
    rows = server.psql(
        "SET timezone = 'UTC'",
        f"SELECT p.id, to_char(date_posted, 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), {text('title')}, {text('content')},"
        f" {text('username')} FROM posts p JOIN users u ON u.id = p.user_id", database=database)
    return {int(number): (*(from_stored(bytes.fromhex(x).decode()) for x in texts), instant + "Z")
            for number, instant, *texts in rows}


def posts_by_api(server):
    """The same, asked of a Blogd."""
    status, posts = server.api("GET", "/api/posts")
    assert status == 200, status
    return {p["id"]: (p["title"], p["content"], p["author"]["username"], with_micros(p["date_posted"]))
            for p in posts}


def with_micros(instant):
    """The API leaves a fraction of zero out."""
    return instant if "." in instant else instant.removesuffix("Z") + ".000000Z"
