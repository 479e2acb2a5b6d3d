#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace blog::net {

// Bytes that arrive at the back and are used up at the front. Does not clear memory before it is
// written. A view of it is good until room(), consume() or clear().
class Buffer {
public:
    Buffer() = default;
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        swap(other);
        return *this;
    }

    std::string_view view() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
    bool empty() const noexcept { return begin_ == end_; }
    std::size_t size() const noexcept { return end_ - begin_; }
    std::size_t capacity() const noexcept { return capacity_; }

    // Free space at the back, `at_least` bytes of it or more; may move the bytes.
    std::span<char> room(std::size_t at_least) {
        if (capacity_ - end_ < at_least) make_room(at_least);
        return {data_.get() + end_, capacity_ - end_};
    }
    void commit(std::size_t written) noexcept { end_ += written; }  // into what room() gave
    void append(std::string_view bytes) {
        if (bytes.empty()) return;
        std::memcpy(room(bytes.size()).data(), bytes.data(), bytes.size());
        commit(bytes.size());
    }
    void consume(std::size_t used) noexcept {
        begin_ += used;
        if (begin_ == end_) clear();
    }
    void clear() noexcept { begin_ = end_ = 0; }
    void release() noexcept {  // the memory too
        data_.reset();
        begin_ = end_ = capacity_ = 0;
    }
    void swap(Buffer& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(begin_, other.begin_);
        std::swap(end_, other.end_);
        std::swap(capacity_, other.capacity_);
    }

private:
    void make_room(std::size_t at_least) {
        auto const used = size();
        if (capacity_ - used < at_least) {
            auto const grown = std::max(used + at_least, capacity_ * 2);
            auto bigger = std::make_unique_for_overwrite<char[]>(grown);
            if (used > 0) std::memcpy(bigger.get(), data_.get() + begin_, used);
            data_ = std::move(bigger);
            capacity_ = grown;
        } else {
            std::memmove(data_.get(), data_.get() + begin_, used);
        }
        begin_ = 0;
        end_ = used;
    }

    std::unique_ptr<char[]> data_;
    std::size_t begin_ = 0, end_ = 0, capacity_ = 0;
};

}  // namespace blog::net
