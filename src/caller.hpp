#pragma once

namespace blog {

// Whoever asked for something, and may have given up waiting.
class Caller {
public:
    // Nobody is there any more to take the answer, as far as one can see. Its loop's thread.
    virtual bool gone() const noexcept { return false; }

protected:
    ~Caller() = default;
};

}  // namespace blog
