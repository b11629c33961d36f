import { sql } from 'kysely'
import type { Queries } from '../store.ts'
import { examined, maxExamined, readPlaces, whereMet, type KeyConditions } from './key-places.ts'
import { whereWithin, type KeyBounds, type KeyPlace, type KeysQuery } from './key-ranges.ts'

/** A key's place among all keys of its application, in the order of the webhooks. */
export interface ApplicationPlace {
  webhookId: string
  generation: number
}

/** Finds the place of the key that comes `rows` after a place; undefined if there are fewer. */
export async function findPlaceInApplication(
  queries: Queries,
  applicationId: string,
  after: ApplicationPlace,
  rows: number,
): Promise<ApplicationPlace | undefined> {
  return selectPart(queries, applicationId, { after, upTo: undefined })
    .select(['webhook_id as webhookId', 'generation'])
    .limit(1)
    .offset(rows - 1)
    .executeTakeFirst()
}

/** Lists the places of up to `limit` keys of a part that meet the conditions, the oldest key first. */
export async function listInApplication(
  queries: Queries,
  applicationId: string,
  part: { after: ApplicationPlace; upTo: ApplicationPlace | undefined },
  { bounds, limit, ...conditions }: KeyConditions & { bounds: KeyBounds; limit: number },
): Promise<KeyPlace[]> {
  const keys: KeysQuery = selectPart(queries, applicationId, part).select(['id', 'created_at', ...examined])
  const met = whereMet(queries, keys.limit(sql.lit(maxExamined)), conditions)
  return readPlaces(whereWithin(met, bounds), limit)
}

function selectPart(
  queries: Queries,
  applicationId: string,
  { after, upTo }: { after: ApplicationPlace; upTo: ApplicationPlace | undefined },
) {
  const place = ({ webhookId, generation }: ApplicationPlace) => sql`(${webhookId}, ${generation})`
  let keys = queries
    .selectFrom('signing_keys')
    .where('application_id', '=', applicationId)
    .where(sql<boolean>`(webhook_id, generation) > ${place(after)}`)
    .orderBy('webhook_id')
    .orderBy('generation')
  if (upTo) keys = keys.where(sql<boolean>`(webhook_id, generation) <= ${place(upTo)}`)
  return keys
}
