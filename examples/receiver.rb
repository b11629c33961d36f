# Receives webhooks with Ruby's standard library. WEBHOOK_SECRETS holds the secret, or, during an overlap, the old
# and the new one, separated by a space. Deduplicate by webhook-id: a sender that gets no response delivers again.
require 'openssl'
require 'socket'

KEYS = ENV.fetch('WEBHOOK_SECRETS').split.map { |secret| secret.delete_prefix('whsec_').unpack1('m') }
abort 'WEBHOOK_SECRETS: each secret must have at least 24 bytes' if KEYS.empty? || KEYS.any? { _1.size < 24 }

def verified?(headers, body)
  id, timestamp, signatures = headers.values_at('webhook-id', 'webhook-timestamp', 'webhook-signature')
  return false unless timestamp&.match?(/\A\d{1,12}\z/)
  return false if (Time.now.to_i - timestamp.to_i).abs > 300

  content = "#{id}.#{timestamp}.".b + body
  valid = KEYS.map { |key| "v1,#{[OpenSSL::HMAC.digest('SHA256', key, content)].pack('m0')}" }
  signatures.to_s.split.product(valid).any? { |one, other| OpenSSL.secure_compare(one, other) }
end

# Ruby's standard library has no HTTP server. In Rails or Rack, keep `verified?` and read the raw body.
def receive(socket)
  fields = socket.gets("\r\n\r\n").to_s.b.lines.filter_map { |line| line.strip.match(/\A([\w-]+): *(.*)\z/) }
  headers = fields.to_h { |field| [field[1].downcase, field[2]] }
  # The raw body: JSON that was parsed and serialized again may differ.
  body = socket.read(headers['content-length'].to_i).to_s
  status = verified?(headers, body) ? '204 No Content' : '401 Unauthorized'
  socket.write("HTTP/1.1 #{status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
ensure
  socket.close
end

server = TCPServer.new('127.0.0.1', ENV.fetch('PORT').to_i)
loop { Thread.new(server.accept) { |socket| receive(socket) } }
