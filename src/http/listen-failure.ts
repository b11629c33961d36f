/** Describes why the server cannot listen, and what to change. */
export function describeListenFailure(error: unknown, host: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use; stop the other program, or choose another port with PORT=, such as PORT=0 for any free one`
    case 'EACCES':
      return `this user may not listen on port ${port}; choose a port from 1024 up, such as PORT=8080, or grant the capability CAP_NET_BIND_SERVICE`
    case 'EADDRNOTAVAIL':
      return `this machine does not have the address HOST=${host}; choose one that it has, or HOST=0.0.0.0 for every IPv4 address`
    case 'EAFNOSUPPORT':
      return `this machine has no IPv6, which HOST=${host} needs; choose HOST=0.0.0.0`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name HOST=${host} does not resolve; choose an address, such as HOST=127.0.0.1`
    default:
      return `${message}; check HOST=${host} and PORT=${port}`
  }
}
