"""What the figures were measured on: processor, kernel, versions; and what disturbed them."""

import os
import pathlib
import platform
import re
import statistics
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")


def said_by(*words):
    """The first line a program says, or "" when there is no such program."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout + done.stderr).strip().partition("\n")[0]


def package_version(name):
    return said_by("dpkg-query", "-W", "-f=${Version}", name).split(" ")[0]


def first_match(pattern, text, otherwise=""):
    found = re.search(pattern, text, re.M)
    return found[1].strip() if found else otherwise


def read(path):
    try:
        return pathlib.Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def facts(folder):
    """The machine, as text by name. `folder` is where the databases are."""
    memory = int(first_match(r"MemTotal:\s+(\d+)", read("/proc/meminfo"), "0"))
    return {
        "processor": first_match(r"model name\s*:\s*(.*)", read("/proc/cpuinfo"),
                                 platform.machine()),
        "cores": str(os.cpu_count()),
        "memory": f"{memory / 2**20:.1f} GiB",
        "kernel": platform.release(),
        "system": first_match(r'PRETTY_NAME="(.*)"', read("/etc/os-release")),
        "governor": read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").strip()
        or "not told (a virtual machine)",
        "file system": said_by("stat", "-f", "-c", "%T", str(folder)),
    }


def versions(repository, blogd, modules):
    """Of every program that takes part. `modules`: the folder of the npm packages."""
    def npm(name):
        return first_match(r'"version":\s*"(.*?)"', read(modules / name / "package.json"), "-")

    changed = said_by("git", "-C", str(repository), "status", "--porcelain", "-uno")
    return {
        "blogd": said_by(str(blogd), "--version"),
        "commit": said_by("git", "-C", str(repository), "rev-parse", "--short=12", "HEAD")
        + (" with changes" if changed else ""),
        "g++": said_by("g++", "-dumpfullversion"),
        "SQLite": package_version("libsqlite3-0"),
        "Boost": package_version("libboost1.81-dev"),
        "wrk": package_version("wrk"),
        "nginx": package_version("nginx"),
        "Python": platform.python_version(),
        "FastAPI": package_version("python3-fastapi"),
        "SQLAlchemy": package_version("python3-sqlalchemy"),
        "Pydantic": package_version("python3-pydantic"),
        "uvicorn": package_version("python3-uvicorn"),
        "uvloop": package_version("python3-uvloop") or "-",
        "Node": said_by("node", "--version") or "-",
        "fastify": npm("fastify"),
        "better-sqlite3": npm("better-sqlite3"),
        "Bun": npm("bun"),
    }


def load_average():
    return os.getloadavg()[0]


def stolen_seconds():
    """Time that the host gave to other machines although this one had work, since its start."""
    return int(read("/proc/stat").split("\n", 1)[0].split()[8]) / TICK


def fdatasync_us(folder, count=200):
    """Median time of a 4 KiB overwrite with fdatasync: what the disk itself asks for one commit."""
    path = pathlib.Path(folder) / "sync-probe"
    took = []
    with open(path, "wb") as file:
        file.write(b"\0" * 4096 * count)
        os.fsync(file.fileno())
        for i in range(count):
            os.pwrite(file.fileno(), b"x" * 4096, 4096 * i)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    path.unlink()
    return statistics.median(took) * 1e6
