#pragma once
#include "error.hpp"
#include "net/file_tree.hpp"
#include "net/request.hpp"
#include "net/response.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace blog::net {

// Who wrote the files decides what a browser may do with them.
enum class Trust : std::uint8_t {
    ours,     // the site's own: served as what they are
    uploads,  // visitors': plain images are shown, all else is downloaded, nothing can run
};

// Serves one tree of files below a URL prefix: GET and HEAD, validators, conditions, ranges,
// caching (RFC 9110 13 and 14, RFC 9111). Constant after construction, any thread.
//
// Files of the disk are opened on the loop, and the connection reads them there too: the files of a
// blog come from the page cache in microseconds, a hop to a thread pool and back costs fifty. A
// body is a piece of an open file, so size is no concern for memory; a cold disk costs one loop
// some milliseconds, and a folder on a network file system is not what this is for.
class StaticFiles {
public:
    // `prefix` is what the URLs begin with: "/static/".
    StaticFiles(std::string prefix, std::unique_ptr<FileTree const> tree, Trust trust,
                Clock const& clock)
        : prefix_(std::move(prefix)), tree_(std::move(tree)), trust_(trust), clock_(clock) {}

    // Answers GET and HEAD. `rest` is the decoded path behind the prefix. nullopt: not found, and
    // what a 404 looks like is the caller's to know. Errc::busy: out of descriptors. Throws
    // std::system_error when the disk fails. Answers of Trust::uploads carry security lines of
    // their own as fixed_lines(); keep those.
    Result<std::optional<Response>> serve(Request const& req, std::string_view rest) const;

    // "/static/css/main.css?v=0123456789ab" for "css/main.css": with that query a client may keep
    // the file for ever. nullopt when there is no such file. `path` is written by us, not by a
    // visitor.
    std::optional<std::string> url(std::string_view path) const;

private:
    std::string prefix_;
    std::unique_ptr<FileTree const> tree_;
    Trust trust_;
    Clock const& clock_;
};

}  // namespace blog::net
