#include "admin/control_client.hpp"

#include "admin/control_place.hpp"
#include "auth/secret.hpp"
#include "config.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blog::admin {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

// A password is told to nobody but root, this user, and whose file it is.
void check_server(Local::socket& socket, ControlPlace const& place) {
    ucred peer{};
    socklen_t size = sizeof peer;
    struct stat file {};
    bool const known =
        ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    bool const owner =
        ::stat(place.database().c_str(), &file) == 0 && known && peer.uid == file.st_uid;
    if (!known || (peer.uid != 0 && peer.uid != ::geteuid() && !owner))
        throw std::runtime_error(place.path() + " belongs to somebody else than " +
                                 place.database() + ": remove it, and see who made it");
}

// True when the server has said how it ended.
bool take_answer(std::string& answer, std::FILE* out) {
    std::string_view rest = answer;
    while (auto const record = take_record(rest)) {
        std::string const text(record->text);
        switch (record->kind) {
            case RecordKind::output:
                if (std::fwrite(text.data(), 1, text.size(), out) != text.size())
                    throw std::runtime_error("cannot write to standard output");
                break;
            case RecordKind::done:
                return true;
            case RecordKind::misused:
                throw ConfigError(text);
            case RecordKind::refused:
                throw std::runtime_error(text);
            default:
                throw ConversationError("the server's answer makes no sense");
        }
    }
    answer.erase(0, answer.size() - rest.size());
    return false;
}

}  // namespace

bool ask_server(std::string const& database_path, Request const& request, std::FILE* out) {
    ControlPlace const place(database_path);
    asio::io_context loop(1);
    Local::socket socket(loop);
    boost::system::error_code ec;
    socket.connect(place.endpoint(), ec);
    if (ec == asio::error::connection_refused || ec == boost::system::errc::not_a_directory ||
        ec == boost::system::errc::no_such_file_or_directory)
        return false;
    if (ec == boost::system::errc::permission_denied)
        throw std::runtime_error(place.path() +
                                 " is for the user whose blogd serves that database, and for root: "
                                 "say this as one of them");
    if (ec) throw std::runtime_error("cannot connect to " + place.path() + ": " + ec.message());
    check_server(socket, place);
    auto bytes = to_bytes(request);
    asio::write(socket, asio::buffer(bytes), ec);
    auth::wipe(bytes);
    std::string answer;
    std::array<char, 16384> chunk;
    while (!take_answer(answer, out)) {
        auto const size = socket.read_some(asio::buffer(chunk), ec);
        if (ec)
            throw std::runtime_error(
                "the server went away, or waited for too long, before it was done: look whether "
                "it was");
        answer.append(chunk.data(), size);
    }
    return true;
}

}  // namespace blog::admin
