<?php
// Composer's autoloader does this. Debian's package of Guzzle has its own.
require '/usr/share/php/GuzzleHttp/autoload.php';
spl_autoload_register(fn ($name) => include 'client/lib/' . strtr(substr($name, strlen('OpenAPI\Client\\')), '\\', '/') . '.php');

use OpenAPI\Client\Api\{MessagesApi, SecretsApi};
use OpenAPI\Client\Configuration;
use OpenAPI\Client\Model\{MessageInput, RotationInput};

$config = (new Configuration())->setHost(getenv('REKEY_API'))->setAccessToken(getenv('REKEY_TOKEN'));
$secrets = new SecretsApi(config: $config);
$body = new RotationInput(['overlap_seconds' => 3600, 'reason' => getenv('REASON')]);
$rotated = $secrets->rotateWebhookSecret('app_1', 'hook_1', rotation_input: $body);
echo $rotated->getSigningSecret(), "\n";
foreach ($secrets->getWebhookSecret('app_1', 'hook_1')->getPrevious() as $key) echo $key->getState(), "\n";
$message = new MessageInput(['payload' => '{}']);
echo json_encode((new MessagesApi(config: $config))->signMessage('app_1', 'hook_1', $message)->getHeaders()), "\n";
$secrets->revokePreviousSecrets('app_1', 'hook_1');
