"""nginx as a peer: blogd's own answers as files, in three configurations.

- nginx-default: as Debian installs it, but for one worker and no access log.
- nginx-best: open_file_cache, no sendfile (best for small files), connections kept for good.
- nginx-return: the body stands in the configuration; no file at all.

Answers carry blogd's header fields, and one of them is cut or padded until the whole head is as
long as blogd's."""

import getpass

OWN_FIELDS = {"date", "server", "content-type", "content-length", "connection", "last-modified",
              "etag", "accept-ranges", "content-encoding", "keep-alive", "transfer-encoding"}
RETURN_BODY_MAX = 3500  # nginx reads no longer word from its configuration than 4 KiB
MISSING = "/missing.json"

DEFAULT = """
user {user}; worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on; tcp_nopush on; types_hash_max_size 2048;
    include /etc/nginx/mime.types; default_type application/octet-stream;
    access_log off; log_not_found off; gzip on;
    {temporary}
    server {{ listen 127.0.0.1:{port}; root {folder}/www; error_page 404 {missing};
{locations}
    }}
}}
"""
BEST = """
user {user}; worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 30000; multi_accept on; }}
http {{
    sendfile off; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 300s;
    include /etc/nginx/mime.types; default_type application/octet-stream;
    access_log off; log_not_found off; gzip_static on; server_tokens off;
    open_file_cache max=1000 inactive=1h; open_file_cache_valid 1h; open_file_cache_errors on;
    {temporary}
    server {{ listen 127.0.0.1:{port}; root {folder}/www; error_page 404 {missing};
{locations}
    }}
}}
"""


def file_path(path):
    """Where blogd's answer to `path` is asked for: "/" would cost nginx a second look-up."""
    return "/home.html" if path == "/" else path


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def copied_fields(answer, adjust):
    """add_header lines; the longest field takes up the difference in size. `adjust`: bytes."""
    fields = [(n, v) for n, v in answer.fields if n.lower() not in OWN_FIELDS and "$" not in v]
    if not fields and adjust > 0:
        fields = [("X-Same-Size", "")]
        adjust -= len("X-Same-Size: \r\n")
    longest = max(range(len(fields)), key=lambda i: len(fields[i][1]), default=None)
    lines = []
    for i, (name, value) in enumerate(fields):
        if i == longest:
            value = value + "x" * adjust if adjust >= 0 else value[:adjust] or "x"
        lines.append(f"add_header {name} {quoted(value)} always;")
    return " ".join(lines)


def location(path, answer, source, adjust):
    kind, _, charset = (answer.field("Content-Type") or "text/plain").partition("; charset=")
    words = [f"types {{ }} default_type {kind};", copied_fields(answer, adjust)]
    if charset:
        words.append(f"charset {charset};")
    return f"        location = {path} {{ {source} {' '.join(words)} }}"


def write(kind, folder, port, pages, adjust):
    """Writes folder/nginx.conf and the files. `pages`: (path, Answer) each; `adjust`:
    bytes by which a head must grow, by path. Returns the words that start nginx."""
    (folder / "www").mkdir(exist_ok=True)
    rows = []
    for path, answer in pages:
        target = MISSING if answer.status == 404 else file_path(path)
        file = folder / "www" / (target.strip("/").replace("/", "-"))
        if answer.field("Content-Encoding") == "gzip":
            file.with_name(file.name + ".gz").write_bytes(answer.body)
            continue
        file.write_bytes(answer.body)
        source = f"alias {file};"
        if kind == "nginx-return" and answer.status == 200:
            if len(answer.body) > RETURN_BODY_MAX:
                continue
            source = f"return 200 {quoted(answer.body.decode())};"
        rows.append(location(target, answer, source, adjust.get(path, 0)))
    temporary = " ".join(f"{name}_temp_path {folder}/tmp-{name};" for name in
                         ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    text = (DEFAULT if kind == "nginx-default" else BEST).format(
        user=getpass.getuser(), folder=folder, port=port, missing=MISSING, temporary=temporary,
        locations="\n".join(rows))
    (folder / "nginx.conf").write_text(text)
    return ["nginx", "-e", folder / "error.log", "-p", folder, "-c", folder / "nginx.conf"]
