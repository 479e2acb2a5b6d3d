#include "smtp_server.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace blog::test {
namespace {

// Closed in every other program that this one starts.
std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    return ends;
}

}  // namespace

SmtpServer::SmtpServer(std::initializer_list<std::string> options) {
    std::vector<std::string> words{BLOG_PYTHON, BLOG_SOURCE "/tests/support/smtp.py", "--spool",
                                   spool_.path().string()};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> argv;
    for (auto& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);

    auto const input = make_pipe(), output = make_pipe();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    int const error = ::posix_spawn(&process_, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    std::unique_ptr<FILE, int (*)(FILE*)> const said(::fdopen(output[0], "r"), &std::fclose);
    std::array<char, 16> line{};
    if (error != 0 || std::fgets(line.data(), line.size(), said.get()) == nullptr)
        throw std::runtime_error("the tests' mail server failed; standard error has its reason");
    port_ = line.data();
    port_.erase(port_.find_last_not_of('\n') + 1);
}

SmtpServer::~SmtpServer() {
    ::close(input_);
    ::waitpid(process_, nullptr, 0);
}

std::vector<std::string> SmtpServer::mails() const {
    std::vector<std::string> files, out;
    for (auto const& entry : std::filesystem::directory_iterator(spool_.path()))
        if (entry.path().extension() == ".eml") files.push_back(entry.path().string());
    std::ranges::sort(files);
    for (auto const& file : files)
        out.push_back(read_file(file));
    return out;
}

}  // namespace blog::test
