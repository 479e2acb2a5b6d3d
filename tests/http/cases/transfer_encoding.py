"""Transfer-Encoding: exactly one field `chunked`, or refuse (RFC 9112 6.1, 6.3; Beast 1.81 is wrong
in twelve of these, see its issues 3096, 3098, 3100)."""

from suite.language import *

te = Group("transfer_encoding")
api = Group("transfer_encoding_api", api=True)
GROUPS = [te, api]

SMUGGLED = LAST_CHUNK + get("/smuggled", host="smuggled")


def coded(value, *more, target=CSS, method="GET", version="HTTP/1.1"):
    """A request with that coding and, behind its body, another request."""
    line = b"Transfer-Encoding:" + wire(value)
    return request(method, target, line, *more, body=SMUGGLED, version=version)


for name, value in {
    "plain": " chunked",
    "capital": " Chunked",
    "upper": " CHUNKED",
    "mixed": " cHuNkEd",
    "no_space": "chunked",
    "ows": " \t chunked \t",
}.items():
    te.must(
        f"valid_{name}",
        "RFC 9112 7: coding names are compared without case; OWS is trimmed",
        get(CSS, f"Transfer-Encoding:{value}", body=chunk("hello") + LAST_CHUNK),
        answered(200, end="any"),
    )

UNKNOWN = {
    "xchunked": "xchunked",
    "chunkedx": "chunkedx",
    "chunk": "chunk",
    "identity": "identity",
    "gzip": "gzip",
    "deflate": "deflate",
    "compress": "compress",
    "br": "br",
    "trailers": "trailers",
    "chunked_gzip": "chunked, gzip",
    "chunked_identity": "chunked, identity",
    "identity_chunked": "identity, chunked",
    "gzip_chunked": "gzip, chunked",
    "chunked_chunked": "chunked, chunked",
    "two_words": "chunked chunked",
    "split_word": "chun ked",
    "comma_before": ",chunked",
    "comma_after": "chunked,",
    "comma_space": " , chunked",
    "only_comma": ",",
    "double_quoted": '"chunked"',
    "single_quoted": "'chunked'",
    "parameter": "chunked;q=1",
    "parameter_space": "chunked; a=b",
    "bare_semicolon": "chunked;",
    "weight_zero": "chunked;q=0",
    "empty": "",
    "spaces": "   ",
    "nbsp": "\xa0chunked",
    "nbsp_after": "chunked\xa0",
    "utf8_nbsp": "\xc2\xa0chunked",
    "bom": "\xef\xbb\xbfchunked",
    "zero": "0",
    "equals": "=chunked",
    "underscore": "_chunked",
    "slash": "x/chunked",
    "parentheses": "(chunked)",
    "brackets": "[chunked]",
    "long_s": "chun\xc5\xbfked",
    "kelvin": "chun\xe2\x84\xaaed",
}
for name, value in UNKNOWN.items():
    te.must(
        f"refused_{name}",
        "RFC 9112 6.1, 6.3 rule 4: not just chunked: 400 or 501, and close",
        coded(" " + value),
        refused(400, 501),
    )
for name, value in {
    "vertical_tab": "\x0bchunked",
    "vertical_tab_after": "chunked\x0b",
    "form_feed": "\x0cchunked",
    "nul": "chunked\0",
    "nul_before": "\0chunked",
    "bare_cr": "\rchunked",
    "bare_cr_after": "chunked\r",
    "backspace": "\x08chunked",
    "del": "chunked\x7f",
}.items():
    te.must(
        f"control_{name}",
        "RFC 9110 5.5: a control character in a framing field: 400 and close",
        coded(" " + value),
        refused(400, 501),
    )
for name, values in {
    "chunked_chunked": ("chunked", "chunked"),
    "chunked_identity": ("chunked", "identity"),
    "identity_chunked": ("identity", "chunked"),
    "chunked_gzip": ("chunked", "gzip"),
    "gzip_chunked": ("gzip", "chunked"),
    "chunked_empty": ("chunked", ""),
    "empty_chunked": ("", "chunked"),
    "chunked_x": ("chunked", "x"),
    "case": ("chunked", "CHUNKED"),
}.items():
    te.must(
        f"two_fields_{name}",
        "RFC 9110 5.3, RFC 9112 6.1: two lines are one list; chunked once",
        get(CSS, *[f"Transfer-Encoding: {v}" for v in values], body=SMUGGLED),
        refused(400, 501),
    )
