"""Content-Length (RFC 9112 6.2 and 6.3, RFC 9110 8.6)."""

from suite.language import *

length = Group("content_length")
api = Group("content_length_api", api=True)
GROUPS = [length, api]

NEXT = get("/smuggled", host="smuggled")


def sized(value, body="hello", method="GET"):
    return request(method, CSS, b"Content-Length:" + wire(value), body=body)


for name, value in {
    "zero": " 0",
    "five": " 5",
    "leading_zeros": " 0005",
    "ows": " \t5\t ",
    "no_space": "5",
}.items():
    length.must(
        f"valid_{name}",
        "RFC 9110 8.6: 1*DIGIT; the body belongs to the request",
        sized(value, "" if name == "zero" else "hello"),
        answered(200, end="any"),
    )
for name, value in {
    "minus": "-5",
    "minus_zero": "-0",
    "plus": "+5",
    "hex": "0x5",
    "hex_letter": "a",
    "float": "5.0",
    "exponent": "5e0",
    "letters": "abc",
    "digits_letters": "5abc",
    "letters_digits": "abc5",
    "space_inside": "5 5",
    "tab_inside": "5\t5",
    "vertical_tab": "\x0b5",
    "form_feed": "5\x0c",
    "nul": "5\0",
    "empty": "",
    "spaces": "   ",
    "quoted": '"5"',
    "semicolon": "5;",
    "underscore": "1_0",
    "comma_after": "5,",
    "comma_before": ",5",
    "list_differs": "5, 6",
    "list_differs_zero": "0, 5",
    "list_nothing": ",",
    "fullwidth": "\xef\xbc\x95",
    "arabic": "\xd9\xa5",
    "nbsp": "\xa05",
    "percent": "%35",
    "bare_cr": "5\r0",
    "equals": "=5",
}.items():
    length.must(
        f"invalid_{name}",
        "RFC 9112 6.3 rule 5: an invalid Content-Length: 400 and close",
        sized(" " + value) + NEXT,
        refused(400),
    )
for name, value in {
    "2_63": 2**63,
    "2_64": 2**64,
    "wraps_to_5": 2**64 + 5,
    "wraps_32_to_5": 2**32 + 5,
    "forty_digits": int("9" * 40),
    "2_63_minus_1": 2**63 - 1,
    "thousand_digits": int("1" * 1000),
}.items():
    length.must(
        f"overflow_{name}",
        "RFC 9110 8.6: anticipate large numbers, prevent overflow",
        sized(f" {value}", method="POST") + NEXT,
        refused(400, 413),
    )
for name, values in {
    "differ": ("5", "6"),
    "differ_zero_first": ("0", "5"),
    "differ_zero_last": ("5", "0"),
    "differ_by_zeros": ("5", "05"),
    "one_invalid": ("5", "abc"),
    "one_empty": ("5", ""),
}.items():
    length.must(
        f"two_fields_{name}",
        "RFC 9112 6.3 rule 5: differing values: 400 and close",
        get(CSS, *[f"Content-Length: {v}" for v in values], body="hello") + NEXT,
        refused(400),
    )
