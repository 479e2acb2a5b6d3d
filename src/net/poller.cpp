#include "net/poller.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace blog::net {

Poller::Poller(asio::io_context& context) : context_(context), epoll_(context) {
    int const made = ::epoll_create1(EPOLL_CLOEXEC);
    if (made < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
    epoll_.assign(made);
    watch();
}

void Poller::add(int socket, Source& source) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &source;
    if (::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &event) != 0)
        throw std::system_error(errno, std::system_category(), "epoll_ctl");
}

// Closing the socket is not enough: a process that is being spawned has copies of all descriptors
// until it has become another program, and as long as one is open the kernel reports what happens
// to the socket, with the pointer to what is no longer there (epoll(7), question 6).
void Poller::forget(int socket, Source& source) noexcept {
    ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, socket, nullptr);
    for (std::size_t i = next_; i < count_; ++i)
        if (batch_[i].data.ptr == &source) batch_[i].data.ptr = nullptr;
    source.unlink();
}

void Poller::schedule(Source& source) noexcept {
    if (source.is_linked()) return;
    bool const first = scheduled_.empty();
    scheduled_.push_back(source);
    if (!first) return;
    try {
        asio::post(context_, [this] { wake_scheduled(); });
    } catch (...) {
        // No memory: the next batch does it.
    }
}

void Poller::watch() {
    epoll_.async_wait(asio::posix::descriptor_base::wait_read,
                      [this](boost::system::error_code ec) {
                          if (ec) return;  // the loop ends
                          take_batch();
                          watch();
                      });
}

void Poller::take_batch() noexcept {
    wake_scheduled();
    int const count =
        ::epoll_wait(epoll_.native_handle(), batch_.data(), static_cast<int>(batch_.size()), 0);
    count_ = static_cast<std::size_t>(std::max(count, 0));
    for (next_ = 0; next_ < count_;) {
        auto const& event = batch_[next_++];
        auto* const source = static_cast<Source*>(event.data.ptr);
        if (source != nullptr && source->note(event.events)) source->wake();
    }
    next_ = count_ = 0;
}

void Poller::wake_scheduled() noexcept {
    decltype(scheduled_) now;
    now.swap(scheduled_);
    while (!now.empty()) {
        auto& source = now.front();
        now.pop_front();
        source.wake();
    }
}

}  // namespace blog::net
