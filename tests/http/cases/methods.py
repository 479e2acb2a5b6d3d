"""HEAD, OPTIONS, TRACE, 405 and Allow (RFC 9110 section 9 and 15.5.6)."""

from suite.language import *

files = Group("methods")
api = Group("methods_api", api=True)
GROUPS = [files, api]

PAGES = {"home": "/", "css": CSS}
ROUTES = {
    "posts_page": "/posts",
    "api_posts": "/api/posts",
    "health": "/health",
    "openapi": "/openapi.json",
    "api_post_missing": "/api/posts/999999999",
    "api_user_missing": "/api/users/999999999",
    "page_missing": "/posts/999999999",
    "nowhere": "/nope",
    "api_nowhere": "/api/nope",
    "not_an_id": "/api/posts/abc",
    "redirect": "/posts/",
    "api_redirect": "/api/posts/",
    "page_object": "/api/posts?skip=0&limit=5",
    "media_missing": "/media/nope.jpg",
}
MAY_DIFFER = {"date", "transfer-encoding", "content-length", "connection"}


def same_head(answers):
    """GET and HEAD: same status, same fields; a length, if said, is the body's."""
    g, h = answers
    if g.status != h.status:
        return f"GET {g.status}, HEAD {h.status}"
    of = [{(n.lower(), v) for n, v in a.fields if n.lower() not in MAY_DIFFER} for a in (g, h)]
    if of[0] != of[1]:
        return f"fields differ: {sorted(of[0] ^ of[1])}"
    said = h.get("Content-Length")
    if said is not None and int(said) != len(g.body):
        return f"HEAD says Content-Length {said}, GET has {len(g.body)} bytes"
    return None


def head_like_get(group, name, target):
    group.must(
        f"head_{name}",
        "RFC 9110 9.3.2: HEAD is GET without the body",
        get(target) + request("HEAD", target),
        exchange(
            answer(200, 307, 404, 422),
            answer(200, 307, 404, 422, to=f"HEAD {target}"),
            check=same_head,
        ),
    )


for name, target in PAGES.items():
    head_like_get(files, name, target)
for name, target in ROUTES.items():
    head_like_get(api, name, target)
files.should(
    "head_says_length",
    "RFC 9110 8.6: HEAD tells the length of a file",
    request("HEAD", CSS),
    answered(200, checks=[has("Content-Length", "[1-9][0-9]*")]),
)
files.must(
    "options_asterisk",
    "RFC 9110 9.3.7, RFC 9112 3.2.4: about the server as a whole",
    request("OPTIONS", "*"),
    answered(200, 204),
)
files.harden(
    "options_asterisk_http10",
    "RFC 9112 3.2.4: the same in HTTP/1.0",
    request("OPTIONS", "*", version="HTTP/1.0"),
    refused(200, 204, 400),
)
files.must(
    "options_asterisk_absolute",
    "RFC 9112 3.2.4: authority without path is '*' for OPTIONS",
    request("OPTIONS", "http://localhost"),
    answered(200, 204, 400, generic=[405], end="any"),
)
files.must(
    "delete_file_405_with_allow",
    "RFC 9110 15.5.6: 405 must carry Allow",
    request("DELETE", CSS),
    answered(405, checks=[says("Allow", "GET")]),
)
files.must(
    "post_file_405_with_allow",
    "RFC 9110 15.5.6: 405 must carry Allow",
    post(CSS, body=""),
    answered(405, checks=[says("Allow", "GET")], end="any"),
)
files.should(
    "put_unknown",
    "RFC 9110 15.5.5: what is not there is 404, or 405 for all of it",
    request("PUT", "/nope", body="x"),
    answered(404, 405, end="any"),
)
files.must(
    "trace_is_off",
    "ASVS 13.4.4: TRACE never echoes",
    request("TRACE", "/", "Cookie: secret=42"),
    answered(405, 501, generic=[400], checks=[nowhere("secret=42")], end="any"),
)
files.must(
    "trace_with_body",
    "RFC 9110 9.3.8: TRACE has no body, ours has a length all the same",
    request("TRACE", "/", body="hello"),
    answered(400, 405, 501, end="any"),
)

ALLOW = {
    "home": ("/", "GET HEAD OPTIONS"),
    "posts_page": ("/posts", "GET HEAD OPTIONS"),
    "css": (CSS, "GET HEAD OPTIONS"),
    "api_posts": ("/api/posts", "GET HEAD POST OPTIONS"),
    "api_users": ("/api/users", "POST OPTIONS"),
    "api_post": ("/api/posts/1", "GET HEAD PUT PATCH DELETE OPTIONS"),
    "api_user": ("/api/users/1", "GET HEAD PATCH DELETE OPTIONS"),
    "api_user_posts": ("/api/users/1/posts", "GET HEAD OPTIONS"),
    "post_page": ("/posts/1", "GET HEAD OPTIONS"),
    "user_page": ("/users/1/posts", "GET HEAD OPTIONS"),
    "health": ("/health", "GET HEAD OPTIONS"),
    "openapi": ("/openapi.json", "GET HEAD OPTIONS"),
}


def allows(methods):
    """Allow names these and no others."""
    wanted = set(methods.lower().split())

    def check(a):
        said = set(a.tokens("Allow"))
        return None if said == wanted else f"Allow is {a.get('Allow')!r}, wanted {methods}"

    return check


for name, (target, methods) in ALLOW.items():
    api.contract(
        f"options_{name}",
        "contract: OPTIONS on a known path: 204 with all its methods",
        request("OPTIONS", target),
        answered(204, checks=[allows(methods)]),
    )
    for method in ("TRACE", "PUT", "DELETE", "PATCH", "POST", "GET", "HEAD"):
        if method not in methods.split():
            api.must(
                f"{method.lower()}_{name}",
                "RFC 9110 15.5.6: 405 with Allow of the whole path",
                request(method, target),
                answered(405, checks=[allows(methods)], end="any"),
            )
            if method != "TRACE":
                break
api.contract(
    "options_asterisk_204", "contract: OPTIONS * is 204", request("OPTIONS", "*"), answered(204)
)
api.contract(
    "options_unknown", "what is not there is 404", request("OPTIONS", "/api/nope"), answered(404)
)
api.contract(
    "options_with_body",
    "RFC 9110 9.3.7: a body is read over",
    request("OPTIONS", "/api/posts", JSON_TYPE, body="{}"),
    answered(204, end="any"),
)
api.contract(
    "options_preflight",
    "ASVS 3.4.2: no CORS is granted to other sites",
    request(
        "OPTIONS",
        "/api/posts",
        "Origin: https://evil.example",
        "Access-Control-Request-Method: POST",
    ),
    answered(204, checks=[lacks("Access-Control-Allow-Origin")]),
)
api.contract(
    "no_cors_on_get",
    "ASVS 3.4.2: no CORS is granted to other sites",
    get("/api/posts", "Origin: https://evil.example"),
    answered(200, checks=[lacks("Access-Control-Allow-Origin")]),
)
api.contract(
    "unknown_method_on_api",
    "RFC 9110 9.1: 400, 405 or 501, with a detail",
    request("BREW", "/api/posts"),
    answered(400, 405, 501, end="any"),
)
api.contract(
    "connect_on_api",
    "RFC 9110 9.3.6: no tunnel",
    request("CONNECT", "/api/posts"),
    answered(400, 405, 501, end="any"),
)
api.must(
    "error_405_is_json",
    'contract: {"detail":"Method Not Allowed"}',
    request("DELETE", "/api/posts"),
    answered(405, checks=[detail("^Method Not Allowed$")]),
)
