<?php
// Receives webhooks with PHP alone: `php -S 127.0.0.1:3000 receiver.php`. WEBHOOK_SECRETS holds the secret, or, during an
// overlap, the old and the new one, separated by a space. Deduplicate by webhook-id: a sender that gets no response
// delivers again.

$keys = array_map(
    fn ($secret) => base64_decode(preg_replace('/^whsec_/', '', $secret), true),
    preg_split('/ +/', trim(getenv('WEBHOOK_SECRETS'))),
);
foreach ($keys as $key) {
    if (strlen((string) $key) < 24) {
        http_response_code(401);
        exit('WEBHOOK_SECRETS: each secret must have at least 24 bytes');
    }
}

function isVerified(array $keys, string $id, string $timestamp, string $signatures, string $body): bool
{
    if (!preg_match('/^\d{1,12}$/D', $timestamp) || abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    foreach ($keys as $key) {
        $valid = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
        foreach (explode(' ', $signatures) as $sent) {
            if (hash_equals($valid, $sent)) {
                return true;
            }
        }
    }
    return false;
}

$header = fn ($name) => $_SERVER["HTTP_WEBHOOK_$name"] ?? '';
// The raw body: JSON that was parsed and serialized again may differ.
$body = file_get_contents('php://input');
$verified = isVerified($keys, $header('ID'), $header('TIMESTAMP'), $header('SIGNATURE'), $body);
http_response_code($verified ? 204 : 401);
