"""Bodies that reach the handlers: whatever they hold, success or a 4xx with a detail."""

import json

from suite.language import *

bodies = Group("api_bodies", api=True)
GROUPS = [bodies]

FINE = (200, 201, 400, 404, 415, 422)


def user(body, *fields, kind=JSON_TYPE):
    return post("/api/users", *([kind] if kind else []), *fields, body=body)


def with_name(raw):
    """A valid e-mail and a username of these raw JSON bytes."""
    email = json.loads(new_user())["email"]
    return b'{"email":"' + email.encode() + b'","username":' + wire(raw) + b"}"


WHY_JSON = "contract 4.1: 422 json_invalid, or 400 'There was an error parsing the body'"
for name, body in {
    "open_brace": "{",
    "open_string": '{"a',
    "comma": '{"a":1,}',
    "trailing": '{"a":1} x',
    "single_quotes": "{'a':1}",
    "word": "tru",
    "minus": "-",
    "space": " ",
    "control": '{"a":"\n"}',
    "bad_escape": '{"a":"\\q"}',
    "short_unicode": '{"a":"\\u12"}',
    "comment": "/**/{}",
    "two": "{}{}",
    "nul": "\0",
    "leading_zero": "01",
    "plus": "+1",
    "hex": "0x10",
    "dot": ".5",
    "brackets_mixed": "[}",
    "just_comma": ",",
    "bom_twice": "\xef\xbb\xbf\xef\xbb\xbf{}",
    "unquoted": "{a:1}",
}.items():
    bodies.contract(f"json_invalid_{name}", WHY_JSON, user(body), answered(400, 422))
for name, body in {
    "array": "[]",
    "string": '"x"',
    "number": "1",
    "true": "true",
    "null": "null",
    "float": "1.5",
    "empty": "",
    "nan": "NaN",
    "infinity": "-Infinity",
    "huge_exponent": "1e999999",
    "deep_empty": '{"":{"":{}}}',
}.items():
    bodies.contract(f"not_an_object_{name}", "contract 4.2: 422", user(body), answered(400, 422))
for name, body in {
    "arrays_1000": "[" * 1000,
    "arrays_closed": "[" * 5000 + "]" * 5000,
    "arrays_500000": "[" * 500_000,
    "objects": '{"a":' * 5000,
    "objects_closed": '{"a":' * 5000 + "1" + "}" * 5000,
    "mixed": '[{"a":' * 100_000,
    "in_field": '{"username":' + "[" * 20_000 + "]" * 20_000 + "}",
}.items():
    bodies.contract(
        f"depth_{name}",
        "contract head table: deep JSON is refused, no stack overflow",
        user(body),
        answered(400, 422),
    )
for name, value in {
    "digits_5000": "1" * 5000,
    "digits_500000": "1" * 500_000,
    "exponent": "1e400",
    "fraction": "0." + "1" * 10_000,
    "minus_zero": "-0",
    "2_64": str(2**64),
    "nan": "NaN",
    "infinity": "Infinity",
    "null": "null",
    "true": "true",
    "array": "[]",
    "object": "{}",
    "surrogate_high": '"\\ud800"',
    "surrogate_low": '"\\udc00"',
    "surrogates_swapped": '"\\udc00\\ud800"',
    "raw_surrogate": '"\xed\xa0\x80"',
    "invalid_utf8": '"\xff\xfe"',
    "overlong": '"\xc0\xaf"',
    "cut_utf8": '"\xe2\x98"',
    "beyond_unicode": '"\xf4\x90\x80\x80"',
    "nul_escape": '"a\\u0000b"',
    "noncharacter": '"\\uffff"',
    "bidi": '"\\u202e"',
    "combining_50": '"' + "\\u0301" * 50 + '"',
    "emoji_51": '"' + "\\ud83d\\ude00" * 51 + '"',
    "long": '"' + "x" * 100_000 + '"',
    "escapes_long": '"' + "\\u0041" * 20_000 + '"',
}.items():
    bodies.contract(
        f"username_{name}",
        "contract 4.2: 422, 400 or a user, never 5xx",
        user(with_name(value)),
        answered(*FINE),
    )
for name, value in {
    "2_63": str(2**63),
    "2_64": str(2**64),
    "minus": "-1",
    "zero": "0",
    "float": "1.5",
    "float_whole": "999999999.0",
    "string": '"999999999"',
    "exponent": "1e3",
    "big_exponent": "1e300",
    "null": "null",
    "true": "true",
    "array": "[1]",
    "digits_5000": "9" * 5000,
    "nan": "NaN",
    "string_2_64": f'"{2**64}"',
    "string_5000": '"' + "9" * 5000 + '"',
}.items():
    bodies.contract(
        f"user_id_{name}",
        "contract 4.2: 422 or 404, never 5xx",
        post("/api/posts", JSON_TYPE, body='{"title":"t","content":"c","user_id":' + value + "}"),
        answered(400, 404, 422, *([201] if name == "true" else [])),
    )
