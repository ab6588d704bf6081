-- POSTs the body in the file named by the first argument, and prints as its last line:
-- requests, duration in us, failed requests, p50 in us, p99 in us.
function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.method = "POST"
  wrk.body = file:read("*a")
  file:close()
  wrk.headers["content-type"] = "application/json"
  wrk.headers["authorization"] = "Bearer sk-bench"
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("%d %d %d %d %d\n", summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
