"""The cases, grouped by subject; each module has one or more groups.

timeouts and slow_readers register probes instead, which run with --slow.
"""

from . import (
    api_bodies,
    caching,
    chunked,
    conditional,
    connection,
    content_length,
    expect,
    fields,
    host,
    limits,
    methods,
    paths,
    ranges,
    request_line,
    slow_readers,
    timeouts,
    transfer_encoding,
)

MODULES = (
    request_line,
    host,
    fields,
    content_length,
    transfer_encoding,
    chunked,
    expect,
    connection,
    methods,
    conditional,
    caching,
    ranges,
    paths,
    limits,
    api_bodies,
)


def all_cases():
    return [case for module in MODULES for group in module.GROUPS for case in group.named()]
