#pragma once
#include "support/temp_dir.hpp"

#include <initializer_list>
#include <string>
#include <sys/types.h>
#include <vector>

namespace blog::test {

// A real mail server (tests/support/smtp.py) on a free port, as long as this object lives.
// `options` are those of that program.
class SmtpServer {
public:
    explicit SmtpServer(std::initializer_list<std::string> options = {});
    SmtpServer(SmtpServer const&) = delete;
    SmtpServer& operator=(SmtpServer const&) = delete;
    ~SmtpServer();

    std::string url(std::string const& scheme = "smtp") const {
        return scheme + "://127.0.0.1:" + port_;
    }
    std::string ca_file() const { return spool_.file("ca.pem"); }
    // The mails so far, in order.
    std::vector<std::string> mails() const;

private:
    TempDir spool_;
    std::string port_;
    pid_t process_ = -1;
    int input_ = -1;  // the server ends with it
};

}  // namespace blog::test