for name, email in {
    "no_at": "plain",
    "two_ats": "a@b@c.com",
    "long": "a" * 3000 + "@b.com",
    "ip": "a@[127.0.0.1]",
    "punycode": "a@xn--a.com",
    "emoji": "a@\U0001f600.com",
    "nul": "a\0@b.com",
    "angle": "<script>@b.com",
    "dots": "." * 100 + "@b.com",
    "labels": "a@" + "b." * 2000 + "com",
    "rtl": "a@\u202e.com",
    "header": "a@b.com\r\nBcc: x@y.com",
    "quoted": '"a b"@c.com',
    "combining": "a@" + "\u0301" * 300 + ".com",
}.items():
    bodies.contract(
        f"email_{name}",
        "contract 4.3: 422 with a reason, never 5xx",
        user(json.dumps({"username": json.loads(new_user())["username"], "email": email})),
        answered(400, 422),
    )
for name, kind in {
    "text": "Content-Type: text/plain",
    "none": None,
    "form": "Content-Type: application/x-www-form-urlencoded",
    "multipart": "Content-Type: multipart/form-data",
    "multipart_boundary": "Content-Type: multipart/form-data; boundary=x",
    "utf16": "Content-Type: application/json; charset=utf-16",
    "suffix": "Content-Type: application/problem+json",
    "upper": "Content-Type: APPLICATION/JSON",
    "garbage": "Content-Type: \xff;;;=",
    "empty": "Content-Type:",
    "semicolons": "Content-Type: application/json;;;;",
    "long": "Content-Type: application/json; x=" + "y" * 5000,
    "not_json": "Content-Type: application/jsonx",
    "two": "Content-Type: application/json, text/plain",
}.items():
    bodies.contract(
        f"content_type_{name}",
        "contract 4: 201 or 422, never 5xx",
        user(new_user(), kind=kind),
        answered(201, 400, 415, 422),
    )
for name, coding in {"gzip": "gzip", "identity": "identity", "unknown": "x", "empty": ""}.items():
    bodies.contract(
        f"content_encoding_{name}",
        "RFC 9110 15.5.16: 415, or the bytes as they are",
        user(new_user(), f"Content-Encoding: {coding}"),
        answered(201, 400, 415, 422, end="any"),
    )
for name, body in {
    "utf8_bom": b"\xef\xbb\xbf" + new_user().encode(),
    "utf16": new_user().encode("utf-16"),
    "utf32": new_user().encode("utf-32"),
    "utf16_be": new_user().encode("utf-16-be"),
}.items():
    bodies.contract(
        f"encoding_{name}",
        "json.loads guesses; 201, 400 or 422",
        user(body),
        answered(201, 400, 422),
    )
bodies.contract(
    "duplicate_keys",
    "contract 4: the last wins",
    user(b'{"username":1,' + new_user().encode()[1:]),
    answered(201),
)
bodies.contract(
    "many_keys",
    "unknown keys are ignored, however many",
    user("{" + ",".join(f'"k{i}":{i}' for i in range(20_000)) + "," + new_user()[1:]),
    answered(201),
)
bodies.contract(
    "same_key_20000",
    "no quadratic time",
    user("{" + '"a":1,' * 20_000 + new_user()[1:]),
    answered(201),
)
bodies.contract(
    "mass_assignment",
    "ASVS 15.3.3: only listed keys",
    user('{"id":1,"is_admin":true,"password_hash":"x",' + new_user()[1:]),
    answered(201),
)
bodies.contract(
    "sql_in_name",
    "values are data",
    user(with_name("\"x'); DROP TABLE users;-- " + json.loads(new_user())["username"] + '"')),
    answered(201),
)
bodies.contract(
    "patch_null",
    "contract: 422 or ignored, never 500",
    request("PATCH", "/api/posts/999999999", JSON_TYPE, body='{"title":null,"content":null}'),
    answered(404, 422),
)
for method, target in (
    ("PUT", "/api/posts/999999999"),
    ("PATCH", "/api/users/999999999"),
    ("PATCH", "/api/posts/999999999"),
):
    for name, body in {
        "empty": "",
        "broken": "{",
        "list": "[]",
        "deep": "[" * 5000,
        "latin1": '{"title":"\xe9"}',
    }.items():
        bodies.contract(
            f"{method.lower()}_{target.split('/')[2]}_{name}",
            "contract: 400, 404 or 422 with a detail",
            request(method, target, JSON_TYPE, body=body),
            answered(400, 404, 422),
        )
bodies.contract(
    "delete_missing",
    "contract: 404",
    request("DELETE", "/api/posts/999999999"),
    answered(404, checks=[detail("^Post not found$")]),
)
bodies.contract(
    "delete_user_missing",
    "contract: 404",
    request("DELETE", "/api/users/999999999"),
    answered(404, checks=[detail("^User not found$")]),
)
bodies.contract(
    "missing_fields_listed",
    "contract 4.1: all errors at once, type, loc, msg",
    user("{}"),
    answered(422, checks=[detail('"username"'), detail('"email"'), detail('"missing"')]),
)
bodies.contract(
    "created_type",
    "contract: application/json without charset",
    user(new_user()),
    answered(201, checks=[has("Content-Type", "application/json")]),
)