length.must(
    "two_fields_equal",
    "RFC 9112 6.3: equal values: one of them, or 400",
    get(CSS, "Content-Length: 5", "Content-Length: 5", body="hello"),
    refused(400),
    answered(200, end="any"),
)
length.must(
    "list_equal",
    "RFC 9112 6.3: an equal list: one of them, or 400",
    get(CSS, "Content-Length: 5, 5", body="hello"),
    refused(400),
    answered(200, end="any"),
)
length.must(
    "name_case",
    "RFC 9110 5.1: two spellings are one field",
    get(CSS, "Content-Length: 5", "cONTENT-lENGTH: 6", body="hello") + NEXT,
    refused(400),
)
length.must(
    "body_is_no_request",
    "RFC 9112 6: a body that looks like a request is a body",
    get(CSS, body=NEXT.decode()),
    answered(200, end="any"),
)
length.must(
    "shorter_than_sent",
    "RFC 9112 6.3: what is left is the next request, and is garbage",
    get(CSS, "Content-Length: 3", body="abcdef\r\n\r\n"),
    exchange(answer(200), answer(400, 501, to="-"), end="closed"),
    refused(200),
)
length.must(
    "head_with_body",
    "RFC 9112 6.3: the framing of a request does not depend on its method",
    request("HEAD", CSS, body="hello"),
    answered(200, end="any"),
)
length.must(
    "delete_with_body",
    "RFC 9110 9.3.5: no meaning, but a body all the same",
    request("DELETE", CSS, body=NEXT.decode()),
    answered(405, end="any"),
)
length.must(
    "options_with_body",
    "RFC 9110 9.3.7: a body all the same",
    request("OPTIONS", CSS, body=NEXT.decode()),
    answered(200, 204, generic=[405], end="any"),
)
length.must(
    "unknown_path_with_body",
    "RFC 9112 9.3: drain the body or close, never run it",
    get("/nope", body=NEXT.decode()),
    answered(404, end="any"),
)
length.must(
    "post_405_with_body",
    "RFC 9112 9.3: drain the body or close, never run it",
    post(CSS, body=NEXT.decode()),
    answered(405, end="any"),
)
length.must(
    "http10_body",
    "RFC 9112 6.3: Content-Length works in HTTP/1.0",
    get(CSS, body="hello", version="HTTP/1.0"),
    refused(200),
)
length.must(
    "missing_is_empty",
    "RFC 9112 6.3 rule 7: no framing field: no body, no waiting",
    post(CSS),
    answered(405, 411, end="any"),
)
length.must(
    "in_pieces",
    "RFC 9112 6: segments mean nothing",
    bytewise(get(CSS, body="hello"), 0.001),
    answered(200, end="any"),
)
length.must(
    "body_later",
    "RFC 9112 6: the body may come after a while",
    [get(CSS, "Content-Length: 5"), pause(0.2), b"hello"],
    answered(200, end="any"),
)
length.harden(
    "cut_body",
    "RFC 9112 8: an incomplete request: an error, or just the end",
    [post(CSS, "Content-Length: 50", body="hello"), HALF_CLOSE],
    refused(400, 405),
    silently_closed(),
)

for name, value in {
    "negative": "-5",
    "plus": "+5",
    "list": "5, 6",
    "overflow": str(2**64 + 5),
    "empty": "",
}.items():
    api.contract(
        f"{name}_has_detail",
        "reliability 9.10: a framing error under /api is JSON too",
        post("/api/users", JSON_TYPE, f"Content-Length: {value}", body="hello") + NEXT,
        refused(400, 413, checks=[detail(".")]),
    )
api.must(
    "created", "RFC 9110 9.3.3: the whole body reaches the handler", new_user_post(), answered(201)
)
api.must(
    "created_in_pieces",
    "RFC 9112 6: segments mean nothing",
    bytewise(new_user_post(), 0.001),
    answered(201),
)
api.must(
    "created_in_http10",
    "RFC 9112 6.3: Content-Length works in HTTP/1.0",
    new_user_post(version="HTTP/1.0"),
    refused(201),
)
api.must(
    "missing_is_empty",
    "RFC 9112 6.3 rule 7: no framing field: an empty body, at once",
    post("/api/users", JSON_TYPE),
    answered(400, 411, 422, end="any"),
)
api.must(
    "zero", "RFC 9110 8.6: an empty body", post("/api/users", JSON_TYPE, body=""), answered(422)
)
api.must(
    "cut_body_is_not_executed",
    "RFC 9112 8: an incomplete request must not be processed",
    [post("/api/users", JSON_TYPE, "Content-Length: 500", body=new_user()), HALF_CLOSE],
    refused(400),
    silently_closed(),
)
api.must(
    "two_posts_pipelined",
    "RFC 9112 9.3.2: bodies end where they say",
    new_user_post() + new_user_post(),
    exchange(answer(201), answer(201)),
)
api.must(
    "get_with_body",
    "RFC 9110 9.3.1: a body of GET has no meaning but its length",
    get("/api/posts", body=NEXT.decode()),
    answered(200, 400, end="any"),
)
api.must(
    "delete_with_body",
    "RFC 9112 6: the body is not the next request",
    request("DELETE", "/api/posts/999999999", body=NEXT.decode()),
    answered(404, end="any"),
)
