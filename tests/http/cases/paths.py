"""Paths: traversal, encodings, redirects, odd ids, odd queries. Nothing is ever a 5xx."""

from suite.language import *

paths = Group("paths")
api = Group("paths_api", api=True)
GROUPS = [paths, api]

SECRETS = [nowhere("root:x:"), nowhere("SQLite format 3")]
for name, target in {
    "plain": "/../../../../etc/passwd",
    "static": "/static/../../../../etc/passwd",
    "encoded_dots": "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "encoded_slash": "/static/..%2f..%2f..%2fetc/passwd",
    "all_encoded": "/static/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "double_encoded": "/static/%252e%252e%252fetc/passwd",
    "backslash": "/static/..\\..\\..\\etc\\passwd",
    "encoded_backslash": "/static/..%5c..%5c..%5cetc/passwd",
    "overlong": "/static/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    "overlong_slash": "/static/..%c0%af..%c0%afetc/passwd",
    "nul": "/static/%00",
    "nul_suffix": "/static/css/main.css%00.html",
    "nul_before": "/static/..%00/etc/passwd",
    "double_slash": "/static//etc/passwd",
    "encoded_absolute": "/static/%2fetc%2fpasswd",
    "dots_inside": "/static/css/../../../../../etc/passwd",
    "four_dots": "/static/....//....//etc/passwd",
    "semicolon": "/static/..;/..;/etc/passwd",
    "media": "/media/../blog.db",
    "media_encoded": "/media/%2e%2e/blog.db",
    "database": "/blog.db",
    "git": "/.git/config",
    "static_git": "/static/../.git/config",
    "proc": "/static/%2e%2e/proc/self/environ",
    "absolute_form": "http://localhost/static/../../etc/passwd",
    "unicode_dots": "/static/\u2025/etc/passwd".encode(),
    "fullwidth_slash": "/static/..%ef%bc%8f..%ef%bc%8fetc/passwd",
    "question": "/static/..%3f/../etc/passwd",
}.items():
    paths.harden(
        f"traversal_{name}",
        "CVE-2023-32235 and its kin: nothing outside the folder, never a 5xx",
        get(target),
        answered(400, 403, 404, 307, checks=SECRETS, end="any"),
    )
for name, target in {"static": "/static/", "css": "/static/css/", "media": "/media/"}.items():
    paths.harden(
        f"no_listing_{name}",
        "ASVS 13.4.3: no directory listing",
        get(target),
        answered(404, 403, checks=[nowhere("Index of")]),
    )
for name, target in {
    "lone_percent": "/%",
    "one_digit": "/%4",
    "not_hex": "/%zz",
    "in_query": "/?a=%zz&%=%",
    "percent_end": "/posts%",
    "percent_ff": "/%ff%fe",
    "surrogate": "/%ed%a0%80",
    "percent_newline": "/a%0d%0ab",
    "percent_tab": "/a%09b",
    "percent_nul": "/a%00b",
    "bom": "/%ef%bb%bf",
    "emoji": "/%F0%9F%98%80",
    "percent_slash": "/%2f",
    "all_bytes": "/" + "".join(f"%{i:02x}" for i in range(256)),
    "dot": "/.",
    "dot_dot": "/..",
    "dot_end": "/posts/.",
    "semicolons": "/;a=b;c",
    "brackets": "/[]{}|^`",
    "quotes": "/'\"<>",
    "equals": "/=&=&",
    "stars": "/***",
    "tilde": "/~root",
    "colon": "/a:b:80",
    "deep": "/a" * 2000,
    "slashes": "/" * 3000,
    "long_segment": "/" + "a" * 5000,
}.items():
    ok = (200, 307, 400, 403, 404, 405, 414, 422)
    paths.harden(
        f"odd_{name}",
        "RFC 3986: refuse or not found, never a 5xx",
        get(target),
        answered(*ok, end="any"),
    )