te.must(
    "two_spellings",
    "RFC 9110 5.1: two spellings are one field",
    get(CSS, "Transfer-Encoding: chunked", "tRANSFER-eNCODING: identity", body=SMUGGLED),
    refused(400, 501),
)
te.must(
    "space_before_colon",
    "RFC 9112 5.1: 400",
    get(CSS, "Transfer-Encoding : chunked", body=SMUGGLED),
    refused(400),
)
te.must(
    "tab_before_colon",
    "RFC 9112 5.1: 400",
    get(CSS, "Transfer-Encoding\t: chunked", "Content-Length: 5", body=SMUGGLED),
    refused(400),
)
te.must(
    "folded_away",
    "RFC 9112 5.2: a folded line is no field: 400, or part of the value before",
    get(CSS, "X-A: b\r\n Transfer-Encoding: chunked", "Content-Length: 5", body=LAST_CHUNK),
    refused(400),
    answered(200, end="any"),
)
te.must(
    "folded_list",
    "RFC 9112 5.2: 'chunked , identity'",
    get(CSS, "Transfer-Encoding: chunked\r\n , identity", body=SMUGGLED),
    refused(400, 501),
)
te.must(
    "folded_word",
    "RFC 9112 5.2: 'chun ked'",
    get(CSS, "Transfer-Encoding: chun\r\n ked", body=SMUGGLED),
    refused(400, 501),
)
te.must(
    "name_with_nul",
    "RFC 9110 5.1: no token",
    get(CSS, "Transfer-Encoding\0: chunked", body=SMUGGLED),
    refused(400),
)
te.must(
    "name_with_prefix_byte",
    "RFC 9110 5.1: no token",
    get(CSS, "\x00Transfer-Encoding: chunked", body=SMUGGLED),
    refused(400),
)
te.must(
    "other_name",
    "RFC 9110 5.1: Transfer-Encoding2 and X-Transfer-Encoding mean nothing",
    get(CSS, "Transfer-Encoding2: chunked", "X-Transfer-Encoding: chunked", body=LAST_CHUNK),
    answered(200, end="any"),
)
te.must(
    "te_field_is_another",
    "RFC 9110 10.1.4: TE says what the client takes, not what it sends",
    get("/", "TE: chunked, trailers, gzip;q=0.5", "Connection: TE"),
    answered(200),
)

for name, lines in {
    "te_cl": ("Transfer-Encoding: chunked", "Content-Length: 5"),
    "cl_te": ("Content-Length: 5", "Transfer-Encoding: chunked"),
    "cl_zero": ("Content-Length: 0", "Transfer-Encoding: chunked"),
    "cl_right": ("Content-Length: 5", "X-A: b", "Transfer-Encoding: Chunked"),
    "cl_huge": ("Content-Length: 99999999999", "Transfer-Encoding: chunked"),
}.items():
    te.must(
        f"with_length_{name}",
        "RFC 9112 6.1: refuse, or chunked wins and the connection closes",
        get(CSS, *lines, body=SMUGGLED),
        refused(400),
        refused(200),
    )
    te.contract(
        f"with_length_refused_{name}",
        "both together are a smuggling attempt: 400",
        get(CSS, *lines, body=SMUGGLED),
        refused(400),
    )
for name, value in {
    "gzip": "gzip",
    "identity": "identity",
    "xchunked": "xchunked",
    "empty": "",
}.items():
    te.must(
        f"with_length_{name}",
        "RFC 9112 6.3: the length must not win over a bad coding (Beast 3098)",
        get(CSS, f"Transfer-Encoding: {value}", "Content-Length: 5", body=SMUGGLED),
        refused(400, 501),
    )
te.must(
    "http10",
    "RFC 9112 6.1: Transfer-Encoding in HTTP/1.0: faulty framing; close (Beast 3096)",
    coded(" chunked", version="HTTP/1.0"),
    refused(400, 501),
    refused(200),
)
te.contract(
    "http10_refused",
    "Transfer-Encoding in HTTP/1.0: 400",
    coded(" chunked", version="HTTP/1.0"),
    refused(400),
)
te.contract(
    "http10_keep_alive",
    "Transfer-Encoding in HTTP/1.0: 400, and no keep-alive",
    coded(" chunked", "Connection: keep-alive", version="HTTP/1.0"),
    refused(400),
)
for method in ("HEAD", "DELETE", "PUT", "OPTIONS"):
    te.must(
        f"refused_with_{method.lower()}",
        "RFC 9112 6.3: framing does not depend on the method",
        coded(" xchunked", method=method),
        refused(400, 501),
    )
te.must(
    "refused_on_unknown_path",
    "RFC 9112 6.3: framing comes before routing",
    coded(" xchunked", target="/nope"),
    refused(400, 501),
)
te.must(
    "head_chunked",
    "RFC 9112 6.3: framing does not depend on the method",
    request("HEAD", CSS, "Transfer-Encoding: chunked", body=chunk("hello") + LAST_CHUNK),
    answered(200, end="any"),
)
te.must(
    "post_405_chunked",
    "RFC 9112 9.3: drain the body or close, never run it",
    post(CSS, "Transfer-Encoding: chunked", body=chunk(get("/smuggled")) + LAST_CHUNK),
    answered(405, end="any"),
)

for name in ("xchunked", "identity", "gzip", "chunked_chunked", "double_quoted", "empty", "nbsp"):
    api.contract(
        f"{name}_has_detail",
        "reliability 9.10: a framing error under /api is JSON too",
        post(
            "/api/users",
            JSON_TYPE,
            f"Transfer-Encoding: {UNKNOWN[name]}",
            body=chunk(new_user()) + SMUGGLED,
        ),
        refused(400, 501, checks=[detail(".")]),
    )
api.contract(
    "with_length_has_detail",
    "reliability 9.10: a framing error under /api is JSON too",
    post(
        "/api/users",
        JSON_TYPE,
        "Transfer-Encoding: chunked",
        "Content-Length: 4",
        body=chunk(new_user()) + LAST_CHUNK,
    ),
    refused(400, checks=[detail(".")]),
)
api.must(
    "created",
    "RFC 9112 7.1: a chunked body is a body",
    new_user_post("Transfer-Encoding: chunked", body=chunk(new_user()) + LAST_CHUNK),
    answered(201),
)
api.must(
    "created_upper_case",
    "RFC 9112 7: coding names are compared without case",
    new_user_post("Transfer-Encoding: CHUNKED", body=chunk(new_user()) + LAST_CHUNK),
    answered(201),
)
