-- wrk: what is asked comes from the environment, what was measured goes out as one line of JSON.
-- Nothing here runs for each request, so the generator is as quick as without a script.
wrk.method = os.getenv("BENCH_METHOD") or "GET"
local body = os.getenv("BENCH_BODY")
if body then
  local file = assert(io.open(body, "rb"))
  wrk.body = file:read("*a")
  file:close()
  wrk.headers["Content-Type"] = "application/json"
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'BENCH {"requests": %d, "seconds": %.6f, "bytes": %d, "status_errors": %d,' ..
    ' "socket_errors": %d, "timeouts": %d, "p50_us": %d, "p90_us": %d, "p99_us": %d,' ..
    ' "max_us": %d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, e.status,
    e.connect + e.read + e.write, e.timeout, latency:percentile(50), latency:percentile(90),
    latency:percentile(99), latency.max))
end
