#pragma once
#include "mail/message.hpp"

#include <cstdint>
#include <string>

namespace blog::mail {

struct Outcome {
    enum class Kind : std::uint8_t {
        delivered,  // a mail server has taken the responsibility
        temporary,  // not now: perhaps later
        permanent,  // never to this recipient
        stopped,    // given up by stop()
    };
    Kind kind = Kind::temporary;
    // Why not: a sentence for the operator's log, without secrets and without the recipient.
    std::string reason{};
};

// Takes mails away.
class Sender {
public:
    virtual ~Sender() = default;
    // Blocks until the outcome is there: for a thread of its own, never a loop that serves.
    virtual Outcome send(Message const& message) = 0;
    // A mail that is on its way is given up, and later ones at once: `stopped`. Any thread.
    virtual void stop() noexcept = 0;
};

}  // namespace blog::mail
