"""blogd behind nginx with the configuration of deploy/, with and without its micro-cache: what one
request costs nginx, and what it costs blogd. Both are on the servers' core."""

import contextlib
import getpass
import shutil
import time

from contestants import blogd_words
from generators import wrk
from servers import Server, free_port

MAIN = """
user {user}; worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off; keepalive_requests 1000000000;
    {temporary}
    include {deploy}/blogd.conf;
}}
"""


def write(bench, folder, port, behind, micro_cache):
    """Makes folder/nginx.conf around deploy/nginx/blogd.conf. Returns what starts nginx."""
    deploy = bench.repository / "deploy" / "nginx"
    own = folder / "blogd"
    own.mkdir(parents=True)
    temporary = " ".join(f"{name}_temp_path {folder}/tmp-{name};" for name in
                         ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(MAIN.format(
        user=getpass.getuser(), folder=folder, temporary=temporary, deploy=deploy))
    shutil.copyfile(deploy / "blogd" / "proxy.conf", own / "proxy.conf")
    (own / "listen.conf").write_text(f"listen 127.0.0.1:{port}; server_name 127.0.0.1;\n")
    (own / "listen-default.conf").write_text(f"listen 127.0.0.1:{port} default_server;\n")
    (own / "instance.conf").write_text(f"server 127.0.0.1:{behind};\n")
    if micro_cache:
        shutil.copytree(deploy / "micro-cache", own / "micro-cache")
        zone = own / "micro-cache" / "zone.conf"
        zone.write_text(zone.read_text().replace("/var/cache/nginx/blogd", str(folder / "cache")))
    return ["nginx", "-e", folder / "error.log", "-p", folder, "-c", folder / "nginx.conf"]


@contextlib.contextmanager
def both(bench, text):
    """(nginx, blogd), new."""
    folder = bench.work / "front"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copyfile(bench.seeds.path(bench.posts), folder / "blog.db")
    behind, port = free_port(), free_port()
    blogd = Server("blogd", folder, behind, blogd_words(bench, "blogd", folder, behind))
    words = write(bench, folder / "nginx", port, behind, text == "proxy-micro")
    nginx = Server("nginx", folder / "nginx", port, words)
    try:
        blogd.start()
        yield nginx.start(), blogd
    finally:
        nginx.stop()
        blogd.stop()


def load(bench, case, text):
    """cpu_us is nginx's, blogd_cpu_us is blogd's, both for one answer of nginx."""
    path = bench.path_of(case, bench.posts)
    with both(bench, text) as (nginx, blogd):
        wrk(bench, nginx, path, case.connections, seconds=1)
        cpu, began = blogd.cpu_seconds(), time.monotonic()
        said, values = wrk(bench, nginx, path, case.connections)
        cpu, wall = blogd.cpu_seconds() - cpu, time.monotonic() - began
    values["busy"] += cpu / wall
    return values | {"blogd_cpu_us": cpu * 1e6 / max(said["requests"], 1),
                     "wrong_status": said["status_errors"]}