for name, target in {
    "double_slash": "//evil.example/",
    "double_slash_path": "//evil.example/posts/",
    "backslash": "/\\evil.example/",
    "encoded_slash": "/%2fevil.example/",
    "encoded_slashes": "/%2f%2fevil.example/",
    "encoded_backslash": "/%5cevil.example/",
    "known_behind": "//posts/",
    "tab": "/%09/evil.example/",
    "dots": "/./evil.example/",
    "posts_double": "/posts//evil.example/",
    "userinfo": "/@evil.example/",
    "absolute": "http://localhost//evil.example/",
}.items():
    paths.harden(
        f"open_redirect_{name}",
        "Ghost 9901: a Location must not lead to another host",
        get(target),
        answered(
            200,
            307,
            308,
            301,
            400,
            404,
            end="any",
            checks=[
                lambda a: None
                if not (a.get("Location") or "/x").startswith(("//", "/\\", "\\"))
                else f"Location {a.get('Location')}"
            ],
        ),
    )
for name, target in {
    "crlf": "/posts/1%0d%0aSet-Cookie:%20a=b/",
    "lf": "/posts/1%0aSet-Cookie:a=b/",
    "cr": "/posts/1%0dSet-Cookie:a=b/",
    "query": "/posts/?a=%0d%0aSet-Cookie:%20a=b",
    "utf8_lf": "/posts/%e5%98%8a%e5%98%8dSet-Cookie:a=b/",
    "nul": "/posts/1%00/",
}.items():
    paths.must(
        f"header_injection_{name}",
        "RFC 9110 5.5: no CR, LF, NUL in a field value",
        get(target),
        answered(200, 307, 301, 308, 400, 404, 422, end="any", checks=[lacks("Set-Cookie")]),
    )
paths.must(
    "query_ignored_on_file",
    "RFC 3986 3.4: a file takes no query",
    get(CSS + "?v=1&%zz"),
    answered(200),
)
paths.must("empty_query", "RFC 3986 3.4: an empty query", get("/?"), answered(200))
paths.must(
    "long_query",
    "RFC 9110 4.1: at least 8000 octets SHOULD be taken",
    get("/?" + "a" * 7900),
    answered(200),
)
paths.must(
    "percent_encoded_path",
    "RFC 3986 6.2.2.2: unreserved characters mean the same encoded",
    get("/static/css/m%61in.css"),
    answered(200),
)
paths.must(
    "percent_case",
    "RFC 3986 2.1: hex digits without case",
    get("/static/css/main%2Ecss") + get("/static/css/main%2ecss"),
    exchange(answer(200), answer(200)),
)
paths.must(
    "path_case",
    "RFC 3986 6.2.2.1: paths are case-sensitive",
    get("/STATIC/css/main.css"),
    answered(404),
)

for name, target in {
    "posts": "/posts/",
    "api_posts": "/api/posts/",
    "api_users": "/api/users/",
    "api_post": "/api/posts/1/",
    "double": "/api/posts//",
    "user_posts": "/api/users/1/posts/",
    "page": "/posts/1/",
    "not_an_id": "/api/posts/abc/",
}.items():
    api.contract(
        f"trailing_slash_{name}",
        "contract: 307, relative Location without the slash",
        get(target),
        answered(307, checks=[has("Location", target.rstrip("/"))]),
    )
