#include "net/compressor.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

namespace blog::net {

Compressor::Compressor(std::size_t jobs_max) : jobs_max_(jobs_max) {
    thread_ = std::thread([this] { run(); });
}

void Compressor::stop() noexcept {
    {
        std::lock_guard const lock(mutex_);
        closing_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool Compressor::submit(FinishedPtr source, Coding coding, boost::asio::any_io_executor loop,
                        Done done) {
    {
        std::lock_guard const lock(mutex_);
        if (closing_ || jobs_.size() >= jobs_max_) return false;
        jobs_.push_back({std::move(source), coding, std::move(loop), std::move(done)});
    }
    wake_.notify_one();
    return true;
}

void Compressor::run() noexcept {
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
            if (closing_) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        try {
            work(job);
        } catch (std::exception const&) {
            // No memory for it: the answer goes out as it is.
        }
    }
}

void Compressor::work(Job& job) {
    auto const& source = *job.source;
    auto const packed = compress(job.coding, source.body());
    if (!packed) return;
    auto made = std::make_shared<Finished const>(
        source.type(), job.coding, with_coding(source.etag(), job.coding), source.lines(), *packed);
    boost::asio::post(job.loop, [done = std::move(job.done), made = std::move(made)]() mutable {
        done(std::move(made));
    });
}

}  // namespace blog::net
