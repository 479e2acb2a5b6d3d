"""Header fields: names, values, whitespace, folding (RFC 9112 5, RFC 9110 5.5 and 5.6)."""

from suite.language import *

fields = Group("fields")
proxy = Group("proxy_fields", api=True)
GROUPS = [fields, proxy]

NEXT = get("/smuggled", host="smuggled")


def with_line(data):
    return b"GET / HTTP/1.1\r\nHost: localhost\r\n" + wire(data) + b"\r\n\r\n" + NEXT


for name, data in {
    "space": "X-A : b",
    "tab": "X-A\t: b",
    "content_length": "Content-Length : 5",
    "transfer_encoding": "Transfer-Encoding : chunked",
    "many": "X-A    : b",
}.items():
    fields.must(
        f"whitespace_before_colon_{name}",
        "RFC 9112 5.1: refuse with 400",
        with_line(data),
        refused(400),
    )
for name, data in {
    "space": "X-A: b\r\n c",
    "tab": "X-A: b\r\n\tc",
    "empty": "X-A: b\r\n ",
    "content_length": "X-A: b\r\n Content-Length: 5",
    "spaces_only_line": "X-A: b\r\n   \r\nX-B: c",
}.items():
    fields.must(
        f"obs_fold_{name}",
        "RFC 9112 5.2: 400, or each fold replaced by a space",
        with_line(data)[: -len(NEXT)],
        refused(400),
        answered(200),
    )
fields.must(
    "obs_fold_in_content_length",
    "RFC 9112 5.2: '1 SP 0' is no number",
    post("/", "Content-Length: 1\r\n 0", body="0123456789") + NEXT,
    refused(400),
)
fields.must(
    "obs_fold_in_transfer_encoding",
    "RFC 9112 5.2: 400, or a space, then it is chunked",
    get(CSS, "Transfer-Encoding:\r\n chunked", body=LAST_CHUNK),
    refused(400),
    answered(200, end="any"),
)
fields.should(
    "no_colon",
    "RFC 9112 2.2, 5: field-line = name ':' value",
    with_line("not a field"),
    refused(400),
)
fields.should(
    "no_colon_token",
    "RFC 9112 2.2, 5: a name alone is no field line",
    with_line("X-Token"),
    refused(400),
)
fields.should(
    "empty_name",
    "RFC 9112 2.2, RFC 9110 5.1: a name has at least one character",
    with_line(": b"),
    refused(400),
)
fields.should(
    "only_colon",
    "RFC 9112 2.2, RFC 9110 5.1: a name has at least one character",
    with_line(":"),
    refused(400),
)
for name, data in {
    "space": "X A: b",
    "parenthesis": "X(A: b",
    "at": "X@A: b",
    "slash": "X/A: b",
    "quote": 'X"A: b',
    "bracket": "[X]: b",
    "brace": "{X}: b",
    "semicolon": "X;A: b",
    "comma": "X,A: b",
    "equals": "X=A: b",
    "question": "X?A: b",
    "backslash": "X\\A: b",
    "less": "<X>: b",
    "high_byte": "X\xe9: b",
    "nbsp": "X\xa0: b",
    "control": "X\x01: b",
    "del": "X\x7f: b",
}.items():
    fields.should(
        f"name_not_token_{name}",
        "RFC 9112 2.2, RFC 9110 5.1: a field name is a token: 400",
        with_line(data),
        refused(400),
    )
fields.must(
    "name_nul",
    "RFC 9110 5.1: a field name is a token",
    with_line("Content-Length\0: 5"),
    refused(400),
)
fields.must(
    "value_nul",
    "RFC 9110 5.5: CR, LF, NUL: refuse or replace by a space",
    with_line("X-A: b\0c")[: -len(NEXT)],
    refused(400),
    answered(200),
)
fields.contract(
    "value_nul_refused",
    "reliability 4.4 (Envoy CVE-2019-9900): refuse NUL",
    with_line("X-A: b\0c"),
    refused(400),
)
fields.must(
    "value_bare_cr",
    "RFC 9110 5.5, RFC 9112 2.2: refuse or replace by a space",
    with_line("X-A: b\rc")[: -len(NEXT)],
    refused(400),
    answered(200),
)
fields.must(
    "value_bare_cr_hides_field",
    "RFC 9112 2.2: a bare CR never ends a line",
    post(CSS, "X-A: b\rTransfer-Encoding: chunked", "Content-Length: 5", body="0\r\n\r\n"),
    refused(400),
    answered(405, end="any"),
)
fields.contract(
    "value_bare_lf_hides_field",
    "RFC 9112 2.2: LF alone ends no line of ours",
    get("/", "X-A: b\nTransfer-Encoding: chunked", body=LAST_CHUNK) + NEXT,
    refused(400),
)
fields.contract(
    "line_ends_with_lf",
    "RFC 9112 2.2: LF alone ends no line of ours",
    b"GET / HTTP/1.1\r\nHost: localhost\nX-A: b\r\n\r\n",
    refused(400),
)
fields.contract(
    "head_ends_with_lf",
    "RFC 9112 2.2: LF alone ends no head of ours",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\n" + NEXT,
    refused(400),
)
fields.must(
    "cr_cr_lf",
    "RFC 9112 2.2: the first CR is bare",
    with_line("X-A: b\r")[: -len(NEXT)],
    refused(400),
    answered(200),
)
fields.must(
    "lf_cr",
    "RFC 9112 2.2: LF CR is no line end",
    b"GET / HTTP/1.1\r\nHost: localhost\n\rX-A: b\r\n\r\n",
    refused(400),
)
for name, byte in {"soh": 1, "bs": 8, "vt": 11, "ff": 12, "esc": 27, "us": 31, "del": 127}.items():
    fields.contract(
        f"value_control_{name}",
        "RFC 9110 5.5: other controls are invalid as well",
        with_line(b"X-A: b" + bytes([byte]) + b"c"),
        refused(400),
    )
