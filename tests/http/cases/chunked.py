"""Framing within a chunked body: sizes, line ends, extensions, trailers (RFC 9112 7.1)."""

from suite.language import *

chunks = Group("chunked")
api = Group("chunked_api", api=True)
GROUPS = [chunks, api]

NEXT = get("/smuggled", host="smuggled")


def body(data, target=CSS, method="GET", extra=()):
    return request(method, target, "Transfer-Encoding: chunked", *extra, body=data)


def takes(name, why, data, level="must"):
    getattr(chunks, level)(name, why, body(data), answered(200, end="any"))


def refuses(name, why, data, level="must", *also):
    getattr(chunks, level)(name, why, body(data) + NEXT, refused(400, 413, 431), *also)


WHY_SIZE = "RFC 9112 7.1: chunk-size = 1*HEXDIG"
takes("one", WHY_SIZE, b"5\r\nhello\r\n0\r\n\r\n")
takes("two", WHY_SIZE, b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
takes("none", "RFC 9112 7.1: a body of only the last chunk", b"0\r\n\r\n")
takes("upper_hex", WHY_SIZE, b"A\r\n0123456789\r\n0\r\n\r\n")
takes("lower_hex", WHY_SIZE, b"a\r\n0123456789\r\n0\r\n\r\n")
takes("leading_zeros", WHY_SIZE, b"0005\r\nhello\r\n0\r\n\r\n")
takes("many_zeros_last", "RFC 9112 7.1: last-chunk = 1*('0')", b"5\r\nhello\r\n0000\r\n\r\n")
takes("crlf_as_data", "RFC 9112 7.1: chunk data is any byte", b"4\r\n\r\n\r\n\r\n0\r\n\r\n")
takes("request_as_data", "RFC 9112 7.1: chunk data is any byte", chunk(NEXT) + LAST_CHUNK)
takes("many_small", "RFC 9112 7.1: 2000 chunks of one byte", chunk("x") * 2000 + LAST_CHUNK)
chunks.must(
    "in_pieces",
    "RFC 9112 7.1: segments mean nothing",
    bytewise(body(b"5;a=b\r\nhello\r\n0\r\nX-T: v\r\n\r\n"), 0.001),
    answered(200, end="any"),
)
chunks.must(
    "split_in_size",
    "RFC 9112 7.1: a size may come in two segments",
    [body(b""), b"1", pause(0.1), b"0\r\n" + b"x" * 16 + b"\r", pause(0.1), b"\n0\r\n\r\n"],
    answered(200, end="any"),
)
chunks.must(
    "request_behind",
    "RFC 9112 9.3.2: the next request starts behind the last chunk",
    body(chunk("hello") + LAST_CHUNK) + get("/"),
    exchange(answer(200), answer(200), end="kept"),
    refused(200),
)

for name, ext in {
    "name": ";a",
    "value": ";a=b",
    "quoted": ';a="b"',
    "quoted_semicolon": ';a="b;c"',
    "several": ";a;b=c;d=e",
    "quoted_pair": ';a="b\\"c"',
    "on_last": None,
    "case": ";A=B",
}.items():
    data = b"5\r\nhello\r\n0;a=b\r\n\r\n" if ext is None else chunk("hello", ext) + LAST_CHUNK
    takes(f"extension_{name}", "RFC 9112 7.1.1: unknown chunk extensions must be ignored", data)
for name, ext in {
    "space_before": " ;a=b",
    "space_after": "; a=b",
    "spaces_equals": ";a = b",
    "tab": "\t;a",
}.items():
    chunks.must(
        f"extension_bws_{name}",
        "RFC 9112 7.1.1: bad whitespace: parse it, or be strict",
        body(chunk("hello", ext) + LAST_CHUNK),
        answered(200, end="any"),
        refused(400),
    )

for name, size in {
    "0x": "0x5",
    "0X": "0X5",
    "plus": "+5",
    "minus": "-5",
    "minus_zero": "-0",
    "underscore": "5_",
    "underscore_before": "_5",
    "underscore_inside": "0_5",
    "letter_g": "g",
    "letter_behind": "5g",
    "leading_space": " 5",
    "leading_tab": "\t5",
    "float": "5.0",
    "quoted": '"5"',
    "comma": "5,5",
    "h_suffix": "5h",
    "percent": "%35",
    "fullwidth": "\xef\xbc\x95",
    "nul": "5\0",
    "nul_before": "\x005",
    "vertical_tab": "5\x0b",
    "nbsp": "5\xa0",
    "space_inside": "0 5",
    "colon": "5:a",
    "equals": "5=a",
    "hash": "#5",
    "backslash": "\\5",
}.items():
    refuses(f"size_{name}", WHY_SIZE, wire(size) + b"\r\nhello\r\n0\r\n\r\n")
refuses("size_empty", WHY_SIZE, b"\r\nhello\r\n0\r\n\r\n")
refuses("size_empty_with_extension", WHY_SIZE, b";a=b\r\nhello\r\n0\r\n\r\n")
refuses("size_empty_later", WHY_SIZE, b"5\r\nhello\r\n\r\n\r\n")
chunks.harden(
    "size_trailing_space",
    "no space in the grammar without an extension: strict or trim",
    body(b"5 \r\nhello\r\n0\r\n\r\n"),
    refused(400),
    answered(200, end="any"),
)
for name, size in {
    "2_64_plus_5": f"{2**64 + 5:x}",
    "2_63": f"{2**63:x}",
    "all_f": "f" * 16,
    "seventeen_f": "f" * 17,
    "hundred_f": "f" * 100,
    "2_65_plus_5": f"{2**65 + 5:x}",
    "minus_as_unsigned": "fffffffffffffffb",
}.items():
    refuses(
        f"overflow_{name}",
        "RFC 9112 7.1: recipients must prevent integer overflow",
        wire(size) + b"\r\nhello\r\n0\r\n\r\n",
    )
chunks.contract(
    "size_2_32_plus_5",
    "limit 1 MiB: no wrapping at 32 bits, and no waiting for so much",
    body(b"100000005\r\nhello\r\n0\r\n\r\n") + NEXT,
    refused(400, 413),
)
chunks.harden(
    "size_1000_zeros",
    "1*HEXDIG has no limit; ours may",
    body(b"0" * 1000 + b"5\r\nhello\r\n0\r\n\r\n"),
    refused(400, 413, 431),
    answered(200, end="any"),
)

WHY_END = "RFC 9112 7.1: CRLF and nothing else ends a chunk line (HTTP Garden 22-42)"
for name, data in {
    "size_lf": b"5\nhello\r\n0\r\n\r\n",
    "size_cr": b"5\rhello\r\n0\r\n\r\n",
    "size_cr_x": b"5\rXhello\r\n0\r\n\r\n",
    "size_cr_cr_lf": b"5\r\r\nhello\r\n0\r\n\r\n",
    "data_lf": b"5\r\nhello\n0\r\n\r\n",
    "data_nothing": b"5\r\nhello0\r\n\r\n",
    "data_two_bytes": b"5\r\nhelloXX0\r\n\r\n",
    "data_cr_x": b"5\r\nhello\rX0\r\n\r\n",
    "data_x_lf": b"5\r\nhelloX\n0\r\n\r\n",
    "data_lf_cr": b"5\r\nhello\n\r0\r\n\r\n",
    "data_lf_lf": b"5\r\nhello\n\n0\r\n\r\n",
    "data_too_long": b"3\r\nhello\r\n0\r\n\r\n",
    "data_too_short": b"7\r\nhello\r\n0\r\n\r\n",
    "last_lf": b"5\r\nhello\r\n0\n\r\n",
    "last_lf_lf": b"5\r\nhello\r\n0\n\n",
    "final_lf": b"5\r\nhello\r\n0\r\n\n",
    "final_cr_x": b"5\r\nhello\r\n0\r\n\rX",
    "last_cr": b"5\r\nhello\r\n0\r\r\n",
}.items():
    refuses(f"end_{name}", WHY_END, data)
for name, ext in {
    "lf": b";a\nb",
    "lf_request": b";a\nGET /smuggled HTTP/1.1",
    "bare_cr": b";a\rb",
    "nul": b";a\0b",
    "control": b";a\x01b",
    "del": b";a\x7fb",
    "quoted_lf": b';a="b\nc"',
}.items():
    refuses(
        f"extension_{name}",
        "RFC 9112 7.1.1, CVE-2025-55315: no line end hides in an extension",
        chunk("hello", ext) + LAST_CHUNK,
    )
chunks.harden(
    "extension_long",
    "CVE-2023-39326: chunk lines have a limit",
    body(chunk("hello", b";a=" + b"x" * 70_000) + LAST_CHUNK),
    refused(400, 413, 431),
)
chunks.harden(
    "extension_1_mib",
    "CVE-2023-39326: chunk lines have a limit",
    body(chunk("hello", b";" + b"x" * (1 << 20)) + LAST_CHUNK),
    refused(400, 413, 431),
)
chunks.harden(
    "extension_endless",
    "chunk lines have a limit, also without an end",
    body(b"5;" + b"x" * 200_000),
    refused(400, 413, 431),
)
chunks.harden(
    "extensions_many",
    "CVE-2023-39326: 20,000 extensions of 100 bytes around one byte each",
    body(chunk("x", b";" + b"y" * 100) * 20_000 + LAST_CHUNK),
    refused(400, 413, 431),
    answered(200, end="any"),
)

WHY_TRAILER = "RFC 9112 7.1.2, RFC 9110 6.5.1: trailers are ignored, they are no header fields"
for name, lines in {
    "one": "X-T: v\r\n",
    "empty_value": "X-T:\r\n",
    "several": "X-T: v\r\nX-U: w\r\n",
    "etag": 'ETag: "x"\r\n',
    "content_length": "Content-Length: 500\r\n",
    "content_length_bad": "Content-Length: x\r\n",
    "transfer_encoding": "Transfer-Encoding: chunked\r\n",
    "host": "Host: evil.example\r\n",
    "transfer_encoding_bad": "Transfer-Encoding: gzip\r\n",
    "two_hosts": "Host: a\r\nHost: b\r\n",
    "expect": "Expect: 100-continue\r\n",
    "range": "Range: bytes=0-0\r\n",
    "bad_range": "Range: x\r\n",
    "none_match": "If-None-Match: *\r\n",
    "upgrade": "Upgrade: h2c\r\n",
    "cookie": "Cookie: a=b\r\n",
}.items():
    chunks.must(
        f"trailer_{name}",
        WHY_TRAILER,
        body(chunk("hello") + b"0\r\n" + wire(lines) + b"\r\n"),
        answered(200, end="any"),
        refused(400),
    )
chunks.must(
    "trailer_connection_close",
    WHY_TRAILER + " (Beast 3094)",
    body(chunk("hello") + b"0\r\nConnection: close\r\n\r\n"),
    answered(200, end="any"),
    refused(400),
)
for name, lines in {
    "no_colon": b"X-T\r\n",
    "space_before_colon": b"X-T : v\r\n",
    "empty_name": b": v\r\n",
    "not_token": b"X(T: v\r\n",
    "nul": b"X-T: a\0b\r\n",
    "bare_lf": b"X-T: v\nX-U: w\r\n",
    "bare_cr": b"X-T: a\rb\r\n",
    "control": b"X-T: a\x01b\r\n",
    "request_line": b"GET / HTTP/1.1\r\n",
}.items():
    chunks.harden(
        f"trailer_bad_{name}",
        "RFC 9112 7.1.2: trailer-section = *( field-line CRLF )",
        body(chunk("hello") + b"0\r\n" + lines + b"\r\n") + NEXT,
        refused(400, 431),
        *(
            []
            if b"\n" in lines[:-2]
            else [exchange(answer(200), answer(404, 400, to="GET /smuggled"), end="any")]
        ),
    )
chunks.harden(
    "trailer_bad_fold",
    "RFC 9112 5.2: obs-fold: refuse or a space",
    body(chunk("hello") + b"0\r\nX-T: v\r\n w\r\n\r\n"),
    refused(400, 431),
    answered(200, end="any"),
)
for name, size in {
    "60000": 60_000,
    "65000": 65_000,
    "65534": 65_534,
    "65535": 65_535,
    "65536": 65_536,
    "70000": 70_000,
    "1_mib": 1 << 20,
}.items():
    for part in ("value", "name"):
        line = b"X: " + b"v" * size if part == "value" else b"X" * size + b": v"
        chunks.harden(
            f"trailer_{part}_{name}",
            "Beast 2920: 65,534 bytes abort the process; a limit must hold",
            body(chunk("hello") + b"0\r\n" + line + b"\r\n\r\n"),
            refused(400, 413, 431),
        )
chunks.harden(
    "trailer_endless",
    "a trailer section has a limit, also without an end",
    body(LAST_CHUNK[:-2] + b"X-T: v\r\n" * 40_000),
    refused(400, 413, 431),
)
chunks.harden(
    "trailer_many",
    "a trailer section has a limit: 20,000 lines",
    body(LAST_CHUNK[:-2] + b"a:b\r\n" * 20_000 + b"\r\n"),
    refused(400, 413, 431),
)
chunks.harden(
    "cut_in_data",
    "RFC 9112 8: an incomplete body is not a request",
    [body(b"5\r\nhe"), HALF_CLOSE],
    refused(400),
    silently_closed(),
)
chunks.harden(
    "cut_before_last",
    "RFC 9112 8: an incomplete body is not a request",
    [body(b"5\r\nhello\r\n"), HALF_CLOSE],
    refused(400),
    silently_closed(),
)
chunks.harden(
    "cut_in_trailer",
    "RFC 9112 8: an incomplete body is not a request",
    [body(b"5\r\nhello\r\n0\r\n"), HALF_CLOSE],
    refused(400),
    silently_closed(),
)


def users(data, *extra):
    return post("/api/users", JSON_TYPE, "Transfer-Encoding: chunked", *extra, body=data)


def split_chunks(text, size):
    return b"".join(chunk(text[i : i + size]) for i in range(0, len(text), size)) + LAST_CHUNK


for size in (1, 7, 1000):
    api.must(
        f"created_chunks_of_{size}",
        "RFC 9112 7.1: the chunks are joined",
        users(split_chunks(new_user(), size)),
        answered(201),
    )
api.must(
    "created_with_extensions",
    "RFC 9112 7.1.1: extensions are not data",
    users(chunk(new_user(), ';a="b"') + b"0;x\r\n\r\n"),
    answered(201),
)
api.must(
    "created_bytewise",
    "RFC 9112 7.1: segments mean nothing",
    bytewise(users(split_chunks(new_user(), 16)), 0.001),
    answered(201),
)
api.must(
    "two_pipelined",
    "RFC 9112 9.3.2: a body ends with its last chunk",
    users(split_chunks(new_user(), 9)) + users(split_chunks(new_user(), 9)),
    exchange(answer(201), answer(201)),
)
for name, line in {
    "forwarded_for": "X-Forwarded-For: 192.0.2.1",
    "content_type": "Content-Type: text/plain",
    "content_length": "Content-Length: 3",
    "authorization": "Authorization: Bearer x",
}.items():
    api.must(
        f"trailer_{name}",
        "RFC 9110 6.5.1: a trailer changes nothing (Beast 3042 merges it)",
        users(chunk(new_user()) + b"0\r\n" + wire(line) + b"\r\n\r\n"),
        answered(201, end="any"),
        refused(400),
    )
for name, data in {
    "without_last": chunk(new_user()),
    "without_final_line": chunk(new_user()) + b"0\r\n",
    "without_data_end": chunk(new_user())[:-2],
}.items():
    api.must(
        f"cut_{name}_is_not_executed",
        "RFC 9112 8: an incomplete request must not be processed",
        [users(data), HALF_CLOSE],
        refused(400),
        silently_closed(),
    )
for name, data in {
    "size": b"0x5\r\nhello\r\n0\r\n\r\n",
    "end": b"5\r\nhelloXX0\r\n\r\n",
    "overflow": b"f" * 17 + b"\r\nhello\r\n",
}.items():
    api.contract(
        f"bad_{name}_has_detail",
        "reliability 9.10: a framing error under /api is JSON too",
        users(data) + NEXT,
        refused(400, 413, checks=[detail(".")]),
    )
