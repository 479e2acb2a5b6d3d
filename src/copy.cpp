#include "copy.hpp"

#include "config.hpp"
#include "copy_progress.hpp"
#include "db/copy.hpp"

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace blog {

namespace {

// What `flag` says: a URL of PostgreSQL, or a file's path. No message repeats the text, which may
// have a password in it.
db::StoreOptions store_of(std::string_view flag, std::string_view url) {
    db::StoreOptions options;
    if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
        options.postgres.url = url;
        return options;
    }
    if (url.starts_with("sqlite:"))
        url.remove_prefix(7);
    else if (auto const end = url.find("://"); end != url.npos)
        throw ConfigError(std::string(flag) + ": '" + std::string(url.substr(0, end)) +
                          "://' is not known; write postgresql://... or the path of a SQLite file");
    if (url.empty() || url == ":memory:")
        throw ConfigError(std::string(flag) + ": write a file's path or postgresql://...");
    options.path = url;
    return options;
}

// Takes the value of `flag` off the words ("--from X" or "--from=X"); nothing when the first word
// is another one.
std::optional<std::string_view> take_value(std::string_view flag,
                                           std::span<char const* const>& words) {
    std::string_view word = words.front();
    if (!word.starts_with(flag)) return std::nullopt;
    word.remove_prefix(flag.size());
    if (word.starts_with('=')) {
        words = words.subspan(1);
        return word.substr(1);
    }
    if (!word.empty()) return std::nullopt;
    if (words.size() < 2)
        throw ConfigError(std::string(flag) + ": say a " +
                          (flag.starts_with("--media") ? "folder" : "URL") + " behind it");
    std::string_view const value = words[1];
    words = words.subspan(2);
    return value;
}

std::string folder_of(std::string_view flag, std::string_view folder) {
    if (folder.empty()) throw ConfigError(std::string(flag) + ": write a folder's path");
    return std::string(folder);
}

db::CopyOptions options_of(std::span<char const* const> words) {
    std::optional<db::StoreOptions> from, to;
    std::string media = "media";
    std::optional<std::string> media_to;
    db::CopyOptions options;
    while (!words.empty()) {
        std::string_view const word = words.front();
        if (auto const url = take_value("--from", words)) {
            from = store_of("--from", *url);
        } else if (auto const folder = take_value("--media", words)) {
            media = folder_of("--media", *folder);
        } else if (auto const second = take_value("--media-to", words)) {
            media_to = folder_of("--media-to", *second);
        } else if (auto const other = take_value("--to", words)) {
            to = store_of("--to", *other);
        } else if (word == "--replace" || word == "--strict") {
            (word == "--replace" ? options.replace : options.strict) = true;
            words = words.subspan(1);
        } else {
            throw ConfigError(
                "copy takes --from URL, --to URL, --media DIR, --media-to DIR, --replace and "
                "--strict, not '" +
                std::string(word.substr(0, word.find('='))) + "'");
        }
    }
    if (!from || !to)
        throw ConfigError(std::string("copy: say ") + (from ? "--to" : "--from") +
                          " URL as well: postgresql://... or the path of a SQLite file");
    std::error_code ignored;
    if (from->postgres.url.empty() && to->postgres.url.empty() &&
        std::filesystem::equivalent(from->path, to->path, ignored))
        throw ConfigError("--from and --to are the same file: write another path");
    options.from = *from;
    options.to = *to;
    options.from.media = media;
    options.to.media = media_to.value_or(media);
    return options;
}

void print_pictures(db::CopyReport::Pictures const& pictures, db::StoreOptions const& from) {
    if (pictures.moved > 0)
        std::printf("%lld profile pictures, %.1f MB, are the same on both sides\n",
                    static_cast<long long>(pictures.moved),
                    static_cast<double>(pictures.bytes) / 1e6);
    auto const folder = from.media + "/profile_pics";
    if (pictures.missing > 0)
        std::fprintf(stderr, "blogd: pictures missing in %s: %lld (their users keep the names)\n",
                     from.postgres.url.empty() ? folder.c_str() : "the database",
                     static_cast<long long>(pictures.missing));
    if (pictures.left_behind > 0)
        std::fprintf(stderr,
                     "blogd: pictures left behind: %lld (a file's name is of letters, digits, '.', "
                     "'_' and '-', and begins with no '.'; their users keep the names)\n",
                     static_cast<long long>(pictures.left_behind));
}

double seconds(std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
}

void print(db::CopyReport const& report) {
    std::int64_t rows = 0;
    for (auto const& table : report.tables) {
        rows += table.rows;
        std::printf("%-22s %12lld rows, checksum %s on both sides\n",
                    std::string(table.name).c_str(), static_cast<long long>(table.rows),
                    table.checksum.c_str());
    }
    if (report.dates_respelled > 0)
        std::printf("%lld dates are spelled YYYY-MM-DD HH:MM:SS.ffffff now, and are the same\n",
                    static_cast<long long>(report.dates_respelled));
    auto const all = seconds(report.copying + report.finishing + report.verifying);
    std::printf(
        "copied and verified %lld rows in %.1f s: %.1f s to copy (%.0f rows/s), %.1f s for indexes "
        "and totals, %.1f s to verify\n",
        static_cast<long long>(rows), all, seconds(report.copying),
        static_cast<double>(rows) / std::max(seconds(report.copying), 0.001),
        seconds(report.finishing), seconds(report.verifying));
}

}  // namespace

int copy(std::span<char const* const> args) {
    auto const options = options_of(args);
    Log log({.events = "-", .access = "off", .level = LogLevel::error});
    SystemClock const clock;
    CopyProgressLine progress;
    auto const report = db::copy_database(options, clock, log, progress);
    print(report);
    print_pictures(report.pictures, options.from);
    return 0;
}

}  // namespace blog
