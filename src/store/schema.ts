/** The tables, as kysely sees them. Times are milliseconds since 1970 (UTC). */
export interface Database {
  applications: ApplicationRow
  webhooks: WebhookRow
  signing_keys: SigningKeyRow
}

export interface ApplicationRow {
  id: string
  name: string | null
  created_at: number
  updated_at: number
}

export interface WebhookRow {
  application_id: string
  id: string
  url: string
  description: string | null
  created_at: number
  updated_at: number
}

export interface SigningKeyRow {
  id: string
  application_id: string
  webhook_id: string
  generation: number
  fingerprint: string
  sha256: string
  /** Compact JWE. */
  sealed_secret: string
  /** The encryption key of `sealed_secret`. */
  sealed_by: string
  created_at: number
  created_by: string | null
  reason: string | null
  expires_at: number | null
  revoked_at: number | null
}
