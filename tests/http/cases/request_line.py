"""Request line: form, version, target forms, methods that are none (RFC 9112 section 3)."""

from suite.language import *

line = Group("request_line")
GROUPS = [line]

NEXT = get("/smuggled", host="smuggled")  # must never be answered


def raw(first_line, *more):
    """A request whose first line is given as bytes, terminator included."""
    return wire(first_line) + b"Host: localhost\r\n" + b"".join(map(wire, more)) + b"\r\n"


line.must("simple", "RFC 9112 2.1: a plain request", get("/"), answered(200))
line.must("css", "RFC 9110 9.3.1: a plain file", get(CSS), answered(200, checks=[has("ETag")]))
line.should(
    "empty_line_before",
    "RFC 9112 2.2: at least one empty line before the request is ignored",
    b"\r\n" + get("/"),
    answered(200),
)
line.harden(
    "two_empty_lines_before",
    "RFC 9112 2.2: 'at least one' CRLF; more may be refused, not hang",
    b"\r\n\r\n" + get("/"),
    answered(200),
    refused(400),
)
line.should(
    "empty_line_between",
    "RFC 9112 2.2: old clients send a CRLF after a body",
    get("/") + b"\r\n" + get(CSS),
    exchange(answer(200), answer(200)),
)
line.must(
    "space_before_first_field",
    "RFC 9112 2.2: whitespace between start line and first field: refuse or drop those lines",
    b"GET / HTTP/1.1\r\n Host: evil\r\nHost: localhost\r\n\r\n",
    refused(400),
    answered(200),
)
line.must(
    "http09",
    "RFC 9112 appendix C.1, 2.3: no version, no HTTP/0.9 answer",
    b"GET /\r\n" + NEXT,
    refused(400, 505),
)
line.must(
    "http09_with_empty_line",
    "RFC 9112 2.3: HTTP-version is not optional",
    b"GET /\r\n\r\n",
    refused(400, 505),
)
line.must(
    "http09_with_host",
    "RFC 9112 3: request-line has three parts",
    b"GET / \r\nHost: localhost\r\n\r\n",
    refused(400, 505),
)

for name, text in {
    "two_spaces_before_target": b"GET  / HTTP/1.1\r\n",
    "two_spaces_before_version": b"GET /  HTTP/1.1\r\n",
    "tab_before_target": b"GET\t/ HTTP/1.1\r\n",
    "tab_before_version": b"GET /\tHTTP/1.1\r\n",
    "vertical_tab": b"GET\x0b/ HTTP/1.1\r\n",
    "form_feed": b"GET /\x0cHTTP/1.1\r\n",
    "space_after_version": b"GET / HTTP/1.1 \r\n",
    "tab_after_version": b"GET / HTTP/1.1\t\r\n",
    "leading_space": b" GET / HTTP/1.1\r\n",
}.items():
    line.contract(
        name,
        "RFC 9112 3: single SP between the parts (word boundaries are only a MAY)",
        raw(text),
        refused(400, 505),
    )

for name, text in {
    "cr_as_separator": b"GET\r/ HTTP/1.1\r\n",
    "bare_cr_in_target": b"GET /\rX HTTP/1.1\r\n",
    "cr_before_crlf": b"GET / HTTP/1.1\r\r\n",
    "bare_cr_ends_line": b"GET / HTTP/1.1\rHost: a\r\n",
}.items():
    line.must(name, "RFC 9112 2.2: a bare CR is invalid", raw(text), refused(400, 505))

line.contract(
    "bare_lf_ends_line",
    "RFC 9112 2.2: LF alone is a MAY; we take it for an attack",
    b"GET / HTTP/1.1\nHost: localhost\r\n\r\n",
    refused(400),
)
line.contract(
    "bare_lf_everywhere",
    "RFC 9112 2.2: LF alone is a MAY; we take it for an attack",
    b"GET / HTTP/1.1\nHost: localhost\n\n",
    refused(400),
)