api.contract(
    "trailing_slash_query",
    "contract: the query stays",
    get("/api/posts/?a=b&c"),
    answered(307, checks=[has("Location", r"/api/posts\?a=b&c")]),
)
api.contract(
    "trailing_slash_post",
    "contract: 307 keeps method and body; the body is read over",
    post("/api/posts/", JSON_TYPE, body='{"title":"t"}'),
    answered(307, checks=[has("Location", "/api/posts")], end="any"),
)
api.contract(
    "trailing_slash_unknown",
    "contract: no redirect to what is not there",
    get("/api/nope/"),
    answered(404),
)
for name, ident in {
    "zero": "0",
    "minus": "-1",
    "2_31": str(2**31),
    "2_63_less": str(2**63 - 1),
    "2_63": str(2**63),
    "2_64": str(2**64),
    "minus_2_63": str(-(2**63)),
    "minus_2_63_1": str(-(2**63) - 1),
    "2_64_plus_1": str(2**64 + 1),
    "100_digits": "9" * 100,
    "4300_digits": "9" * 4300,
    "4301_digits": "9" * 4301,
    "7000_digits": "1" * 7000,
    "leading_zeros": "0000000999999999",
    "plus": "%2B999999999",
    "underscore": "999_999_999",
    "float": "999999999.0",
}.items():
    api.contract(
        f"id_{name}",
        "contract: 404 (or 422 beyond 4300 digits), never 5xx",
        get(f"/api/posts/{ident}"),
        answered(404, 422),
    )
for name, ident in {
    "letters": "abc",
    "hex": "0x10",
    "exponent": "1e3",
    "empty_encoded": "%20",
    "nul": "1%00",
    "slash": "1%2F2",
    "unicode_digit": "%d9%a1",
    "fullwidth": "%ef%bc%91",
    "quote": "1'--",
    "sql": "1%20OR%201=1",
    "nan": "NaN",
    "inf": "Infinity",
    "invalid_utf8": "%ff",
    "surrogate": "%ed%a0%80",
    "list": "1,2",
    "brace": "%7Bpost_id%7D",
    "minus_zero": "-0",
    "spaces": "%20999999999%20",
}.items():
    for where in ("/api/posts/", "/api/users/", "/posts/"):
        api.contract(
            f"id_{name}_{where.strip('/').replace('/', '_')}",
            "contract: 422, 404 or the record, never 5xx",
            get(where + ident),
            answered(200, 404, 422, 400, 307),
        )
for name, query in {
    "skip_letters": "skip=abc",
    "skip_minus": "skip=-1",
    "limit_zero": "limit=0",
    "limit_101": "limit=101",
    "limit_empty": "limit=",
    "skip_2_63": f"skip={2**63}",
    "skip_2_64": f"skip={2**64}",
    "skip_4400": "skip=" + "9" * 4400,
    "both_bad": "skip=x&limit=y",
    "twice": "skip=0&skip=x",
    "float": "skip=1.5",
    "nul": "skip=%00",
    "bad_percent": "skip=%zz",
    "invalid_utf8": "skip=%ff",
    "only_signs": "&&&==&=;&",
    "plus": "skip=+1",
    "array": "skip[]=1",
    "utf8": "skip=%e2%98%83",
    "unknown": "order=title;drop",
    "1000_pairs": "&".join(f"a{i}=b" for i in range(1000)),
    "same_1000": "&".join(["skip=1"] * 1000),
    "skip_max": f"skip={2**63 - 1}&limit=100",
}.items():
    api.contract(
        f"query_{name}",
        "contract: 200, 404 or 422 with a detail, never 5xx",
        get(f"/api/posts?{query}"),
        answered(200, 404, 422),
    )
api.contract(
    "prefix_apifoo",
    "contract: a path that starts with /api gets JSON errors",
    get("/apifoo"),
    answered(404, checks=[detail("Not Found")]),
)
api.contract(
    "not_found_json",
    'contract: {"detail":"Not Found"}',
    get("/api/nope"),
    answered(404, checks=[detail("^Not Found$")]),
)
api.contract(
    "not_found_html",
    "contract: an HTML page outside /api",
    get("/nope"),
    answered(404, checks=[body_has("404")]),
)
api.contract(
    "api_case", "RFC 3986 6.2.2.1: paths are case-sensitive", get("/API/posts"), answered(404)
)
api.contract(
    "percent_in_route",
    "RFC 3986 6.2.2.2: unreserved characters mean the same encoded",
    get("/%61pi/p%6Fsts"),
    answered(200),
)