for name, value in {
    "obs_text": b"X-A: caf\xe9 \xff\x80",
    "utf8": "X-A: ünï ☃ 😀".encode(),
    "tab_inside": b"X-A: b\tc",
    "empty": b"X-A:",
    "spaces": b"X-A:      ",
    "colons": b"X-A: a:b::c",
    "quotes": b'X-A: "b, \\"c"',
    "commas": b"X-A: ,,, ,",
    "long_whitespace": b"X-A:" + b" " * 2000 + b"b" + b" \t" * 1000,
    "long_name": b"X-" + b"a" * 1000 + b": b",
    "all_token_characters": b"!#$%&'*+-.^_`|~0aZ: b",
}.items():
    fields.must(
        f"valid_{name}",
        "RFC 9110 5.5 (and RFC 9112 5): valid, must be accepted",
        get("/", value),
        answered(200),
    )
fields.must(
    "name_case",
    "RFC 9110 5.1: names are compared without case",
    request("GET", CSS, "cONTENT-lENGTH: 5", "hOsT: localhost", host=None, body="hello"),
    answered(200, end="any"),
)
fields.must(
    "underscore_is_another_name",
    "RFC 9110 5.1: Content_Length is not Content-Length",
    get("/", "Content_Length: 5", "Transfer_Encoding: chunked"),
    answered(200),
)
fields.must(
    "repeated_unknown",
    "RFC 9110 5.3: repeated fields are a list",
    get("/", *["X-A: b"] * 20),
    answered(200),
)
fields.must(
    "accept_anything",
    "RFC 9110 12: negotiation fields never break a request",
    get(
        "/",
        "Accept: ,;q=,*/*;q=9",
        "Accept-Language: \xff",
        "Accept-Charset: ;;;",
        "Accept-Encoding: gzip;q=1.0000, *;q=0, identity;q=0, ;",
    ),
    answered(200, 406, 415),
)
fields.must(
    "upgrade_ignored",
    "RFC 9110 7.8: a server may ignore Upgrade",
    get("/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
    answered(200),
)
fields.must(
    "websocket_ignored",
    "RFC 9110 7.8: a server may ignore Upgrade",
    get(
        "/",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ),
    answered(200),
)
fields.harden(
    "authorization_garbage",
    "parts 5-9 know no login: ignored, never an error",
    get("/", "Authorization: \xff Bearer ,,,"),
    answered(200),
)
fields.harden(
    "cookie_garbage",
    "cookies of others are ignored",
    get("/", "Cookie: ;;;=;a;\x80=\xff;" + "x=y;" * 500),
    answered(200),
)
fields.harden(
    "method_override",
    "a method override field is not obeyed",
    get("/", "X-HTTP-Method-Override: DELETE", "X-Method-Override: DELETE"),
    answered(200),
)

FORWARDED = {
    "x_forwarded_for": "X-Forwarded-For: 192.0.2.1",
    "forwarded": "Forwarded: for=192.0.2.1",
    "lower_case": "x-forwarded-for: 192.0.2.1",
    "loopback": "X-Forwarded-For: 127.0.0.1",
    "garbage": "X-Forwarded-For: \xff, unknown, _x, [::1",
    "list": "X-Forwarded-For: 127.0.0.1, 192.0.2.1, 127.0.0.1",
}
for name, line in FORWARDED.items():
    proxy.contract(
        f"write_{name}",
        "contract: open accounts take no write that came through a proxy",
        new_user_post(line),
        answered(403, checks=[detail("accounts")], end="any"),
    )
proxy.contract(
    "write_two_lines",
    "RFC 9110 5.3: two lines are one list; still a proxy",
    new_user_post("X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: 192.0.2.1"),
    answered(403, end="any"),
)
proxy.contract(
    "write_named_in_connection",
    "RFC 9110 7.6.1: a hop-by-hop trick does not hide it",
    new_user_post("Connection: X-Forwarded-For", "X-Forwarded-For: 192.0.2.1"),
    answered(403, end="any"),
)
for name, line in FORWARDED.items():
    proxy.contract(
        f"read_{name}", "reading is open to everybody", get("/api/posts", line), answered(200)
    )
for method, target in (
    ("PUT", "/api/posts/1"),
    ("PATCH", "/api/posts/1"),
    ("DELETE", "/api/posts/1"),
    ("PATCH", "/api/users/1"),
    ("DELETE", "/api/users/1"),
    ("POST", "/api/posts"),
):
    proxy.contract(
        f"{method.lower()}{target.replace('/', '_')}",
        "contract: every write, not only POST",
        request(
            method,
            target,
            JSON_TYPE,
            "X-Forwarded-For: 192.0.2.1",
            body='{"title":"t","content":"c","user_id":1}',
        ),
        answered(403, end="any"),
    )