for name, text in {
    "only_method": b"GET\r\n",
    "method_and_space": b"GET \r\n",
    "no_target": b"GET HTTP/1.1\r\n",
    "no_method": b"/ HTTP/1.1\r\n",
    "four_words": b"GET / HTTP/1.1 x\r\n",
    "space_in_target": b"GET /a b HTTP/1.1\r\n",
    "two_versions": b"GET / HTTP/1.1 HTTP/1.1\r\n",
    "garbage": b"\x01\x02\x03\x04\x05\r\n",
    "nul_first": b"\x00GET / HTTP/1.1\r\n",
    "field_instead": b"Host: localhost\r\n",
}.items():
    line.should(
        name,
        "RFC 9112 2.2, 3: an invalid request line is a 400, and the connection closes",
        raw(text) + NEXT,
        refused(400, 505),
    )

for version, why in {
    "HTTP/1.10": "one digit each",
    "HTTP/01.1": "one digit each",
    "HTTP/1.01": "one digit each",
    "HTTP/1": "a dot and a minor",
    "HTTP/1.": "a minor digit",
    "HTTP/.1": "a major digit",
    "HTTP/1.1x": "nothing behind",
    "HTTP/-1.1": "no sign",
    "HTTP/1,1": "a dot",
    "HTTP/1.1.1": "two digits only",
    "HTTP/ 1.1": "no space",
    "HTTP/a.b": "digits",
    "http/1.1": "case-sensitive",
    "Http/1.1": "case-sensitive",
    "HTTPS/1.1": "the name is HTTP",
    "HTP/1.1": "the name is HTTP",
    "SIP/2.0": "the name is HTTP",
    "HTTP1.1": "a slash",
    "/1.1": "the name is HTTP",
    "HTTP/\uff11.1": "ASCII digits",
}.items():
    line.should(
        f"version_{version.encode('ascii', 'replace').decode()}",
        f"RFC 9112 2.2, 2.3: HTTP-version is exact: {why}",
        raw(b"GET / " + version.encode() + b"\r\n") + NEXT,
        refused(400, 505),
    )
for version in ("HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9"):
    line.must(
        f"version_{version}",
        "RFC 9110 15.6.6: another major version: 505 (or 400)",
        get("/", version=version) + NEXT,
        refused(400, 505),
    )
for version in ("HTTP/1.2", "HTTP/1.9"):
    line.contract(
        f"version_{version}",
        "a minor version that does not exist: 400 or 505, close",
        get("/", version=version) + NEXT,
        refused(400, 505),
    )
line.must(
    "http2_preface",
    "RFC 9113 3.4: the preface looks like a request of HTTP/2.0: no HTTP/2 here",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    refused(400, 505),
)
line.harden(
    "tls_client_hello",
    "a TLS client on the plain port gets an end, not a hang",
    b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\x00" * 165 + b"\r\n\r\n",
    refused(400, 505),
    silently_closed(),
)
line.must(
    "http10",
    "RFC 9112 2.3: answers HTTP/1.0 in its own version's terms, and closes",
    get("/", version="HTTP/1.0"),
    refused(200),
)
line.must(
    "http10_no_host",
    "RFC 9112 3.2: Host is a duty of HTTP/1.1 only",
    get("/", version="HTTP/1.0", host=None),
    refused(200),
)

# --- target forms

for name, target in {
    "absolute": "http://localhost/",
    "absolute_no_path": "http://localhost",
    "absolute_upper_scheme": "HTTP://localhost/",
    "absolute_port": "http://localhost:8000/",
    "absolute_query": "http://localhost/?a=b",
}.items():
    line.must(name, "RFC 9112 3.2.2: absolute-form must be accepted", get(target), answered(200))
