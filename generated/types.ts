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
         * @description Returns the applications that the token grants access to, sorted by ID, one page at a time.
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
         * @description Returns one application.
         */
        get: operations["getApplication"];
        /**
         * Create or update an application
         * @description Creates the application under the ID in the path, or replaces its properties. Repeating the request changes nothing.
         */
        put: operations["putApplication"];
        post?: never;
        /**
         * Delete an application
         * @description Deletes the application, its webhooks and all their keys. The keys can no longer sign or verify.
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
         * @description Returns the application's webhooks, sorted by ID, one page at a time.
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
         * @description Returns one webhook.
         */
        get: operations["getWebhook"];
        /**
         * Create or update a webhook
         * @description Creates the webhook under the ID in the path, or replaces its properties; its keys do not change. A new webhook has no secret until the first rotation issues one.
         */
        put: operations["putWebhook"];
        post?: never;
        /**
         * Delete a webhook
         * @description Deletes the webhook and all its keys. The keys can no longer sign or verify.
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
         * @description Returns the webhook's audit trail, newest first, one page at a time. Each event carries the hash of the previous one. The trail outlives the webhook and continues if its ID is reused.
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
         * @description Checks whether the receiver has adopted a rotation. Rekey posts the same harmless message
         *     (`{"type": "rekey.probe", …}`) to the webhook's URL with different signatures:
         *
         *     * with only the current key, which the receiver must accept
         *     * with a random key, which it must refuse
         *     * on request, with each previous key alone, which it must refuse
         *
         *     The receiver is proven if every message gets its expected verdict.
         *
         *     A receiver that is down, slow or broken gets a verdict and never causes a 502. Rekey waits up to
         *     3 seconds for each response, or half the server's request timeout if that is shorter. It does not
         *     follow redirects, and reads only the status code of a response. It sends messages only to public
         *     addresses and to those that `REKEY_PROBE_ALLOW` names. Every result is recorded in the webhook's
         *     audit trail; a probe that fails with an error is not.
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
         * @description Returns the webhook's keys, who created each, and when it stops signing. Never returns a secret.
         */
        get: operations["getWebhookSecret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rotate webhook signing secret
         * @description Generates a new signing secret for the specified webhook configuration. The old key keeps signing alongside the new one until its overlap ends. Older live keys keep their end. A receiver that still uses one of them misses no delivery. A webhook has at most 10 live keys.
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
         * @description Ends the overlap immediately: revokes every key except the current one, so none of them signs again. Without live previous keys, nothing changes.
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
         * @description Returns the Standard Webhooks headers to send with a message. They contain a signature for every live key of the webhook, newest first, so a receiver can verify the message with any of these keys.
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
         * @description Checks whether a message with these headers was signed with a live key of the webhook within 5 minutes of now. If not, `reason` says why.
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
            /** @description A display name, or null. */
            name: string | null;
            /** Format: date-time */
            updatedAt: string;
        };
        ApplicationInput: {
            /** @description A display name. Omitted or null, the application has none. Must not contain a signing secret. */
            name?: string | null;
        };
        ApplicationPage: {
            /** @description Sorted by ID. */
            items: components["schemas"]["Application"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        Error: {
            /** @description The HTTP status code. */
            code: number;
            /** @description The kind of error, for human readers. */
            error: string;
            /** @description What went wrong and, where possible, what to do. Never contains a secret. */
            message: string;
        };
        Event: {
            /** @description The subject (`sub`) of the token, or null if it had none. */
            actor: string | null;
            /** Format: date-time */
            at: string;
            /** @description The keys whose end this event set. */
            endedKeys: components["schemas"]["EventKey"][];
            /** @description SHA-256, in hexadecimal, of a JSON array without white space: previousHash, applicationId, webhookId, sequence, type, at, actor, reason, requestId, key, endedKeys. A key is an array of its id, keyFingerprint, expiresAt and revokedAt. Times are in milliseconds since 1970. */
            hash: string;
            /** @description The key that a rotation issued or that was current for a probe; otherwise null. */
            key: components["schemas"]["EventKey"] | null;
            /** @description The `hash` of the previous event, or 64 zeros for the first. */
            previousHash: string;
            /** @description For a rotation, the reason given with it; for a probe, its verdicts; otherwise null. */
            reason: string | null;
            /** @description The `X-Request-Id` of the request, or null for a command. */
            requestId: string | null;
            /** @description Position of the event in the audit trail, starting at 1. */
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
         * @description An ID that the caller chooses. IDs made only of dots are invalid, because URLs treat them as path segments.
         * @example example_string
         */
        Id: string;
        Key: {
            /** Format: date-time */
            createdAt: string;
            /** @description The subject (`sub`) of the token that rotated the secret, or null if it had none. */
            createdBy: string | null;
            /**
             * Format: date-time
             * @description When the key's overlap ends. Null for the current key.
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
            /** @description SHA-256 of the complete signing secret as shown, in hexadecimal. */
            sha256: string;
            state: components["schemas"]["KeyState"];
        };
        /**
         * @description `whsec_****` followed by the first four hexadecimal digits of the SHA-256 of the complete signing secret as shown. Safe to display and store.
         * @example whsec_****b7d1
         */
        KeyFingerprint: string;
        /**
         * @description `current` and `previous` keys are live: they sign. `expired` keys (their overlap ended) and `revoked` keys never sign again.
         * @enum {string}
         */
        KeyState: "current" | "previous" | "expired" | "revoked";
        /** @description The Standard Webhooks headers. */
        MessageHeaders: {
            "webhook-id": string;
            /** @description One signature per live key, newest first, separated by spaces. Each is `v1,` followed by the base64 of the HMAC-SHA256 of `webhook-id`, a dot, `webhook-timestamp`, a dot, and the payload. */
            "webhook-signature": string;
            /** @description Seconds since 1970. */
            "webhook-timestamp": string;
        };
        MessageInput: {
            /** @description The message's ID, the same for every delivery attempt. Visible ASCII without dots. Defaults to a generated ID. */
            messageId?: string;
            payload: components["schemas"]["Payload"];
            payloadEncoding?: components["schemas"]["PayloadEncoding"];
            /** @description When this delivery attempt is made, in seconds since 1970. Defaults to now. */
            timestamp?: number;
        };
        /** @description The `cursor` of the next page, or null on the last page. */
        NextCursor: string | null;
        /**
         * @description The message's body, byte for byte as sent to the receiver, at most 1 MiB after decoding. With the encoding `base64`, it must be padded base64 (RFC 4648, section 4); anything else returns 400.
         * @example {"type":"invoice.paid"}
         */
        Payload: string;
        /**
         * @description The encoding of `payload`. `base64` can represent any bytes.
         * @default utf8
         * @enum {string}
         */
        PayloadEncoding: "utf8" | "base64";
        Probe: {
            /** @description The messages. They differ only in their ID and signature, so a receiver that treats them differently has verified the signature. */
            messages: components["schemas"]["ProbeMessage"][];
            /** @description Whether every message got its expected verdict. */
            proven: boolean;
            /** @description Fingerprints of the keys that `endOverlap` revoked, newest first. */
            revokedKeys: components["schemas"]["KeyFingerprint"][];
        };
        ProbeInput: {
            /** @description If the receiver is proven, revokes the previous keys as `revokePreviousSecrets` does. If the secret or the URL changed during the probe, the request returns 409 and the overlap continues. */
            endOverlap?: boolean;
            /** @description Also sends a message for each of the newest 10 previous keys whose secret is still stored (for 24 hours after the key's end). Requires that the overlap has ended: while a previous key is live, the receiver may rightly accept it, and the request returns 409. */
            expectPreviousRefused?: boolean;
        };
        ProbeMessage: {
            /**
             * @description The verdict that proves the receiver.
             * @enum {string}
             */
            expected: "accepted" | "refused";
            /** @description Fingerprint of that key. Null for a random key, or if no key was available. */
            keyFingerprint: components["schemas"]["KeyFingerprint"] | null;
            /**
             * @description The only key that signs the message: the `current` key, a `previous` key, or a `random` key that nobody knows.
             * @enum {string}
             */
            signedWith: "current" | "random" | "previous";
            /** @description The HTTP status of the receiver's response, or null without a response. */
            status: number | null;
            /** @description Milliseconds until the verdict; for a response, until its status arrived. Null if nothing was sent. */
            timeMs: number | null;
            /**
             * @description The outcome of the message:
             *
             *     * `accepted`: the receiver responded with 2xx.
             *     * `refused`: it responded with 4xx other than 408, 425 and 429, which concern the moment and not the
             *       message.
             *     * `inconclusive`: it responded with anything else, such as a redirect or 5xx.
             *     * `timed_out`: it did not respond in time.
             *     * `no_answer`: the connection failed or broke, or the response was not HTTP.
             *     * `tls_failed`: TLS failed, or the certificate is not valid for the URL.
             *     * `unresolved`: the URL's host name does not resolve.
             *     * `url_refused`: nothing was sent, because the URL leads to an address that is not public. To allow
             *       it, add the address to the server's `REKEY_PROBE_ALLOW`.
             *     * `no_previous_secret`: nothing was sent, because no previous key's secret is stored any longer.
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
            /** @description How many seconds the old key keeps signing alongside the new one. Still older keys keep their end. 0 revokes all older keys immediately. Defaults to the server's `REKEY_OVERLAP_SECONDS` (24 hours unless configured). */
            overlapSeconds?: number;
            /** @description Why the secret is rotated, stored with the key in plaintext. Must not contain a signing secret. */
            reason?: string;
            /**
             * Format: password
             * @description A secret to import instead of generating one: `whsec_` followed by 24 to 64 bytes in base64 (Standard Webhooks). It must neither equal a live key of this webhook nor share its fingerprint.
             */
            signingSecret?: string;
        };
        SecretState: {
            /** @description The newest key, or null before the first rotation. */
            current: components["schemas"]["Key"] | null;
            /** @description Older keys, newest first: all live keys, then the newest inactive keys, 100 in total. */
            previous: components["schemas"]["Key"][];
        };
        SignedMessage: {
            headers: components["schemas"]["MessageHeaders"];
        };
        Verification: {
            /** @description Fingerprint of the key that signed the message, or null if none did. */
            keyFingerprint: components["schemas"]["KeyFingerprint"] | null;
            /** @description The state of that key, or null. */
            keyState: components["schemas"]["KeyState"] | null;
            /** @description Why the message is not valid, or null if it is. An expired or revoked key is distinguished from a wrong signature for 24 hours after its end, if it is among the webhook's last 100 keys to end. After 24 hours, its secret is erased. */
            reason: ("malformed_header" | "timestamp_out_of_tolerance" | "wrong_signature" | "expired_key" | "revoked_key") | null;
            valid: boolean;
        };
        VerificationInput: {
            /** @description The message's headers. Names are case-insensitive; other headers are ignored. */
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
             * @description When the current key was created, or null before the first rotation.
             */
            keyCreatedAt: string | null;
            /** @description Fingerprint of the current key, or null before the first rotation. */
            keyFingerprint: components["schemas"]["KeyFingerprint"] | null;
            /** @description Number of keys that sign this webhook's messages now, including the current key. */
            liveKeys: number;
            /** Format: date-time */
            updatedAt: string;
            url: components["schemas"]["WebhookUrl"];
        };
        WebhookInput: {
            /** @description A note. Omitted or null, the webhook has none. Must not contain a signing secret. */
            description?: string | null;
            url: components["schemas"]["WebhookUrl"];
        };
        WebhookPage: {
            /** @description Sorted by ID. */
            items: components["schemas"]["Webhook"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * Format: uri
         * @description The receiver's HTTP or HTTPS URL. Must not contain a user name, a password or a signing secret.
         * @example https://merchant.example/webhooks
         */
        WebhookUrl: string;
    };
    responses: {
        /** @description The database or the token issuer's key server is unreachable. Nothing was changed. */
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
        /** @description The webhook has no signing secret; or `expectPreviousRefused` is set while previous keys are live; or the secret or the URL changed during the probe, so the overlap cannot be ended. Nothing was changed. */
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
        /** @description The webhook's keys do not allow this rotation, or a request with the same `Idempotency-Key` is in progress. Nothing was changed. */
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
        /** @description The body exceeds the operation's limit. Nothing was changed. */
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
        /** @description The token lacks the scope or does not name the application; `WWW-Authenticate` says which. Returned whether or not the resource exists. */
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
        /** @description The request exceeded its deadline. Nothing was changed. */
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
        /** @description The server failed. Nothing was changed, unless the message says that the outcome is unknown. That happens when the database connection is lost during a commit and does not recover in time. */
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
        /** @description The application or webhook does not exist. */
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
        /** @description The current key does not match `If-Match`. Nothing was changed. */
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
        /** @description Too many requests from this address had no valid token. Nothing was changed. Until `Retry-After` has passed, all requests from the address return 429, including those with a valid token. */
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
        /** @description The token is missing or not valid. `WWW-Authenticate` says why. */
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
        /** @description The `Idempotency-Key` was used with a different body. Nothing was changed. */
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
         * @description The `nextCursor` of the previous page. Defaults to the first page. Anything but a cursor of this list returns 400.
         * @example ZXhhbXBsZV9zdHJpbmc
         */
        Cursor: string;
        /**
         * @description Makes retries safe. For 10 minutes, the same key from the same caller, for the same webhook and with the same body, returns the same response and rotates nothing. Use a new UUID for each intended rotation. The value is a structured string as in the IETF draft (`"8e03978e-40d5-43dd-bc93-6894a57f9324"`) or the bare token.
         * @example "8e03978e-40d5-43dd-bc93-6894a57f9324"
         */
        IdempotencyKey: string;
        /**
         * @description Proceeds only if the current key has this `ETag`, as returned by `getWebhookSecret` or by the rotation that created it. `*` matches any current key. Otherwise, the request returns 412.
         * @example "key_4pQf0wJt0bqkq1uJp8wY2A"
         */
        IfMatch: string;
        /**
         * @description Maximum number of items on a page.
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
         * @description `true` if this response replays an earlier one with the same `Idempotency-Key`, and nothing was rotated again. Absent otherwise.
         * @example true
         */
        IdempotencyReplayed: "true";
        /**
         * @description The current key's ID as a strong entity tag (RFC 9110, section 8.8.3).
         * @example "key_4pQf0wJt0bqkq1uJp8wY2A"
         */
        KeyETag: string;
        /**
         * @description No cache may store the response.
         * @example no-store
         */
        NoStore: "no-store";
        /**
         * @description The current key's ID as a strong entity tag. Absent while the webhook has no key.
         * @example "key_4pQf0wJt0bqkq1uJp8wY2A"
         */
        OptionalKeyETag: string;
        /**
         * @description How many seconds to wait before retrying, while another request with this `Idempotency-Key` is in progress. Absent where a retry would not help.
         * @example 1
         */
        OptionalRetryAfter: string;
        /**
         * @description The `X-Request-Id` of the request, or a generated ID. The log contains it too.
         * @example 3f0b7c1e-5d0c-4a57-9f0e-1f6d1a3c9b55
         */
        RequestId: string;
        /**
         * @description How many seconds to wait before retrying (RFC 9110, section 10.2.3).
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
                 * @description The `nextCursor` of the previous page. Defaults to the first page. Anything but a cursor of this list returns 400.
                 * @example ZXhhbXBsZV9zdHJpbmc
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description Maximum number of items on a page.
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
            /** @description The existing application, updated. */
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
            /** @description The new application. */
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
            /** @description The application is deleted. */
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
                 * @description The `nextCursor` of the previous page. Defaults to the first page. Anything but a cursor of this list returns 400.
                 * @example ZXhhbXBsZV9zdHJpbmc
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description Maximum number of items on a page.
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
            /** @description The existing webhook, updated. */
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
            /** @description The new webhook. */
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
            /** @description The webhook is deleted. */
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
                 * @description The `nextCursor` of the previous page. Defaults to the first page. Anything but a cursor of this list returns 400.
                 * @example ZXhhbXBsZV9zdHJpbmc
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description Maximum number of items on a page.
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
            /** @description The verdict on each message. */
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
                 * @description Makes retries safe. For 10 minutes, the same key from the same caller, for the same webhook and with the same body, returns the same response and rotates nothing. Use a new UUID for each intended rotation. The value is a structured string as in the IETF draft (`"8e03978e-40d5-43dd-bc93-6894a57f9324"`) or the bare token.
                 * @example "8e03978e-40d5-43dd-bc93-6894a57f9324"
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Proceeds only if the current key has this `ETag`, as returned by `getWebhookSecret` or by the rotation that created it. `*` matches any current key. Otherwise, the request returns 412.
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
            /** @description The new secret. No other response ever contains it. */
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
                 * @description Proceeds only if the current key has this `ETag`, as returned by `getWebhookSecret` or by the rotation that created it. `*` matches any current key. Otherwise, the request returns 412.
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
            /** @description The keys after the revocation, without their secrets. */
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
