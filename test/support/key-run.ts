import { Webhook } from 'standardwebhooks'
import { expect } from 'vitest'
import type { components } from '../../generated/types.ts'
import type { ApplicationPath, WebhookPath } from './documented-body.ts'
import { hooks, type Action, type Hook, type Tag } from './key-actions.ts'
import { fingerprint, KeyModel, stateOf, type ModelKey, type Rotation } from './key-model.ts'
import type { Api } from './server.ts'

/** Secrets to import, as if a platform had issued them before it used Rekey. */
const existing = [24, 32, 64].map((bytes) => `whsec_${Buffer.alloc(bytes, bytes).toString('base64')}`)
const payload = '{"type":"invoice.paid"}'
const messageId = 'msg_1'

type KeyView = components['schemas']['Key']

/** Applies each action to a server and to the model, and compares the two after every action except a wait. */
export class KeyRun {
  /** Counts each kind of response, so a test can check that all kinds occurred. */
  readonly tally: Map<string, number>
  readonly #models: Record<Hook, KeyModel> = { hook_1: new KeyModel(), hook_2: new KeyModel() }
  /** Each key's first reported expiry, by key ID. A reported expiry must never change. */
  readonly #ends = new Map<string, string>()
  readonly #ended = new Set<string>()
  /** Secrets of deleted webhooks. */
  readonly #gone: string[] = []
  readonly #retries = new Map<Hook, { rotation: Rotation; at: number }>()
  readonly #api: Api
  readonly #application: ApplicationPath
  readonly #clock: { now: number }

  /** @param application path of an application that has no webhook yet */
  constructor(api: Api, application: ApplicationPath, clock: { now: number }, tally: Map<string, number>) {
    this.#api = api
    this.#application = application
    this.#clock = clock
    this.tally = tally
  }

  async do(action: Action): Promise<void> {
    if (action.does === 'wait') {
      this.#clock.now += action.milliseconds
    } else if (action.does === 'waitForEnd') {
      const { expiresAt } = this.#pick(action.hook, action.key) ?? {}
      this.#clock.now = Math.max(this.#clock.now, (expiresAt ?? 0) + action.offset)
    } else {
      await this.#act(action)
      await this.agree(action.hook)
    }
  }

  /** Compares everything that the server reports about a webhook with the model. */
  async agree(hook: Hook): Promise<void> {
    const model = this.#models[hook]
    const { now } = this.#clock
    const path = this.#path(hook)
    const live = model.live(now)
    const webhook = await this.#api('GET', path)
    const state = await this.#api('GET', `${path}/secret`)
    const signed = await this.#api('POST', `${path}/signatures`, { body: { payload, messageId } })
    if (!model.exists) {
      expect([webhook.status, state.status, signed.status]).toEqual([404, 404, 404])
      return
    }
    expect(webhook.body.liveKeys).toBe(live.length)
    expect(webhook.body.keyFingerprint).toBe(live[0] ? fingerprint(live[0].secret) : null)

    const { current, previous } = state.body
    const views = current ? [current, ...previous] : previous
    const told = model.shown(now).map((key) => [key.etag, stateOf(key, now), toTime(key.expiresAt)])
    expect(views.map((view) => [`"${view.id}"`, view.state, view.expiresAt])).toEqual(told)
    expect(state.headers.get('etag')).toBe(model.keys[0]?.etag ?? null)
    this.#watch(views)

    expect(signed.status).toBe(live.length > 0 ? 200 : 409)
    const signatures = live.map(({ secret }) => sign(secret, now))
    const signature = signed.status === 200 ? signed.body.headers['webhook-signature'] : ''
    expect(signature).toBe(signatures.join(' '))
  }

