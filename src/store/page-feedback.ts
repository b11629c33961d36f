import type { PageFeedbackRow } from './schema.ts'
import type { Queries } from './store.ts'

/** Counts one more answer to "Was this page helpful?". */
export async function countAnswer(
  queries: Queries,
  answer: Pick<PageFeedbackRow, 'operation_id' | 'helpful'>,
): Promise<void> {
  await queries
    .insertInto('page_feedback')
    .values({ ...answer, answers: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['operation_id', 'helpful'])
        .doUpdateSet((eb) => ({ answers: eb('page_feedback.answers', '+', 1) })),
    )
    .execute()
}

export async function listAnswers(queries: Queries): Promise<PageFeedbackRow[]> {
  return queries.selectFrom('page_feedback').selectAll().execute()
}
