/**
 * SQL statement that limits how long a stalled process can hold its transaction's locks, in milliseconds. It applies
 * to one transaction, because poolers refuse the setting as a start-up parameter, and may give a session to someone else.
 */
export const limitIdleTime = 'set local idle_in_transaction_session_timeout = 60000'
