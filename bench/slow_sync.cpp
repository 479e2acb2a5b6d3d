// Makes every sync of a program take SLOW_SYNC_US microseconds longer, as on a disk that is slower
// by that: LD_PRELOAD=libslow_sync.so SLOW_SYNC_US=1000 blogd serve. The sync itself still happens.
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

constexpr long micros_per_second = 1'000'000;

long delay_us() noexcept {
    static long const value = [] {
        char const* const text = std::getenv("SLOW_SYNC_US");
        return text == nullptr ? 0 : std::atol(text);
    }();
    return value;
}

void delay() noexcept {
    if (delay_us() <= 0) return;
    timespec left{delay_us() / micros_per_second, delay_us() % micros_per_second * 1000};
    while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

}  // namespace

extern "C" int fdatasync(int fd) {
    delay();
    return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

extern "C" int fsync(int fd) {
    delay();
    return static_cast<int>(::syscall(SYS_fsync, fd));
}
