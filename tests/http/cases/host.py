"""Host (RFC 9112 3.2, RFC 9110 7.2) and that nothing is built from it."""

from suite.language import *

host = Group("host")
reflect = Group("host_reflection", api=True)
GROUPS = [host, reflect]

NEXT = get("/smuggled", host="smuggled")

host.must("missing", "RFC 9112 3.2: no Host in HTTP/1.1: 400", get("/", host=None), refused(400))
host.must(
    "missing_in_http10",
    "RFC 9112 3.2: HTTP/1.0 may do without",
    get("/", host=None, version="HTTP/1.0"),
    refused(200),
)
host.must(
    "missing_on_options_asterisk",
    "RFC 9112 3.2: every HTTP/1.1 request",
    request("OPTIONS", "*", host=None),
    refused(400),
)
for name, lines in {
    "twice_equal": ("Host: localhost", "Host: localhost"),
    "twice_different": ("Host: localhost", "Host: evil.example"),
    "twice_case": ("Host: localhost", "hOST: localhost"),
    "twice_apart": ("Host: localhost", "Accept: */*", "X-A: b", "Host: localhost"),
    "twice_one_empty": ("Host: localhost", "Host:"),
    "thrice": ("Host: a", "Host: a", "Host: a"),
}.items():
    host.must(
        f"{name}",
        "RFC 9112 3.2: more than one Host field line: 400",
        get("/", *lines, host=None) + NEXT,
        refused(400),
    )
host.must(
    "twice_in_http10",
    "RFC 9112 3.2: 'any request message'",
    get("/", "Host: a", "Host: b", host=None, version="HTTP/1.0"),
    refused(400),
)
for name, value in {
    "space": "a b",
    "userinfo": "user@host",
    "backslash": "a\\b",
    "question": "x?y",
    "hash": "x#y",
    "slash": "a/b",
    "url": "http://localhost/",
    "list": "localhost, evil.example",
    "port_letters": "localhost:http",
    "port_twice": "localhost:80:80",
    "port_sign": "localhost:+80",
    "port_space": "localhost: 80",
    "open_bracket": "[::1",
    "after_bracket": "[::1]x",
    "bracket_no_address": "[]",
    "bracket_bad_address": "[g::1]",
    "less": "a<b",
    "quote": 'a"b',
    "percent": "a%",
    "percent_zz": "a%zz",
    "caret": "a^b",
    "pipe": "a|b",
    "brace": "a{b}",
    "backtick": "a`b",
    "high_byte": "h\xf6st",
    "utf8": "h\xc3\xb6st",
    "raw_ipv6": "::1",
    "tab_inside": "a\tb",
}.items():
    host.must(
        f"invalid_{name}",
        "RFC 9112 3.2: an invalid field value (RFC 3986 3.2.2): 400",
        get("/", host=value) + NEXT,
        refused(400),
    )
host.must(
    "invalid_in_http10",
    "RFC 9112 3.2: 'any request message'",
    get("/", host="a b", version="HTTP/1.0"),
    refused(400),
)
host.harden(
    "port_too_large",
    "RFC 3986 3.2.3 has no limit, TCP has: accepted or 400",
    get("/", host="localhost:99999999"),
    answered(200),
    refused(400),
)
host.harden(
    "control_nul",
    "RFC 9110 5.5: NUL in a value",
    get("/", host="local\x00host") + NEXT,
    refused(400),
)
host.harden(
    "empty",
    "RFC 9112 3.2: empty is for targets without authority; 400 or accepted",
    get("/", host=""),
    answered(200),
    refused(400),
)
host.harden(
    "very_long",
    "longer than a DNS name: a limit or accepted, no crash",
    get("/", host="a" * 4000),
    answered(200),
    refused(400, 431),
)
for name, value in {
    "name": "blog.example.com",
    "upper_case": "BLOG.Example.COM",
    "ipv4_port": "127.0.0.1:8000",
    "ipv6": "[::1]",
    "ipv6_port": "[2001:db8::1]:8000",
    "trailing_dot": "localhost.",
    "empty_port": "localhost:",
    "punycode": "xn--bcher-kva.example",
    "digits": "1",
    "hyphen": "a-b.example",
}.items():
    host.must(
        f"valid_{name}",
        'RFC 3986 3.2.2: a valid uri-host [":" port]',
        get("/", host=value),
        answered(200),
    )
for name, value in {
    "underscore": "a_b.example",
    "percent_encoded": "a%2db",
    "ipvfuture": "[v1.a]",
}.items():
    host.harden(
        f"unusual_{name}",
        "RFC 3986 3.2.2 allows it; refusing is careful",
        get("/", host=value),
        answered(200),
        refused(400),
    )
for name, spacing in {
    "spaces": ("  ", "  "),
    "tabs": ("\t", "\t"),
    "none": ("", ""),
    "tab_and_space": (" \t ", "\t "),
}.items():
    host.must(
        f"ows_{name}",
        "RFC 9112 5.1: OWS around a value is not part of it",
        get("/", f"Host:{spacing[0]}localhost{spacing[1]}", host=None),
        answered(200),
    )
host.must(
    "space_before_colon",
    "RFC 9112 5.1: whitespace before the colon: 400",
    get("/", "Host : localhost", host=None),
    refused(400),
)
host.must(
    "only_in_trailing_fold",
    "RFC 9112 5.2: obs-fold is refused or a space",
    get("/", "Host: local\r\n host", host=None),
    refused(400),
)

EVIL = "evil.example"
for name, target in {
    "posts_slash": "/posts/",
    "api_slash": "/api/posts/",
    "query": "/posts/?a=b",
    "static": "/static",
}.items():
    reflect.contract(
        f"redirect_{name}",
        "reset poisoning class: Location is relative, Host never reflected",
        get(target, host=EVIL),
        answered(307, 308, 301, 404 if name == "static" else 307, checks=[nowhere(EVIL)]),
    )
reflect.contract(
    "redirect_target_is_relative",
    "contract: 307 to the path without the slash",
    get("/posts/", host=EVIL),
    answered(307, checks=[has("Location", r"/posts")]),
)
reflect.contract(
    "redirect_absolute_form",
    "RFC 9112 3.2.2: the authority is not reflected either",
    get(f"http://{EVIL}/posts/", host=EVIL),
    answered(307, checks=[nowhere(EVIL), has("Location", r"/posts")]),
)
for name, target in {
    "home": "/",
    "posts": "/posts",
    "missing": "/nope",
    "openapi": "/openapi.json",
}.items():
    reflect.contract(
        f"page_{name}",
        "absolute links come from the configuration, never from Host",
        get(target, host=EVIL),
        answered(200, 404, checks=[nowhere(EVIL)]),
    )
reflect.contract(
    "x_forwarded_host",
    "X-Forwarded-Host is believed nowhere",
    get(
        "/posts/",
        f"X-Forwarded-Host: {EVIL}",
        "X-Forwarded-Proto: https",
        "X-Original-URL: /evil",
        f"X-Host: {EVIL}",
    ),
    answered(307, checks=[nowhere(EVIL), has("Location", r"/posts")]),
)
reflect.contract(
    "refusal_does_not_echo",
    "an error page repeats nothing of the bad value",
    get("/", host="<script>alert(1)</script>"),
    refused(400, checks=[nowhere("<script>a")]),
)
