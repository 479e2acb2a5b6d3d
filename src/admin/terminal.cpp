#include "admin/terminal.hpp"

#include "auth/secret.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <stdexcept>
#include <termios.h>
#include <unistd.h>

namespace blog::admin {
namespace {

constexpr std::size_t line_bytes_max = 32u << 10;

volatile std::sig_atomic_t interrupted = 0;

extern "C" void note_signal(int signal) {
    interrupted = signal;
}

// What is typed is not shown. A signal ends the wait for it instead of the program, so that the
// terminal is put right first; until then it is held back, so that none falls between two waits.
class Hidden {
public:
    Hidden() noexcept {
        struct sigaction note {};
        note.sa_handler = note_signal;
        sigset_t ending;
        sigemptyset(&ending);
        sigaddset(&ending, SIGINT);
        sigaddset(&ending, SIGTERM);
        ::sigprocmask(SIG_BLOCK, &ending, &mask_);
        ::sigaction(SIGINT, &note, &interrupt_);
        ::sigaction(SIGTERM, &note, &terminate_);
        changed_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        quiet.c_lflag |= ECHONL;
        if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    Hidden(Hidden const&) = delete;
    Hidden& operator=(Hidden const&) = delete;
    ~Hidden() {
        if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        ::sigaction(SIGINT, &interrupt_, nullptr);
        ::sigaction(SIGTERM, &terminate_, nullptr);
        ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
    }

    // False: a signal came first.
    bool wait() const noexcept {
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        while (::ppoll(&input, 1, nullptr, &mask_) < 0 && errno == EINTR)
            if (interrupted != 0) return false;
        return true;
    }

private:
    sigset_t mask_{};
    termios before_{};
    struct sigaction interrupt_ {
    }, terminate_{};
    bool changed_ = false;
};

// Byte by byte, past no line's end; nothing stays in a buffer of the library. `hidden`: null when
// what is typed may be seen.
std::string read_line(Hidden const* hidden) {
    std::string line;
    line.reserve(line_bytes_max);
    for (;;) {
        char c = 0;
        if (hidden != nullptr && !hidden->wait()) throw std::runtime_error("interrupted");
        auto const size = ::read(STDIN_FILENO, &c, 1);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) throw std::runtime_error("cannot read standard input");
        if (size == 0 && line.empty()) throw std::runtime_error("there is nothing to read");
        if (size == 0 || c == '\n') break;
        if (line.size() == line_bytes_max) throw std::runtime_error("that line is too long");
        line += c;
    }
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

void prompt(std::string const& text) {
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
}

}  // namespace

bool at_terminal() noexcept {
    return ::isatty(STDIN_FILENO) == 1;
}

std::string ask_password() {
    Hidden const hidden;
    prompt("new password (15 characters or more are good, 8 the least): ");
    auto password = read_line(&hidden);
    prompt("the same again: ");
    auto again = read_line(&hidden);
    bool const same = password == again;
    auth::wipe(again);
    if (same) return password;
    auth::wipe(password);
    throw std::runtime_error("the two are not the same; nothing was changed");
}

std::string read_password() {
    return read_line(nullptr);
}

bool ask_yes(std::string const& question) {
    prompt(question);
    auto const answer = read_line(nullptr);
    return answer == "y" || answer == "yes";
}

}  // namespace blog::admin
