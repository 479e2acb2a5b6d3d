#include "pictures/child.hpp"

#include "assert.hpp"
#include "unique_fd.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace blog::pictures {
namespace {

void check(int error, char const* what) {
    if (error != 0) throw std::system_error(error, std::system_category(), what);
}

// The header of glibc 2.36 declares its wrapper as a C++ function.
int open_pidfd(pid_t pid) noexcept {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

struct Ends {
    UniqueFd read, write;
};

Ends make_pipe() {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno, "pipe");
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// What the new process differs in: its pipes, no other descriptor above standard error, and the
// signals as a program expects them.
class SpawnSetup {
public:
    SpawnSetup(int input, int output) {
        check(posix_spawn_file_actions_init(&files_), "posix_spawn");
        check(posix_spawnattr_init(&attributes_), "posix_spawn");
        check(posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO), "posix_spawn");
        check(posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO), "posix_spawn");
        check(posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1), "posix_spawn");
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        check(posix_spawnattr_setsigmask(&attributes_, &none), "posix_spawn");
        check(posix_spawnattr_setsigdefault(&attributes_, &all), "posix_spawn");
        check(
            posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF),
            "posix_spawn");
    }
    SpawnSetup(SpawnSetup const&) = delete;
    SpawnSetup& operator=(SpawnSetup const&) = delete;
    ~SpawnSetup() {
        posix_spawn_file_actions_destroy(&files_);
        posix_spawnattr_destroy(&attributes_);
    }

    pid_t start(std::string const& program, std::vector<std::string> const& words) const {
        std::vector<char*> args;
        for (auto const& word : words)
            args.push_back(const_cast<char*>(word.c_str()));
        args.push_back(nullptr);
        std::array<char*, 1> environment{};
        pid_t pid = 0;
        check(posix_spawn(&pid, program.c_str(), &files_, &attributes_, args.data(),
                          environment.data()),
              "posix_spawn");
        return pid;
    }

private:
    posix_spawn_file_actions_t files_;
    posix_spawnattr_t attributes_;
};

}  // namespace

// The process until it is reaped. Its number cannot be another's before that.
struct Child::Process {
    explicit Process(pid_t number) : pid(number), fd(open_pidfd(number)) {
        if (fd) return;
        int const error = errno;
        stop();
        check(error, "pidfd_open");
    }
    Process(Process const&) = delete;
    Process& operator=(Process const&) = delete;

    ~Process() { stop(); }

    void kill() noexcept {
        if (!reaped) ::kill(pid, SIGKILL);
    }
    // Rarely: the coroutine was thrown out. What was killed ends at once.
    void stop() noexcept {
        kill();
        if (!reaped) reap(0);
    }
    // With WNOHANG perhaps not yet.
    void reap(int flags) noexcept {
        siginfo_t info{};
        int result = 0;
        do {
            result = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | flags);
        } while (result < 0 && errno == EINTR);
        reaped = result < 0 || info.si_pid == pid;
        end.exited = result == 0 && info.si_code == CLD_EXITED;
        end.code = info.si_status;
    }

    pid_t const pid;
    UniqueFd fd;  // readable once it has ended; released to the descriptor that waits for it
    bool reaped = false;
    End end;
};

Child::Child(asio::any_io_executor loop, std::string const& program,
             std::vector<std::string> const& words)
    : input_(loop), output_(loop), ended_(loop), timer_(loop) {
    auto input = make_pipe(), output = make_pipe();
    process_ = std::make_shared<Process>(
        SpawnSetup(input.read.get(), output.write.get()).start(program, words));
    input_.assign(input.write.release());
    output_.assign(output.read.release());
    ended_.assign(process_->fd.release());
}

Child::~Child() {
    process_->stop();
}

void Child::limit(std::chrono::steady_clock::duration time) {
    timer_.expires_after(time);
    timer_.async_wait([process = process_](boost::system::error_code ec) {
        if (ec || process->reaped) return;
        process->end.too_slow = true;
        process->kill();
    });
}

Awaitable<void> Child::feed(std::string input) {
    auto const bytes = asio::buffer(input);
    co_await asio::async_write(input_, bytes, no_throw);
    std::string().swap(input);
    input_.close();
}

Awaitable<std::string> Child::output(std::size_t bytes_max) {
    std::string text;
    auto const into = asio::dynamic_buffer(text, bytes_max);
    co_await asio::async_read(output_, into, asio::transfer_all(), no_throw);
    if (text.size() >= bytes_max) process_->kill();
    co_return text;
}

Awaitable<Child::End> Child::end() {
    constexpr auto readable = Pipe::wait_read;
    while (!process_->reaped) {
        co_await ended_.async_wait(readable, no_throw);
        process_->reap(WNOHANG);
    }
    timer_.cancel();
    co_return process_->end;
}

}  // namespace blog::pictures
