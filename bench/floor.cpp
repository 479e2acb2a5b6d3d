// The floor: what one loop of Asio costs a request when nothing is done with it. One thread, every
// request is answered with the same bytes, and nothing of it is looked at but its end.
#include "async.hpp"
#include "command_line.hpp"
#include "net/http_date.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

namespace blog::bench {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

struct Options {
    std::uint16_t port = 0;
    std::size_t bytes = 0;
    std::string file, type;
};

std::string body_of(Options const& options) {
    if (options.file.empty()) return std::string(options.bytes, 'x');
    std::ifstream in(options.file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + options.file);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string answer_of(std::string_view body, std::string_view type) {
    auto const now = std::chrono::floor<net::Seconds::duration>(std::chrono::system_clock::now());
    std::string out = "HTTP/1.1 200 OK\r\nDate: ";
    out += net::view(net::to_http_date(now));
    out.append("\r\nContent-Type: ").append(type);
    out.append("\r\nContent-Length: ").append(std::to_string(body.size()));
    return out.append("\r\n\r\n").append(body);
}

// Reads, answers, reads again. Owned by the handler of whatever is under way, so it ends with the
// connection.
class Connection {
public:
    using Self = std::unique_ptr<Connection>;

    Connection(tcp::socket socket, std::string const& answer)
        : socket_(std::move(socket)), answer_(answer) {}

    static void read(Self self) {
        auto& c = *self;
        auto const room = asio::buffer(c.input_.data() + c.filled_, c.input_.size() - c.filled_);
        c.socket_.async_read_some(
            room, [self = std::move(self)](error_code ec, std::size_t size) mutable {
                if (ec || !self->take(size)) return;
                self->owed_ > 0 ? answer(std::move(self)) : read(std::move(self));
            });
    }

private:
    static void answer(Self self) {
        auto& c = *self;
        asio::async_write(c.socket_, asio::buffer(c.answer_),
                          [self = std::move(self)](error_code ec, std::size_t) mutable {
                              if (ec) return;
                              --self->owed_;
                              self->owed_ > 0 ? answer(std::move(self)) : read(std::move(self));
                          });
    }

    // Counts the requests that end in what has come; keeps the start of the one that does not.
    // False when that one leaves no room for the rest of it.
    bool take(std::size_t size) {
        filled_ += size;
        std::string_view rest(input_.data(), filled_);
        for (auto end = rest.find("\r\n\r\n"); end != rest.npos; end = rest.find("\r\n\r\n")) {
            rest.remove_prefix(end + 4);
            ++owed_;
        }
        std::copy(rest.begin(), rest.end(), input_.begin());
        filled_ = rest.size();
        return filled_ < input_.size();
    }

    tcp::socket socket_;
    std::string const& answer_;
    std::array<char, 8192> input_{};
    std::size_t filled_ = 0;
    std::size_t owed_ = 0;  // answers
};

void accept(tcp::acceptor& acceptor, std::string const& answer) {
    acceptor.async_accept([&](error_code ec, tcp::socket socket) {
        if (!ec) {
            socket.set_option(tcp::no_delay(true));
            Connection::read(std::make_unique<Connection>(std::move(socket), answer));
        }
        accept(acceptor, answer);
    });
}

void serve(Options const& options) {
    auto const answer = answer_of(body_of(options), options.type);
    asio::io_context loop(1);
    tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), options.port});
    accept(acceptor, answer);
    std::cout << "{\"port\": " << acceptor.local_endpoint().port() << "}\n" << std::flush;
    loop.run();
}

}  // namespace
}  // namespace blog::bench

int main(int argc, char** argv) {
    using namespace blog::bench;
    Options options;
    po::options_description known("bench_floor: fixed bytes from a bare Asio loop, until killed");
    auto add = known.add_options();
    add("port", po::value(&options.port)->required(), "on 127.0.0.1; 0: any, which is printed");
    add("bytes", po::value(&options.bytes)->default_value(1024), "length of the body");
    add("file", po::value(&options.file), "the body is this file instead");
    add("type", po::value(&options.type)->default_value("text/html; charset=utf-8"),
        "its Content-Type");
    return run_program(argc, argv, known, [&] { serve(options); });
}