  /** Checks at the end of a run that both webhooks match the model, their keys verify, and their trails are intact. */
  async finish(): Promise<void> {
    for (const hook of hooks) {
      await this.agree(hook)
      const secrets = this.#models[hook].keys.slice(0, 12).map(({ secret }) => secret)
      for (const secret of secrets) await this.#verify(hook, [secret])
      if (secrets.length > 1) await this.#verify(hook, secrets.slice(1))
      for (const secret of this.#gone.slice(0, 3)) await this.#verify(hook, [secret])
      await this.#checkTrail(hook)
    }
  }

  async #act(action: Exclude<Action, { does: 'wait' | 'waitForEnd' }>): Promise<void> {
    const { hook } = action
    const model = this.#models[hook]
    const path = this.#path(hook)
    switch (action.does) {
      case 'put': {
        const { status } = await this.#api('PUT', path, { body: { url: 'https://merchant.example/' } })
        expect(status).toBe(model.exists ? 200 : 201)
        model.put()
        break
      }
      case 'delete': {
        expect((await this.#api('DELETE', path)).status).toBe(model.exists ? 204 : 404)
        this.#gone.push(
          ...model.keys.map(({ secret }) => secret).filter((secret) => !existing.includes(secret)),
        )
        model.delete()
        break
      }
      case 'fill': {
        for (let i = model.live(this.#clock.now).length; i <= 10; i++)
          await this.#rotate(hook, { body: {}, ifMatch: undefined, idempotencyKey: undefined })
        break
      }
      case 'retry': {
        const retry = this.#retries.get(hook)
        if (!retry) break
        const { rotation, at } = retry
        this.#clock.now = Math.max(this.#clock.now, at + action.milliseconds)
        await this.#rotate(
          hook,
          action.withOtherBody ? { ...rotation, body: { reason: 'another' } } : rotation,
        )
        break
      }
      case 'rotate': {
        const { overlapSeconds, reason, imports, idempotencyKey } = action
        const signingSecret = imports === undefined ? undefined : existing[imports]
        const body = {
          ...(overlapSeconds !== undefined && { overlapSeconds }),
          ...(reason !== undefined && { reason }),
          ...(signingSecret !== undefined && { signingSecret }),
        }
        await this.#rotate(hook, { body, ifMatch: this.#ifMatch(hook, action.ifMatch), idempotencyKey })
        break
      }
      case 'revoke': {
        const ifMatch = this.#ifMatch(hook, action.ifMatch)
        const { status } = await this.#api('DELETE', `${path}/secret/previous`, {
          headers: headers({ ifMatch }),
        })
        expect(status).toBe(model.exists ? (model.matches(ifMatch) ? 200 : 412) : 404)
        if (status === 200) model.revokePrevious(this.#clock.now)
        break
      }
      case 'verify':
        await this.#verify(
          hook,
          action.keys.map(
            (index) => this.#pick(hook, index)?.secret ?? existing[index % existing.length] ?? '',
          ),
        )
    }
  }

