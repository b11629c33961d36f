-- Calls one operation for all webhooks in a scattered order, and checks every response.
local operation = os.getenv('BENCH_OPERATION')
local webhooks = tonumber(os.getenv('BENCH_WEBHOOKS'))
local applications = tonumber(os.getenv('BENCH_APPLICATIONS'))
local number = tonumber(os.getenv('BENCH_FIRST'))

local headers = {}
for token in os.getenv('BENCH_TOKENS'):gmatch('%S+') do
  table.insert(headers, 'Host: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer ' .. token .. '\r\n')
end

local fan_out = tonumber(os.getenv('BENCH_FAN_OUT'))
local tenants = os.getenv('BENCH_TENANTS') == '1'
local payload = string.rep('x', 1024)

local method, path, expected, body = 'PATCH', '/secret', '^{"keyFingerprint":"whsec_%*%*%*%*%x%x%x%x","signingSecret":"whsec_[%w+/]+="}$', ''
if operation == 'sign' then
  method, path = 'POST', '/signatures'
  expected = '"webhook%-signature":"v1,[%w+/]+= v1,[%w+/]+="'
  local json = '{"payload":"' .. payload .. '"}'
  body = 'Content-Length: ' .. #json .. '\r\n\r\n' .. json
elseif operation == 'rotate' then
  body = '\r\n'
end

-- A fan-out asks for webhooks of one application, whose numbers are a multiple of the number of applications apart.
local fan_outs = {}
if operation == 'fan-out' then
  expected = '"headers":{"webhook%-id":"[^"]+","webhook%-timestamp":"%d+","webhook%-signature":"v1,[%w+/]+= v1,[%w+/]+="}'
  for first = 0, webhooks - 1, applications * fan_out do
    for application = 0, tenants and 0 or applications - 1 do
      local ids = {}
      for index = 0, fan_out - 1 do
        table.insert(ids, '"webhook_' .. (first + application + index * applications) % webhooks .. '"')
      end
      local json = '{"webhookIds":[' .. table.concat(ids, ',') .. '],"payload":"' .. payload .. '"}'
      table.insert(fan_outs, 'POST /api/v1/applications/app_' .. application .. '/signatures HTTP/1.1\r\n%s'
        .. 'Content-Length: ' .. #json .. '\r\n\r\n' .. json)
    end
  end
end

function request()
  number = (number + 7919) % webhooks
  local caller = headers[number % #headers + 1]
  if operation == 'fan-out' then
    return (fan_outs[number % #fan_outs + 1]:gsub('%%s', caller, 1))
  end
  if tenants then
    -- Rotations are for the last application, and signatures for all but the first, which fan-outs are for, and the last.
    local application = number % applications
    if operation == 'rotate' then number = number - application + applications - 1
    elseif application == 0 then number = number + 1
    elseif application == applications - 1 then number = number - 1 end
  end
  return method .. ' /api/v1/applications/app_' .. (number % applications) .. '/webhooks/webhook_' .. number
    .. path .. ' HTTP/1.1\r\n' .. caller .. body
end

wrong, first_wrong = 0, ''
function response(status, _, text)
  local _, found = text:gsub(expected, '')
  if status ~= 200 or found ~= fan_out then
    wrong = wrong + 1
    if wrong == 1 then first_wrong = status .. ' ' .. text:sub(1, 200) end
  end
end

local threads = {}
function setup(thread)
  table.insert(threads, thread)
end

function done(summary, latency)
  local failed, what = 0, ''
  for _, thread in ipairs(threads) do
    failed = failed + thread:get('wrong')
    what = what .. thread:get('first_wrong')
  end
  local errors = summary.errors
  io.write(string.format('\nRESULT %d %d %d %d %d %d %s\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), failed,
    errors.connect + errors.read + errors.write + errors.timeout, (what:gsub('%c', ' '))))
end
