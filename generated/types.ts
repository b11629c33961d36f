// Made by `npm run generate` from openapi/. Never edited.
export interface paths {
    "/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List applications
         * @description The applications that the token may touch, sorted by id, a page at a time.
         */
        get: operations["listApplications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{applicationId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
            };
            cookie?: never;
        };
        /**
         * Get an application
         * @description One application.
         */
        get: operations["getApplication"];
        /**
         * Create or update an application
         * @description Creates the application under the id that you choose, or replaces what is known of it. Sending the same request again changes nothing.
         */
        put: operations["putApplication"];
        post?: never;
        /**
         * Delete an application
         * @description Deletes the application with its webhooks and all their keys. Nothing of them signs or verifies any more.
         */
        delete: operations["deleteApplication"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{applicationId}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
            };
            cookie?: never;
        };
        /**
         * List webhooks
         * @description The application's webhooks, sorted by id, a page at a time.
         */
        get: operations["listWebhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{applicationId}/webhooks/{webhookId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        /**
         * Get a webhook
         * @description One webhook.
         */
        get: operations["getWebhook"];
        /**
         * Create or update a webhook
         * @description Creates the webhook under the id that you choose, or replaces what is known of it; its keys stay as they are. A new webhook has no secret until the first rotation issues one.
         */
        put: operations["putWebhook"];
        post?: never;
        /**
         * Delete a webhook
         * @description Deletes the webhook and all its keys. Nothing of it signs or verifies any more.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{applicationId}/webhooks/{webhookId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        /**
         * List a webhook's events
         * @description The webhook's audit trail, newest first, a page at a time. Each event carries the hash of the one before it. The trail outlives the webhook, and goes on when its id is used again.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{applicationId}/webhooks/{webhookId}/probes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Probe the receiver
         * @description Shows whether the receiver follows a rotation. Posts to the webhook's URL the same harmless
         *     message (`{"type": "rekey.probe", …}`) with different signatures: one by the current key alone,
         *     which must be accepted, and one by a random key, which must be refused; on demand one by each
         *     previous key alone, which must be refused too. The receiver is proven if every message has the
         *     verdict that is expected of it.
         *
         *     A receiver that is down, slow, or broken has a verdict like any other: it is never a 502. A
         *     message is waited for 3 seconds, or half the server's request timeout where that is less.
         *     Redirects are not followed, and what the receiver answers is neither kept nor shown but for its
         *     status. Messages are sent to public addresses only, and to those that `REKEY_PROBE_ALLOW` names.
         *     Every result is an event of the webhook's audit trail; a probe that ends in an error has none.
         */
        post: operations["probeReceiver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{applicationId}/webhooks/{webhookId}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
            };
            cookie?: never;
        };
        /**
         * Get the state of a webhook's secret
         * @description Which keys the webhook has, who made them, and until when each signs. Never a secret itself.
         */
        get: operations["getWebhookSecret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rotate webhook signing secret
         * @description Generates a new signing secret for the specified webhook configuration. The key that was current goes on signing beside the new one until its overlap ends, and older live keys keep the end that they have, so that a receiver that still uses one of them misses no delivery. A webhook has 10 live keys at most.
         */
        patch: operations["rotateWebhookSecret"];
        trace?: never;
    };
    "/applications/{applicationId}/webhooks/{webhookId}/secret/previous": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke the previous secrets
         * @description Ends the overlap now: every key but the current one is revoked, and never signs again. Where there is none, nothing changes.
         */
        delete: operations["revokePreviousSecrets"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{applicationId}/webhooks/{webhookId}/signatures": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign a message
         * @description Gives the Standard Webhooks headers to send with a message: a signature for every live key of the webhook, newest first, so that the receiver can verify it with whichever it has.
         */
        post: operations["signMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{applicationId}/webhooks/{webhookId}/signatures/verify": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify a message
         * @description Tells whether a message with these headers was signed with a live key of the webhook, within 5 minutes of now, and if not, why.
         */
        post: operations["verifyMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Application: {
            /** Format: date-time */
            createdAt: string;
            id: components["schemas"]["Id"];
            /** @description A name for people, or null. */
            name: string | null;
            /** Format: date-time */
            updatedAt: string;
        };
        ApplicationInput: {
            /** @description A name for people. Left out or null, the application has none. What has a signing secret in it is refused. */
            name?: string | null;
        };
        ApplicationPage: {
            /** @description Sorted by id. */
            items: components["schemas"]["Application"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        Error: {
            /** @description The HTTP status code. */
            code: number;
            /** @description The kind of error, for people. */
            error: string;
            /** @description What went wrong and, where it helps, what to do. Never contains a secret. */
            message: string;
        };
        Event: {
            /** @description The subject (`sub`) of the token, or null if it had none. */
            actor: string | null;
            /** Format: date-time */
            at: string;
            /** @description The keys whose end the event set. */
            endedKeys: components["schemas"]["EventKey"][];
            /** @description SHA-256, in hexadecimal, over a JSON array without white space: previousHash, applicationId, webhookId, sequence, type, at, actor, reason, requestId, key, endedKeys. A key is the array of its id, keyFingerprint, expiresAt and revokedAt; times are milliseconds since 1970. */
            hash: string;
            /** @description The key that a rotation issued, or a probe held current; else null. */
            key: components["schemas"]["EventKey"] | null;
            /** @description The `hash` of the event before, or 64 zeros for the first. */
            previousHash: string;
            /** @description Why a secret was rotated, if that was given; of a probe its verdicts; else null. */
            reason: string | null;
            /** @description The `X-Request-Id` of the request, or null if a command did it. */
            requestId: string | null;
            /** @description 1 for the first event under the webhook's id, one more for each that follows. */
            sequence: number;
            /** @enum {string} */
            type: "webhook.created" | "webhook.updated" | "webhook.deleted" | "secret.rotated" | "secret.previous_revoked" | "receiver.probed";
        };
        EventKey: {
            /** Format: date-time */
            expiresAt: string | null;
            id: string;
            keyFingerprint: components["schemas"]["KeyFingerprint"];
            /** Format: date-time */
            revokedAt: string | null;
        };
        EventPage: {
            /** @description Newest first. */
            items: components["schemas"]["Event"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @description An id that the caller chose. Full stops alone are none, since a URL takes them for a step.
         * @example example_string
         */
        Id: string;
        Key: {
            /** Format: date-time */
            createdAt: string;
            /** @description The subject (`sub`) of the token that rotated, or null if it had none. */
            createdBy: string | null;
            /**
             * Format: date-time
             * @description When the key's overlap ends. Null for the current key, which has no end.
             */
            expiresAt: string | null;
            id: string;
            keyFingerprint: components["schemas"]["KeyFingerprint"];
            /** @description The reason given with the rotation, or null. */
            reason: string | null;
            /**
             * Format: date-time
             * @description When the key was revoked, or null.
             */
            revokedAt: string | null;
            /** @description SHA-256 over the whole signing secret as it was shown, in hexadecimal. */
            sha256: string;
            state: components["schemas"]["KeyState"];
        };
        /**
         * @description `whsec_****` and the first four hexadecimal digits of SHA-256 over the whole signing secret as it was shown. Safe to display and store.
         * @example whsec_****b7d1
         */
        KeyFingerprint: string;
        /**
         * @description `current` and `previous` keys sign; `expired` keys (the overlap ended) and `revoked` keys never sign again.
         * @enum {string}
         */
        KeyState: "current" | "previous" | "expired" | "revoked";
        /** @description The headers of Standard Webhooks. */
        MessageHeaders: {
            "webhook-id": string;
            /** @description A signature for every live key, newest first, separated by spaces: `v1,` and the base64 of HMAC-SHA256 over `webhook-id`, a full stop, `webhook-timestamp`, a full stop, and the payload. */
            "webhook-signature": string;
            /** @description Seconds since 1970. */
            "webhook-timestamp": string;
        };
        MessageInput: {
            /** @description The message's id, the same for every attempt to deliver it. Visible ASCII without a full stop. Left out, one is made. */
            messageId?: string;
            payload: components["schemas"]["Payload"];
            payloadEncoding?: components["schemas"]["PayloadEncoding"];
            /** @description When this attempt is made, in seconds since 1970. Left out, it is now. */
            timestamp?: number;
        };
        /** @description The `cursor` of the next page, or null after the last one. */
        NextCursor: string | null;
        /**
         * @description The message's body, byte for byte what is sent to the receiver. 1 MiB at most once decoded. With the encoding `base64` it is that of RFC 4648, section 4, padded; anything else is answered with 400.
         * @example {"type":"invoice.paid"}
         */
        Payload: string;
        /**
         * @description How `payload` stands for bytes; `base64` takes any bytes.
         * @default utf8
         * @enum {string}
         */
        PayloadEncoding: "utf8" | "base64";
        Probe: {
            /** @description The messages, each with an id of its own. They differ in nothing else but the signature, so that a receiver that tells them apart has verified it. */
            messages: components["schemas"]["ProbeMessage"][];
            /** @description Whether every message has the verdict that is expected. */
            proven: boolean;
            /** @description Fingerprints of the keys that `endOverlap` revoked, newest first. */
            revokedKeys: components["schemas"]["KeyFingerprint"][];
        };
        ProbeInput: {
            /** @description Revokes the previous keys if the receiver is proven, as `revokePreviousSecrets` does. If the secret or the URL was changed during the probe, the answer is 409 and the overlap goes on. */
            endOverlap?: boolean;
            /** @description Also sends a message for each previous key whose secret is still kept (24 hours after the key's end), the newest 10 at most. Only when the overlap has ended: while a previous key signs, the receiver may rightly accept it, and the answer is 409. */
            expectPreviousRefused?: boolean;
        };
        ProbeMessage: {
            /**
             * @description The verdict that proves the receiver.
             * @enum {string}
             */
            expected: "accepted" | "refused";
            /** @description Fingerprint of that key; null for a random one, and if there was none to sign with. */
            keyFingerprint: components["schemas"]["KeyFingerprint"] | null;
            /**
             * @description The one key that the message is signed with: the `current` or a `previous` key, or a `random` one that nobody has.
             * @enum {string}
             */
            signedWith: "current" | "random" | "previous";
            /** @description The HTTP status that the receiver answered, whatever it is, or null if it did not. */
            status: number | null;
            /** @description Milliseconds until the verdict: with an answer, until its status. Null if nothing was sent. */
            timeMs: number | null;
            /**
             * @description What became of the message:
             *
             *     * `accepted`: the receiver answered 2xx.
             *     * `refused`: it answered 4xx, but for 408, 425 and 429, which tell of the moment and not of the
             *       message.
             *     * `inconclusive`: it answered anything else, such as a redirect or 5xx.
             *     * `timed_out`: it did not answer in time.
             *     * `no_answer`: no connection was made, or it broke, or what came was not HTTP.
             *     * `tls_failed`: TLS failed, or the certificate is not valid for the URL.
             *     * `unresolved`: the URL's host name does not resolve.
             *     * `url_refused`: nothing was sent, because the URL leads to an address that is not public. To allow
             *       it, add the address to the server's `REKEY_PROBE_ALLOW`.
             *     * `no_previous_secret`: nothing was sent, as no previous key's secret is kept any more.
             * @enum {string}
             */
            verdict: "accepted" | "refused" | "inconclusive" | "timed_out" | "no_answer" | "tls_failed" | "unresolved" | "url_refused" | "no_previous_secret";
        };
        RotatedSecret: {
            /** @description Fingerprint of the newly generated signing key. Safe to display and store. */
            keyFingerprint: string;
            /** @description Newly generated signing secret. Shown only once on rotation; the merchant must persist it immediately. */
            signingSecret: string;
        };
        RotationInput: {
            /** @description How long the key that was current goes on signing beside the new one, in seconds. Keys that are older keep the end that they have. 0 revokes every older key at once. Left out, the server's `REKEY_OVERLAP_SECONDS` holds (24 hours unless configured). */
            overlapSeconds?: number;
            /** @description Why the secret is rotated, kept with the key as it is. What has a signing secret in it is refused. */
            reason?: string;
            /**
             * Format: password
             * @description A secret to import in place of a new one: `whsec_` and 24 to 64 bytes in base64 (Standard Webhooks). It must not be, nor share its fingerprint with, a live key of this webhook.
             */
            signingSecret?: string;
        };
        SecretState: {
            /** @description The newest key, or null before the first rotation. */
            current: components["schemas"]["Key"] | null;
            /** @description Older keys, newest first: every one that still signs, and of those that no longer do the newest, 100 in all. */
            previous: components["schemas"]["Key"][];
        };
        SignedMessage: {
            headers: components["schemas"]["MessageHeaders"];
        };
        Verification: {
            /** @description Fingerprint of the key that made a signature of the message, or null if none did. */
            keyFingerprint: components["schemas"]["KeyFingerprint"] | null;
            /** @description The state of that key, or null. */
            keyState: components["schemas"]["KeyState"] | null;
            /** @description Why the message is not valid, or null if it is. An expired or revoked key is told apart from a wrong signature for 24 hours after its end, if it is one of the webhook's last 100 keys to end; then its secret is erased. */
            reason: ("malformed_header" | "timestamp_out_of_tolerance" | "wrong_signature" | "expired_key" | "revoked_key") | null;
            valid: boolean;
        };
        VerificationInput: {
            /** @description The headers that came with the message. Names in any case; others are ignored. */
            headers: {
                [key: string]: string;
            };
            payload: components["schemas"]["Payload"];
            payloadEncoding?: components["schemas"]["PayloadEncoding"];
        };
        Webhook: {
            applicationId: components["schemas"]["Id"];
            /** Format: date-time */
            createdAt: string;
            description: string | null;
            id: components["schemas"]["Id"];
            /**
             * Format: date-time
             * @description When the current key was made, or null before the first rotation.
             */
            keyCreatedAt: string | null;
            /** @description Fingerprint of the current key, or null before the first rotation. */
            keyFingerprint: components["schemas"]["KeyFingerprint"] | null;
            /** @description How many keys sign this webhook's messages now, the current one included. */
            liveKeys: number;
            /** Format: date-time */
            updatedAt: string;
            url: components["schemas"]["WebhookUrl"];
        };
        WebhookInput: {
            /** @description A note for people. Left out or null, the webhook has none. What has a signing secret in it is refused. */
            description?: string | null;
            url: components["schemas"]["WebhookUrl"];
        };
        WebhookPage: {
            /** @description Sorted by id. */
            items: components["schemas"]["Webhook"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * Format: uri
         * @description Where the receiver listens. HTTP or HTTPS, and no user name, password or signing secret in it.
         * @example https://merchant.example/webhooks
         */
        WebhookUrl: string;
    };
    responses: {
        /** @description The database or the token issuer's key server cannot be reached. Nothing was changed. */
        BadGateway: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The request does not follow this document. Nothing was changed. */
        BadRequest: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The webhook has no signing secret, or its previous keys still sign when they are expected to be refused, or the overlap cannot be ended because the secret or the URL was changed during the probe. Nothing was changed. */
        CannotProbe: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The webhook's keys do not allow this rotation, or one with the same `Idempotency-Key` is under way. Nothing was changed. */
        Conflict: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["OptionalRetryAfter"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is larger than the operation takes. Nothing was changed. */
        ContentTooLarge: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The token lacks the scope or the application. Answered whether or not the thing exists. */
        Forbidden: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "WWW-Authenticate": components["headers"]["ScopeChallenge"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The request's deadline passed. Nothing was changed. */
        GatewayTimeout: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A fault of this server. Nothing was changed, unless the message says that this is not known: a database server that breaks off during a commit and does not come back in time cannot tell. */
        InternalServerError: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The webhook has no signing secret. */
        NoSecret: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description There is no such application or webhook. */
        NotFound: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The current key is not the one that `If-Match` names. Nothing was changed. */
        PreconditionFailed: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Too many requests from this address had no valid token. Nothing was changed. For as long as `Retry-After` says, its requests are answered so, also those with a valid token. */
        TooManyFailures: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The webhook's secret was rotated too often within a minute, or too many requests from this address had no valid token. Nothing was changed. */
        TooManyRequests: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description No token, or one that is not valid. */
        Unauthorized: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The `Idempotency-Key` was used with another body. Nothing was changed. */
        UnprocessableContent: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is not `application/json`. Nothing was changed. */
        UnsupportedMediaType: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        /**
         * @description ID of the application that owns the webhook.
         * @example example_string
         */
        ApplicationId: components["schemas"]["Id"];
        /**
         * @description The `nextCursor` of the page before. Left out, the first page is answered. What is no cursor of this list is answered with 400.
         * @example ZXhhbXBsZV9zdHJpbmc
         */
        Cursor: string;
        /**
         * @description Makes a retry safe: for 10 minutes the same key from the same caller, for the same webhook and with the same body, gets the same answer again and rotates nothing. Use a new UUID for each rotation that you mean. A structured string as in the IETF draft (`"8e03978e-40d5-43dd-bc93-6894a57f9324"`), or the bare token.
         * @example "8e03978e-40d5-43dd-bc93-6894a57f9324"
         */
        IdempotencyKey: string;
        /**
         * @description Goes ahead only if the current key is the one named, by the `ETag` of `getWebhookSecret` or of the rotation that made it; `*` stands for any. Else 412.
         * @example "key_4pQf0wJt0bqkq1uJp8wY2A"
         */
        IfMatch: string;
        /**
         * @description How many items a page holds at most.
         * @example 50
         */
        Limit: number;
        /**
         * @description ID of the webhook configuration.
         * @example example_string
         */
        WebhookId: components["schemas"]["Id"];
    };
    requestBodies: never;
    headers: {
        /**
         * @description `true` if this is the answer to an earlier request with the same `Idempotency-Key`, and nothing was rotated again. Absent otherwise.
         * @example true
         */
        IdempotencyReplayed: "true";
        /**
         * @description The id of the current key, as a strong entity tag (RFC 9110, section 8.8.3).
         * @example "key_4pQf0wJt0bqkq1uJp8wY2A"
         */
        KeyETag: string;
        /**
         * @description The answer must not be kept by any cache.
         * @example no-store
         */
        NoStore: "no-store";
        /**
         * @description The id of the current key, as a strong entity tag. Absent while there is no key.
         * @example "key_4pQf0wJt0bqkq1uJp8wY2A"
         */
        OptionalKeyETag: string;
        /**
         * @description In how many seconds to send the same request again: one with this `Idempotency-Key` is under way. Absent where that would not help.
         * @example 1
         */
        OptionalRetryAfter: string;
        /**
         * @description The request's id, as sent in `X-Request-Id`, or made for it. It stands in the log too.
         * @example 3f0b7c1e-5d0c-4a57-9f0e-1f6d1a3c9b55
         */
        RequestId: string;
        /**
         * @description In how many seconds it may be tried again (RFC 9110, section 10.2.3).
         * @example 42
         */
        RetryAfter: string;
        /**
         * @description The challenge of RFC 6750, section 3.1. `error_description` names the scopes that the token lacks, or the application that it does not grant access to; `scope` lists missing scopes.
         * @example Bearer realm="rekey", error="insufficient_scope", error_description="The token lacks the scope secrets:rotate", scope="secrets:rotate"
         */
        ScopeChallenge: string;
        /**
         * @description The challenge of RFC 6750, section 3. `error_description` says why the token is not valid; without a token, there is neither `error` nor `error_description`.
         * @example Bearer realm="rekey", error="invalid_token", error_description="The token has expired"
         */
        WwwAuthenticate: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listApplications: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before. Left out, the first page is answered. What is no cursor of this list is answered with 400.
                 * @example ZXhhbXBsZV9zdHJpbmc
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description How many items a page holds at most.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of applications. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getApplication: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The application. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Application"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    putApplication: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ApplicationInput"];
            };
        };
        responses: {
            /** @description It was there, and is as sent now. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Application"];
                };
            };
            /** @description It is new. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Application"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    deleteApplication: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before. Left out, the first page is answered. What is no cursor of this list is answered with 400.
                 * @example ZXhhbXBsZV9zdHJpbmc
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description How many items a page holds at most.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of webhooks. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    putWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookInput"];
            };
        };
        responses: {
            /** @description It was there, and is as sent now. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description It is new. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before. Left out, the first page is answered. What is no cursor of this list is answered with 400.
                 * @example ZXhhbXBsZV9zdHJpbmc
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description How many items a page holds at most.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    probeReceiver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProbeInput"];
            };
        };
        responses: {
            /** @description What the receiver did with each message. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Probe"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["CannotProbe"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, without their secrets. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    ETag: components["headers"]["OptionalKeyETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretState"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a retry safe: for 10 minutes the same key from the same caller, for the same webhook and with the same body, gets the same answer again and rotates nothing. Use a new UUID for each rotation that you mean. A structured string as in the IETF draft (`"8e03978e-40d5-43dd-bc93-6894a57f9324"`), or the bare token.
                 * @example "8e03978e-40d5-43dd-bc93-6894a57f9324"
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Goes ahead only if the current key is the one named, by the `ETag` of `getWebhookSecret` or of the rotation that made it; `*` stands for any. Else 412.
                 * @example "key_4pQf0wJt0bqkq1uJp8wY2A"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration to rotate.
                 * @example example_string
                 */
                webhookId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotationInput"];
            };
        };
        responses: {
            /** @description The new secret. No other answer ever contains it. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    ETag: components["headers"]["KeyETag"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedSecret"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    revokePreviousSecrets: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Goes ahead only if the current key is the one named, by the `ETag` of `getWebhookSecret` or of the rotation that made it; `*` stands for any. Else 412.
                 * @example "key_4pQf0wJt0bqkq1uJp8wY2A"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys as they are now, without their secrets. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    ETag: components["headers"]["OptionalKeyETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretState"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    signMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageInput"];
            };
        };
        responses: {
            /** @description The headers. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedMessage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["NoSecret"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    verifyMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the application that owns the webhook.
                 * @example example_string
                 */
                applicationId: components["parameters"]["ApplicationId"];
                /**
                 * @description ID of the webhook configuration.
                 * @example example_string
                 */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerificationInput"];
            };
        };
        responses: {
            /** @description The verdict. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["NoSecret"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyFailures"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
}
