// A picture worker that behaves as the name it is started under says.
#include "pictures/worker.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace blog::pictures;

void swallow_input() {
    char buffer[4096];
    while (::read(STDIN_FILENO, buffer, sizeof buffer) > 0) {
    }
}

int behave(std::string_view name) {
    if (name == "hangs") ::pause();
    if (name == "hangs-after-input") swallow_input(), ::pause();
    if (name == "crashes") std::signal(SIGSEGV, SIG_DFL), ::raise(SIGSEGV);
    if (name == "fails") return 9;
    if (name == "refuses-early") return static_cast<int>(WorkerExit::refused);
    swallow_input();
    if (name == "floods")
        for (;;)
            if (::write(STDOUT_FILENO, "\xff\xd8\xff more", 8) < 0) return 0;
    if (name == "lies") return ::write(STDOUT_FILENO, "<html>", 6) == 6 ? 0 : 1;
    if (name == "inherits") {  // refuses when it has more than it should
        for (int fd = STDERR_FILENO + 1; fd < 4096; ++fd)
            if (::fcntl(fd, F_GETFD) >= 0) return static_cast<int>(WorkerExit::refused);
        if (environ[0] != nullptr) return static_cast<int>(WorkerExit::refused);
        return ::write(STDOUT_FILENO, "\xff\xd8\xff\xff\xd9", 5) == 5 ? 0 : 1;
    }
    enter_sandbox({.memory_bytes_max = 256u << 20, .cpu_seconds_max = 1});
    if (name == "opens") return ::open("/dev/null", O_RDONLY | O_CLOEXEC) < 0 ? 1 : 0;
    if (name == "connects") return ::socket(AF_INET, SOCK_STREAM, 0) < 0 ? 1 : 0;
    if (name == "forks") return ::fork() < 0 ? 1 : 0;
    if (name == "executes") return ::execl("/bin/true", "true", nullptr);
    if (name == "kills") return ::kill(::getppid(), 0);
    if (name == "maps-code")
        return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                       MAP_FAILED
                   ? 1
                   : 0;
    if (name == "reads-other") return static_cast<int>(::read(STDERR_FILENO, nullptr, 0));
    if (name == "spins")
        for (int volatile reads = 0;;)
            static_cast<void>(reads);
    if (name == "allocates") {
        try {
            std::vector<char> const much(1u << 30);
            return much.size() > 1 ? 0 : 1;
        } catch (std::bad_alloc const&) {
            ::_exit(static_cast<int>(WorkerExit::out_of_memory));
        }
    }
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    std::string_view const path = argv[0];
    auto const name = path.substr(path.rfind('/') + 1);
    if (name == "works") {
        std::vector<char const*> const args(argv + 2, argv + argc);
        picture_worker_main(args);
    }
    ::_exit(behave(name));
}
