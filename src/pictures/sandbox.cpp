#include "pictures/sandbox.hpp"

#include <cerrno>
#include <memory>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BLOG_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BLOG_SANITIZED 1
#endif
#endif
#ifndef BLOG_SANITIZED
#define BLOG_SANITIZED 0
#endif

namespace blog::pictures {
namespace {

void check(int result, int error, char const* what) {
    if (result < 0) throw std::system_error(error, std::system_category(), what);
}

void limit(__rlimit_resource_t resource, rlim_t value, char const* what) {
    rlimit const both{value, value};
    check(::setrlimit(resource, &both), errno, what);
}

struct ReleaseFilter {
    void operator()(void* filter) const noexcept { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

template <class... Conditions>
void allow(Filter const& filter, int call, Conditions... conditions) {
    int const result =
        seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, sizeof...(conditions), conditions...);
    check(result, -result, "seccomp_rule_add");
}

scmp_arg_cmp equals(unsigned argument, scmp_datum_t value) noexcept {
    return {argument, SCMP_CMP_EQ, value, 0};
}

scmp_arg_cmp has_bits(unsigned argument, scmp_datum_t mask, scmp_datum_t value) noexcept {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

// What is not named here ends the thread, which is the whole process; unlike ending the process,
// libseccomp can do that also below a filter of systemd that knows no seccomp(). Memory is never
// executable and never a file.
void filter_system_calls() {
    Filter const filter(seccomp_init(SCMP_ACT_KILL_THREAD));
    if (!filter) throw std::system_error(ENOMEM, std::system_category(), "seccomp_init");
    auto const not_executable = has_bits(2, PROT_EXEC, 0);
    auto const anonymous = has_bits(3, MAP_ANONYMOUS, MAP_ANONYMOUS);
    allow(filter, SCMP_SYS(read), equals(0, STDIN_FILENO));
    allow(filter, SCMP_SYS(write), equals(0, STDOUT_FILENO));
    allow(filter, SCMP_SYS(brk));
    allow(filter, SCMP_SYS(mmap), not_executable, anonymous);
    allow(filter, SCMP_SYS(mprotect), not_executable);
    allow(filter, SCMP_SYS(mremap));
    allow(filter, SCMP_SYS(munmap));
    allow(filter, SCMP_SYS(madvise));
    allow(filter, SCMP_SYS(futex));
    allow(filter, SCMP_SYS(exit));
    allow(filter, SCMP_SYS(exit_group));
    int const result = seccomp_load(filter.get());
    check(result, -result, "seccomp_load");
}

}  // namespace

bool const sandbox_is_complete = BLOG_SANITIZED == 0;

void enter_sandbox(SandboxLimits const& limits) {
    limit(RLIMIT_CORE, 0, "RLIMIT_CORE");  // a core file would hold somebody's picture
    limit(RLIMIT_CPU, limits.cpu_seconds_max, "RLIMIT_CPU");
    limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE");
    limit(RLIMIT_NPROC, 0, "RLIMIT_NPROC");
    check(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), errno, "PR_SET_NO_NEW_PRIVS");
    check(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), errno, "PR_SET_DUMPABLE");
    if (!sandbox_is_complete) return;
    limit(RLIMIT_AS, limits.memory_bytes_max, "RLIMIT_AS");
    limit(RLIMIT_NOFILE, 0, "RLIMIT_NOFILE");
    filter_system_calls();
}

}  // namespace blog::pictures
