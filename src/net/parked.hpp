#pragma once
#include "net/channel.hpp"
#include "net/finished.hpp"
#include "net/service.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace blog::net {

// What a connection keeps while its client takes its time, in place of a workspace and a coroutine:
// the bytes that it cannot do without. So ten thousand slow clients cost little more than as many
// silent ones.
struct Parked {
    std::string input;  // arrived and not served: a part of a head, or requests in the queue
    std::size_t head_seen = 0;  // so much of it is known to be no whole head

    // A kept answer that the client did not take at once.
    struct Unsent {
        FinishedPtr owner;      // of the bytes of `tail`
        std::string head;       // still to be sent, then
        std::string_view tail;  // this
        AccessRecord record;    // for the log
    };
    std::optional<Unsent> unsent;
};

}  // namespace blog::net
