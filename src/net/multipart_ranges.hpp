#pragma once
#include "net/file_tree.hpp"
#include "net/range.hpp"
#include "net/response.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace blog::net {

// A multipart/byteranges body (RFC 9110 14.6) with the given parts of a file of `file_bytes` bytes
// whose type is `type` (static text). At most 64 KiB are in memory at a time; the size is known
// beforehand. The stream ends in an error when the file has become shorter.
Streamed multipart_ranges(FileContent content, std::uint64_t file_bytes, std::string_view type,
                          std::vector<ByteRange> parts);

// The Content-Type of such a body. Its boundary is drawn once a process, so that nobody can upload
// a file that looks like several parts. Static text.
std::string_view multipart_ranges_type();

}  // namespace blog::net
