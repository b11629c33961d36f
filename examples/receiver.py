"""Receives webhooks with Python's standard library. WEBHOOK_SECRETS holds the secret, or, during an overlap, the old
and the new one, separated by a space. Deduplicate by webhook-id: a sender that gets no response delivers again."""

import base64
import hmac
import os
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEYS = [base64.b64decode(secret.removeprefix("whsec_")) for secret in os.environ["WEBHOOK_SECRETS"].split()]
if not KEYS or min(map(len, KEYS)) < 24:
    raise SystemExit("WEBHOOK_SECRETS: each secret must have at least 24 bytes")


def verified(headers, body: bytes) -> bool:
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) > 300:
        return False
    content = f"{message_id}.{timestamp}.".encode() + body
    valid = [b"v1," + base64.b64encode(hmac.digest(key, content, "sha256")) for key in KEYS]
    sent = headers.get("webhook-signature", "").encode().split(b" ")
    return any(hmac.compare_digest(one, other) for one in sent for other in valid)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        # The raw body: JSON that was parsed and serialized again may differ.
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(204 if verified(self.headers, body) else 401)
        self.end_headers()


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