line.must(
    "absolute_query_no_path",
    "RFC 9112 3.2.2, RFC 9110 4.2.3: an empty path is '/'",
    get("http://localhost?a=b"),
    answered(200),
    refused(400),
)
line.must(
    "absolute_other_host",
    "RFC 9112 3.2.2: the target's authority replaces Host",
    get("http://localhost/", host="other.example"),
    answered(200),
)
line.must(
    "absolute_without_host",
    "RFC 9112 3.2: Host is required even then",
    get("http://localhost/", host=None),
    refused(400),
)
line.must(
    "absolute_bad_host",
    "RFC 9112 3.2: an invalid Host is a 400 whatever the target says",
    get("http://localhost/", host="a b"),
    refused(400),
)
line.must(
    "absolute_empty_authority",
    "RFC 9110 4.2.1: an empty host must be rejected",
    get("http:///posts"),
    refused(400),
)
line.must(
    "absolute_only_port",
    "RFC 9110 4.2.1: an empty host must be rejected",
    get("http://:80/"),
    refused(400),
)
line.should(
    "absolute_userinfo",
    "RFC 9110 4.2.4: userinfo from an untrusted source is an error",
    get("http://user:pass@localhost/"),
    refused(400),
)
line.harden(
    "absolute_other_scheme",
    "RFC 9110 7.4: not our scheme: refuse or not found, never a proxy",
    get("ftp://localhost/"),
    answered(400, 404, 421, end="any"),
)
line.harden(
    "absolute_https",
    "RFC 9110 7.4: https over plain text may be misdirected, never an error 5xx",
    get("https://localhost/"),
    answered(200, 400, 404, 421, end="any"),
)
line.harden(
    "no_proxy",
    "an origin server must not fetch other sites",
    get("http://192.0.2.1:81/latest/meta-data/", host="192.0.2.1:81"),
    answered(400, 404, 421, end="any"),
)
for name, target in {
    "authority_form": "localhost:80",
    "no_slash": "posts",
    "only_query": "?a=b",
    "backslash": "\\posts",
    "quoted": '"/"',
    "scheme_one_slash": "http:/posts",
    "dot": ".",
    "only_percent": "%2F",
}.items():
    line.must(
        f"target_{name}",
        "RFC 9112 3.2: none of the four forms of a target",
        get(target),
        answered(400, 404, 421, end="any"),
    )
line.must(
    "asterisk_with_get",
    "RFC 9112 3.2.4: '*' is for OPTIONS alone",
    get("*"),
    answered(400, 404, 405, end="any"),
)
line.must(
    "connect",
    "RFC 9110 9.3.6: no tunnel through an origin server",
    request("CONNECT", "localhost:80", host="localhost:80"),
    answered(400, 405, 501, generic=[404], end="any"),
)
line.must(
    "connect_path",
    "RFC 9112 3.2.3: CONNECT takes authority-form only",
    request("CONNECT", "/"),
    answered(400, 405, 501, end="any"),
)
for name, byte in {"nul": 0, "soh": 1, "tab": 9, "esc": 27, "del": 127}.items():
    line.must(
        f"control_in_target_{name}",
        "RFC 9112 3.2: control characters are not part of a target",
        b"GET /a" + bytes([byte]) + b"b HTTP/1.1\r\nHost: localhost\r\n\r\n" + NEXT,
        refused(400, 505, generic=[404]),
    )
for name, data in {"ff": b"\xff", "utf8": "é".encode(), "overlong": b"\xc0\xaf"}.items():
    line.should(
        f"raw_byte_in_target_{name}",
        "RFC 3986 2: targets are ASCII; refuse or not found",
        get(b"/" + data),
        answered(400, 404, end="any"),
    )
line.harden(
    "fragment",
    "RFC 9112 3.2: a fragment is never sent: refuse, ignore or not found",
    get("/#x"),
    answered(200, 400, 404, end="any"),
)

# --- methods that are none

for name, method in {
    "lower_case": "get",
    "mixed_case": "Get",
    "brew": "BREW",
    "longer": "GETX",
    "shorter": "GE",
    "m_search": "M-SEARCH",
    "propfind": "PROPFIND",
}.items():
    line.must(
        f"method_{name}",
        "RFC 9110 9.1: method names are case-sensitive; unknown: 501, 405 or 400",
        request(method, "/"),
        answered(400, 405, 501, end="any"),
    )
for name, method in {
    "at": "G@ET",
    "parenthesis": "GE(T",
    "colon": "GET:",
    "comma": "GET,POST",
    "slash": "GE/T",
    "quote": '"GET"',
    "high_byte": "G\xc9T",
    "brace": "{GET}",
}.items():
    line.must(
        f"method_not_token_{name}",
        "RFC 9110 9.1: a method is a token",
        request(method, "/") + NEXT,
        refused(400, 405, 501),
    )
line.harden(
    "method_8000_letters",
    "RFC 9112 3: a method longer than any known: 501, or a limit",
    request("A" * 8000, "/"),
    answered(400, 405, 414, 431, 501, end="any"),
)
line.must(
    "byte_by_byte",
    "RFC 9112 2.2: TCP segments mean nothing",
    bytewise(get("/"), 0.001),
    answered(200),
)
