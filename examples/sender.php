<?php
// Delivers one webhook: `php sender.php '{"type":"invoice.paid"}'`. Rekey signs; this program sends the bytes that Rekey
// signed. REKEY_TOKEN needs only the scope messages:sign.

// The same for every attempt, so that the receiver recognizes a message that it already has.
$messageId = 'msg_' . bin2hex(random_bytes(16));

function post(string $url, array $headers, string $body): array
{
    $request = curl_init($url);
    curl_setopt_array($request, [
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_HTTPHEADER => ['content-type: application/json', ...$headers],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 10,
    ]);
    $text = curl_exec($request);
    return [$text === false ? curl_error($request) : curl_getinfo($request, CURLINFO_RESPONSE_CODE), $text];
}

function deliver(string $payload, string $messageId): int|string
{
    // Sign before each attempt, so that the timestamp is fresh and keys revoked in the meantime do not sign.
    $webhook = '/applications/' . getenv('APPLICATION_ID') . '/webhooks/' . getenv('WEBHOOK_ID');
    $url = getenv('REKEY_URL') . "/api/v1$webhook/signatures";
    $token = ['authorization: Bearer ' . getenv('REKEY_TOKEN')];
    [$status, $text] = post($url, $token, json_encode(['payload' => $payload, 'messageId' => $messageId]));
    if ($status !== 200) return "Rekey: $status $text";
    $headers = json_decode($text, true)['headers'];
    $lines = array_map(fn ($name, $value) => "$name: $value", array_keys($headers), $headers);
    return post(getenv('RECEIVER_URL'), $lines, $payload)[0];
}

foreach ([1, 5, 25, 0] as $seconds) {
    echo $messageId, ' ', $result = deliver($argv[1], $messageId), "\n";
    if (is_int($result) && $result >= 200 && $result < 300) exit(0);
    sleep($seconds);
}
exit(1);
