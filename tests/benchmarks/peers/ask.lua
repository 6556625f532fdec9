-- For wrk: each request is an ask in a session of its own, on a call here and there in the file.
local calls = tonumber(os.getenv("CALLS"))
local headers = {["Content-Type"] = "application/json", ["X-API-Key"] = os.getenv("NEGOTIATOR_API_KEY")}
local number = 0

function init(_)
  math.randomseed(os.time())
  start = math.random(1, 99999999)
end

function request()
  number = number + 1
  local session = string.format("sess_%08d%08d", start, number)
  local body = string.format('{"call_id": "1", "carrier_offer": 2300, "session_id": "%s"}', session)
  return wrk.format("POST", "/api/calls/" .. math.random(1, calls) .. "/negotiate", headers, body)
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"asks": %d, "seconds": %f, "p99": %f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(99) / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
