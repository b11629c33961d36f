require 'uri'

require 'openapi_client'

api = URI(ENV.fetch('REKEY_API'))
OpenapiClient.configure do |config|
  config.scheme = api.scheme
  config.host = "#{api.host}:#{api.port}"
  config.base_path = api.path
  config.access_token = ENV.fetch('REKEY_TOKEN')
end
secrets = OpenapiClient::SecretsApi.new
body = OpenapiClient::RotationInput.new(overlap_seconds: 3600, reason: ENV.fetch('REASON'))
puts secrets.rotate_webhook_secret('app_1', 'hook_1', rotation_input: body).signing_secret
puts secrets.get_webhook_secret('app_1', 'hook_1').previous.map(&:state).inspect
message = OpenapiClient::MessageInput.new(payload: '{}')
puts OpenapiClient::MessagesApi.new.sign_message('app_1', 'hook_1', message).headers
secrets.revoke_previous_secrets('app_1', 'hook_1')
