#!/usr/bin/python3
"""Reads the sources and fails on faults of the architecture and on known traps:
includes against the layers, a library used outside its one door, code that g++ 12 miscompiles, a route
written twice, a file that CMake does not know."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"

# What each folder may include of the others. "db/models.hpp": that file alone.
LAYERS = {
    "": {""},
    "net": {"", "net"},
    "db": {"", "db"},
    "schemas": {"", "schemas", "db/models.hpp", "db/accounts.hpp"},
    "views": {"", "views"},
    "auth": {"", "auth"},
    "pictures": {"", "pictures"},
    "mail": {"", "mail", "db/models.hpp", "db/outbox.hpp", "db/store.hpp"},
    "admin": {"", "admin", "auth", "db/models.hpp", "db/accounts.hpp", "db/store.hpp", "schemas", "mail/reset_mail.hpp"},
    "handlers": {"", "net", "schemas", "views", "auth", "pictures", "handlers", "db/models.hpp", "db/accounts.hpp", "db/store.hpp",
                 "db/database_error.hpp"},
}
# The composition root may see everything.
ROOTS = {"main.cpp", "app.cpp", "app.hpp", "copy.cpp", "copy_progress.hpp", "demo.cpp", "demo.hpp", "user.cpp"}

# Header -> the files that may include it.
DOORS = {
    r"boost/beast": r"net/[^/]+\.cpp|net/beast_impl\.cpp",
    r"sqlite3\.h": r"db/sqlite/.*",
    r"rapidjson/": r"schemas/json\.cpp",
    r"libpq-fe\.h": r"db/postgres/.*",
    r"sodium\.h|zxcvbn\.h": r"auth/.*",
    r"unicode/|idn2\.h": r"(schemas|views|mail)/.*\.cpp",
    r"curl/": r"mail/.*",
    r"jpeglib\.h|jerror\.h|png\.h|gif_lib\.h|webp/|seccomp\.h": r"pictures/.*",
    r"boost/program_options": r"config\.cpp",
    r"boost/asio": r"async\.hpp|asio_impl\.cpp|app\.cpp|demo\.cpp|user\.cpp|admin/.*|net/.*|db/.*|auth/.*|mail/postman\.cpp|"
                   r"pictures/(child|slots|workshop)\.[hc]pp",
}

TRAPS = {
    r"\bstd::regex\b": "std::regex recurses on input (pitfall 15)",
    r"\bstd::endl\b": "std::endl flushes",
    r"\bstd::rand\b|\bsrand\b": "std::rand is no source of randomness",
    r"\bsleep(_for|_until)?\s*\(": "nothing sleeps on a server's thread",
    r"\bTODO\b|\bFIXME\b|\bXXX\b": "unfinished work",
}


def layer_of(path):
    return path.parts[0] if len(path.parts) > 1 else ""


def include_faults(path, text):
    if str(path) in ROOTS:
        allowed = None
    else:
        allowed = LAYERS[layer_of(path)]
    for line, include in re.findall(r'^(#include ["<]([^">]+)[">])', text, re.M):
        if '"' in line:
            target = layer_of(pathlib.Path(include))
            if allowed is not None and target not in allowed and include not in allowed:
                yield f"{path} includes {include}, which is not below it"
        for door, files in DOORS.items():
            if re.match(door, include) and not re.fullmatch(files, str(path)):
                yield f"{path} includes {include}; that is behind {files}"


def without_comments(text):
    text = re.sub(r"//[^\n]*", "", text)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def trap_faults(path, text):
    code = without_comments(text)
    for pattern, why in TRAPS.items():
        if re.search(pattern, code):
            yield f"{path}: {why}"
    for statement in re.findall(r"\?[^;?]*co_await[^;]*:[^;:]*co_await[^;]*;", code):
        yield f"{path}: co_await within ?: (pitfall 20): {statement.strip()[:60]}"
    for statement in re.findall(r"co_await([^;]*);", code):
        if re.search(r"[{\[]", statement) and not re.search(r"\)\s*\{", statement):
            yield f"{path}: '{{' or '[' after co_await (pitfall 2): co_await{statement.strip()[:60]}"


def main():
    faults = []
    routes = {}
    files = sorted(p for p in SRC.rglob("*") if p.suffix in (".hpp", ".cpp"))
    for file in files:
        path = file.relative_to(SRC)
        text = file.read_text(encoding="utf-8")
        faults += include_faults(path, text)
        faults += trap_faults(path, text)
        for verb, route in re.findall(r'\b((?:public_)?get|post|put|patch|del)<"(/[^"]*)"', re.sub(r"//[^\n]*", "", text)):
            if routes.setdefault((verb, route), path) != path:
                faults.append(f"{path}: {verb} {route} is also in {routes[verb, route]}")
        if file.suffix == ".cpp":
            lists = [p for p in (SRC / layer_of(path) / "CMakeLists.txt", ROOT / "cmake" / "embed.cmake") if p.exists()]
            if not any(re.search(rf"\b{re.escape(file.name)}\b", p.read_text()) for p in lists):
                faults.append(f"{path} is not in CMakeLists.txt")
    for fault in faults:
        print("FAILED", fault)
    print(f"{len(files) - len({f.split(':')[0].split(' ')[0] for f in faults})} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
