"""nginx with deploy/nginx/blogd-cluster.conf as it stands; only addresses and names are ours."""

import getpass
import pathlib
import re
import urllib.request

from processes import Process

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "nginx"
HOST = "blog.example.org"

MAIN = """
user {user}; worker_processes 2; daemon off; pid nginx.pid;
error_log error.log warn;
events {{ worker_connections 4096; }}
http {{
    log_format upstream '$msec $remote_addr "$request" $status $request_time '
                        '$upstream_addr $upstream_status $upstream_response_time';
    access_log access.log upstream;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    include {configuration};
}}
"""


def write(folder, configuration, address, port, targets, micro_cache=False):
    """Makes folder/nginx.conf around a file of deploy/nginx and the small files that it includes.
    `targets`: host:port or unix:path of each blogd. Returns the words that start nginx."""
    own = folder / "blogd"
    own.mkdir(parents=True)
    (folder / "nginx.conf").write_text(
        MAIN.format(user=getpass.getuser(), configuration=DEPLOY / configuration))
    (own / "proxy.conf").symlink_to(DEPLOY / "blogd" / "proxy.conf")
    (own / "listen.conf").write_text(f"listen {address}:{port}; server_name {HOST};\n")
    (own / "listen-default.conf").write_text(f"listen {address}:{port} default_server;\n")
    example = "instances.conf" if configuration == "blogd-cluster.conf" else "instance.conf"
    line = re.search(r"^server \S+?( .*)?;$", (DEPLOY / "blogd" / example).read_text(), re.M)
    (own / example).write_text("".join(f"server {t}{line[1] or ''};\n" for t in targets))
    if micro_cache:
        (own / "micro-cache").mkdir()
        (own / "micro-cache" / "location.conf").symlink_to(DEPLOY / "micro-cache" / "location.conf")
        zone = (DEPLOY / "micro-cache" / "zone.conf").read_text()
        (own / "micro-cache" / "zone.conf").write_text(
            zone.replace("/var/cache/nginx/blogd", str(folder / "cache")))
    return ["nginx", "-e", folder / "error.log", "-p", folder, "-c", folder / "nginx.conf"]


class Nginx:
    def __init__(self, supervisor, network, folder, targets):
        self.address, self.port = network.hub, network.port(80)
        words = write(folder / "nginx", "blogd-cluster.conf", self.address, self.port, targets)
        self.process = Process(supervisor, "nginx", words, folder / "nginx.log")

    def start(self):
        self.process.start()

    def answers(self):
        url = f"http://{self.address}:{self.port}/health"
        request = urllib.request.Request(url, headers={"Host": HOST})
        return urllib.request.urlopen(request, timeout=5).status == 200
