-- Asks Portcullis about each request of HAProxy (2.6 or later). See docs/behind-other-proxies.md.

local CHECK = "http://127.0.0.1:8080/system/auth/check"
local TIMEOUT = 6000

-- What Portcullis reads of the client's request.
local ASKED = { "authorization", "cookie", "origin", "sec-fetch-site", "x-requested-with", "accept-language", "user-agent",
  "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "host" }
-- What the service gets. All of them are removed first: a client could send one.
local IDENTITY = { "x-user-id", "x-user-name", "x-user-type", "x-user-roles", "x-tenant-id", "x-session-id", "x-client-id", "x-scopes",
  "x-identity-token", "x-portcullis-login" }
-- What the client gets with a refusal.
local REFUSAL = { "content-type", "cache-control", "www-authenticate", "retry-after", "set-cookie" }
local REFUSALS = { [400] = true, [401] = true, [403] = true, [429] = true }
local SAFE = { GET = true, HEAD = true, OPTIONS = true }

local UNAVAILABLE = {
  status = 503,
  headers = { ["content-type"] = { "application/json" }, ["retry-after"] = { "1" }, ["cache-control"] = { "no-store" } },
  body = '{"code":503,"msg":"Temporarily unavailable, try again later","data":null}',
}

-- The values of header fields are a table that begins at 0 in requests, and at 1 in questions and refusals.
local function values(fields)
  local all = {}
  local index = 0
  while fields[index] do
    all[#all + 1] = fields[index]
    index = index + 1
  end
  return all
end

local function question(txn)
  local received = txn.http:req_get_headers()
  local headers = {}
  for _, name in ipairs(ASKED) do
    if received[name] then
      headers[name] = values(received[name])
    end
  end
  return headers, received["upgrade"] ~= nil
end

-- The client of HAProxy has no PATCH. Portcullis asks only whether the method is safe. A WebSocket handshake must come from the
-- own origin, as an unsafe method must.
local function ask(txn, query)
  local headers, upgrade = question(txn)
  local request = { url = CHECK .. "?" .. query, headers = headers, timeout = TIMEOUT }
  if SAFE[txn.f:method()] and not upgrade then
    return core.httpclient():get(request)
  end
  request.body = ""
  return core.httpclient():post(request)
end

-- HAProxy itself answers 503 and 504 in the place of a Portcullis that does not.
local function refuse(txn, response)
  if not response or not REFUSALS[response.status] then
    txn:done(UNAVAILABLE)
    return
  end
  local headers = {}
  for _, name in ipairs(REFUSAL) do
    headers[name] = response.headers[name] and values(response.headers[name])
  end
  txn:done({ status = response.status, headers = headers, body = response.body })
end

local function pass(txn, response)
  for _, name in ipairs(IDENTITY) do
    txn.http:req_del_header(name)
    if response.headers[name] then
      txn.http:req_set_header(name, response.headers[name][0])
    end
  end
  txn.http:req_del_header("authorization")
  for number, cookie in ipairs(response.headers["set-cookie"] and values(response.headers["set-cookie"]) or {}) do
    txn:set_var("txn.portcullis_cookie_" .. number, cookie)
  end
end

core.register_action("portcullis-check", { "http-req" }, function(txn, query)
  local response = ask(txn, query)
  if response and response.status == 200 then
    pass(txn, response)
  else
    refuse(txn, response)
  end
end, 1)