  async #rotate(hook: Hook, rotation: Rotation): Promise<void> {
    const { now } = this.#clock
    const model = this.#models[hook]
    const expected = model.outcome(rotation, now)
    const answer = await this.#api('PATCH', `${this.#path(hook)}/secret`, {
      body: rotation.body,
      headers: headers(rotation),
    })
    expect(answer.status, answer.text).toBe(expected.status)
    this.#count(expected.replayed ? 'replayed' : String(answer.status))
    if (answer.status !== 200) return
    if (rotation.idempotencyKey !== undefined && !expected.replayed)
      this.#retries.set(hook, { rotation, at: now })

    const etag = answer.headers.get('etag') ?? ''
    const secret = answer.body.signingSecret
    expect(answer.body.keyFingerprint).toBe(fingerprint(secret))
    expect(answer.headers.get('idempotency-replayed')).toBe(expected.replayed ? 'true' : null)
    if (expected.replayed)
      expect({ etag, secret }).toEqual({ etag: expected.replayed.etag, secret: expected.replayed.secret })
    else {
      expect(model.keys.map((key) => key.etag)).not.toContain(etag)
      if (rotation.body.signingSecret !== undefined) expect(secret).toBe(rotation.body.signingSecret)
      model.rotate(rotation, { etag, secret }, now)
    }
  }

  async #verify(hook: Hook, secrets: string[]): Promise<void> {
    const { now } = this.#clock
    const model = this.#models[hook]
    const message = {
      'webhook-id': messageId,
      'webhook-timestamp': String(Math.floor(now / 1000)),
      'webhook-signature': secrets.map((secret) => sign(secret, now)).join(' '),
    }
    const answer = await this.#api('POST', `${this.#path(hook)}/signatures/verify`, {
      body: { headers: message, payload },
    })
    if (!model.exists || model.keys.length === 0) {
      expect(answer.status).toBe(model.exists ? 409 : 404)
      return
    }
    const signer = model.signer(secrets, now)
    const state = signer && stateOf(signer, now)
    const reason =
      state === undefined
        ? 'wrong_signature'
        : { current: null, previous: null, expired: 'expired_key', revoked: 'revoked_key' }[state]
    this.#count(reason ?? 'valid')
    expect(answer.body).toEqual({
      valid: reason === null,
      keyFingerprint: signer ? fingerprint(signer.secret) : null,
      keyState: state ?? null,
      reason,
    })
  }

  /** Checks invariants that hold after any sequence of actions, independently of the model. */
  #watch(views: KeyView[]): void {
    expect(views.filter(({ state }) => state === 'current').length).toBeLessThanOrEqual(1)
    expect(views.filter(isLive).length).toBeLessThanOrEqual(10)
    for (const view of views) {
      if (isLive(view)) expect(this.#ended).not.toContain(view.id)
      else this.#ended.add(view.id)
      const { id, expiresAt } = view
      if (this.#ends.has(id)) expect(expiresAt).toBe(this.#ends.get(id))
      else if (expiresAt !== null) this.#ends.set(id, expiresAt)
    }
  }

  async #checkTrail(hook: Hook): Promise<void> {
    const events: components['schemas']['Event'][] = []
    let cursor: string | null = ''
    while (cursor !== null && this.#models[hook].eventTypes.length > 0) {
      const query: string = cursor && `&cursor=${cursor}`
      const { body } = await this.#api('GET', `${this.#path(hook)}/events?limit=100${query}`)
      events.unshift(...body.items.toReversed())
      cursor = body.nextCursor
    }
    expect(events.map(({ type }) => type)).toEqual(this.#models[hook].eventTypes)
    expect(events.slice(1).map(({ previousHash }) => previousHash)).toEqual(
      events.slice(0, -1).map(({ hash }) => hash),
    )
  }

  #path(hook: Hook): WebhookPath {
    return `${this.#application}/webhooks/${hook}`
  }

  #pick(hook: Hook, index: number): ModelKey | undefined {
    const { keys } = this.#models[hook]
    return keys[index % keys.length]
  }

  #ifMatch(hook: Hook, tag: Tag | undefined): string | undefined {
    const [current, older] = this.#models[hook].keys
    const etag = current?.etag ?? '"none"'
    return (
      tag &&
      {
        current: etag,
        older: older?.etag ?? '"none"',
        any: '*',
        weak: `W/${etag}`,
        unknown: '"none"',
        list: `"none", ${etag}`,
      }[tag]
    )
  }

  #count(kind: string): void {
    this.tally.set(kind, (this.tally.get(kind) ?? 0) + 1)
  }
}

function headers({ ifMatch, idempotencyKey }: Partial<Rotation>): Record<string, string> {
  return {
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
  }
}

/** Signs with an independent implementation of Standard Webhooks. */
function sign(secret: string, now: number): string {
  return new Webhook(secret).sign(messageId, new Date(now), payload)
}

function isLive({ state }: KeyView): boolean {
  return state === 'current' || state === 'previous'
}

function toTime(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString()
}
