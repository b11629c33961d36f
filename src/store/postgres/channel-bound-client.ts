import pg from 'pg'

/** A connection that ends before it sends the password, unless the server binds the authentication to its certificate. */
export class ChannelBoundClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config)
    let isBound = false
    const requireBinding = () => {
      if (isBound) return
      // The same packet may also say that the connection is ready.
      this.connection.removeAllListeners('readyForQuery')
      this.connection.stream.destroy(
        new Error(
          'the server does not offer channel binding (SCRAM-SHA-256-PLUS), which DATABASE_URL requires',
        ),
      )
    }
    // These listeners run before the driver's own, which it adds when it connects.
    this.connection
      .on('authenticationCleartextPassword', requireBinding)
      .on('authenticationMD5Password', requireBinding)
      .on('authenticationSASL', ({ mechanisms }: { mechanisms: string[] }) => {
        if (!mechanisms.includes('SCRAM-SHA-256-PLUS')) requireBinding()
      })
      .on('authenticationSASLFinal', () => {
        // The driver now verifies the server's signature, and fails if it is wrong.
        isBound = true
      })
      .on('authenticationOk', requireBinding)
  }
}
