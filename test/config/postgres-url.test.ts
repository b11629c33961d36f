import { expect, test } from 'vitest'
import { parsePostgresUrl } from '../../src/config/postgres-url.ts'

const parse = (url: string) => Object.fromEntries(parsePostgresUrl(url))

// The valid URLs of libpq's own tests (src/interfaces/libpq/t/001_uri.pl), and what libpq finds in them.
test.each([
  [
    'postgresql://uri-user:secret@host:12345/db',
    { user: 'uri-user', password: 'secret', host: 'host', port: '12345', dbname: 'db' },
  ],
  ['postgresql://uri-user@host:12345/db', { user: 'uri-user', host: 'host', port: '12345', dbname: 'db' }],
  ['postgresql://uri-user@host/db', { user: 'uri-user', host: 'host', dbname: 'db' }],
  ['postgresql://host:12345/db', { host: 'host', port: '12345', dbname: 'db' }],
  ['postgresql://host/db', { host: 'host', dbname: 'db' }],
  ['postgresql://uri-user@host:12345/', { user: 'uri-user', host: 'host', port: '12345' }],
  ['postgresql://uri-user@', { user: 'uri-user' }],
  ['postgresql://host:12345', { host: 'host', port: '12345' }],
  ['postgresql://host', { host: 'host' }],
  ['postgresql://', {}],
  ['postgresql://?hostaddr=127.0.0.1', { hostaddr: '127.0.0.1' }],
  ['postgresql://example.com?hostaddr=63.1.2.4', { host: 'example.com', hostaddr: '63.1.2.4' }],
  ['postgresql://%68ost/', { host: 'host' }],
  ['postgresql://host/db?user=uri-user', { host: 'host', dbname: 'db', user: 'uri-user' }],
  [
    'postgresql://host/db?user=uri-user&port=12345',
    { host: 'host', dbname: 'db', user: 'uri-user', port: '12345' },
  ],
  [
    'postgresql://host/db?u%73er=someotheruser&port=12345',
    { host: 'host', dbname: 'db', user: 'someotheruser', port: '12345' },
  ],
  ['postgresql://host:12345?user=uri-user', { host: 'host', port: '12345', user: 'uri-user' }],
  ['postgresql://host?', { host: 'host' }],
  ['postgresql://[::1]:12345/db', { host: '::1', port: '12345', dbname: 'db' }],
  ['postgresql://[::1]/db', { host: '::1', dbname: 'db' }],
  ['postgresql://[2001:db8::1234]/', { host: '2001:db8::1234' }],
  ['postgresql://[::1]', { host: '::1' }],
  ['postgres:///', {}],
  ['postgres:///db', { dbname: 'db' }],
  ['postgres://uri-user@/db', { user: 'uri-user', dbname: 'db' }],
  ['postgres://?host=/path/to/socket/dir', { host: '/path/to/socket/dir' }],
  ['postgres://@host', { host: 'host' }],
  ['postgres://host:/', { host: 'host' }],
  ['postgres://:12345/', { port: '12345' }],
  ['postgres://otheruser@/?host=/no/such/directory', { user: 'otheruser', host: '/no/such/directory' }],
  [
    'postgres://otheruser@:12345/db?host=/path/to/socket',
    { user: 'otheruser', port: '12345', dbname: 'db', host: '/path/to/socket' },
  ],
  ['postgres://%2Fvar%2Flib%2Fpostgresql/dbname', { host: '/var/lib/postgresql', dbname: 'dbname' }],
])('reads %s as libpq does', (url, parameters) => {
  expect(parse(url)).toEqual(parameters)
})

test.each([
  ['postgres://a:1,b:2/db', { host: 'a,b', port: '1,2', dbname: 'db' }],
  ['postgres://a,b:2', { host: 'a,b', port: ',2' }],
  ['postgres://[::1],b/db', { host: '::1,b', dbname: 'db' }],
  [
    'postgres://u@localhost:5433/db?host=/cloudsql/p:r:i',
    { user: 'u', host: '/cloudsql/p:r:i', port: '5433', dbname: 'db' },
  ],
  ['postgres://u:a:b%3A%40%2F%3F%23%25%C3%A9@h', { user: 'u', password: 'a:b:@/?#%é', host: 'h' }],
  [
    'postgres://u:a#b+c@h/d?options=-c%20geqo=off+x',
    { user: 'u', password: 'a#b+c', host: 'h', dbname: 'd', options: '-c geqo=off+x' },
  ],
  ['postgres://h/a%2Fb', { host: 'h', dbname: 'a/b' }],
])('reads %s', (url, parameters) => {
  expect(parse(url)).toEqual(parameters)
})

test.each([
  [
    'postgres://u:s3cr%et@h',
    'contains a % at position 18 that two hexadecimal digits do not follow; write %25',
  ],
  ['postgres://u%:s3cret@h', 'contains a % at position 13 '],
  ['postgres://h/%zz', 'contains a % at position 14 '],
  ['postgres://%1', 'contains a % at position 12 '],
  ['postgres://h?sslmode=%', 'contains a % at position 22 '],
  ['postgres://h?a=b&%XX=c', 'contains a % at position 18 '],
  ['postgres://a,%:1', 'contains a % at position 14 '],
  ['postgres://u:s3cr%E9t@h', 'contains percent-encoded bytes at position 18 that are not text in UTF-8'],
  ['postgres://a%00b', 'contains percent-encoded bytes at position 13 that are not text in UTF-8'],
  ['postgres://u:s3@cret@h', 'contains an @ at position 16 and another at 21; write %40'],
  ['postgres://h?user=a@b', 'contains a ? at position 13, before its @;'],
  [
    'postgres://u:s3/cret@h',
    'contains a / at position 16, before its @; in a user name or password write %2F',
  ],
  ['postgres://u:s3?cret@h', 'contains a ? at position 16, before its @;'],
  ['postgres://u:s3 cret@h', 'contains a space or control character at position 16; write %20'],
  ['postgres://u:s3\tcret@h', 'contains a space or control character at position 16'],
  ['postgres://[::1', 'contains an invalid IPv6 address at position 12; write it as in [::1]:5432'],
  ['postgres://[]', 'contains an invalid IPv6 address at position 12'],
  ['postgres://a,[::1]z', 'contains an invalid IPv6 address at position 14'],
  ['postgres://[200z:db8::1234]/', 'contains an invalid IPv6 address at position 12'],
  [
    'postgres://a,::1:5432/db',
    'contains several colons in the host at position 14; write an IPv6 address in brackets',
  ],
  ['postgres://host?zzz', 'contains a parameter without a name or value at position 17; write name=value'],
  ['postgres://host?a=1&&b=2', 'contains a parameter without a name or value at position 21'],
  ['postgres://host?=1', 'contains a parameter without a name or value at position 17'],
  ['postgres://host?uzer=', 'contains an empty uzer; set it to a value or remove it'],
  ['postgres://h?sslmode=disable&sslmode=require', 'contains sslmode twice; remove one of them'],
])('rejects %j with its fault and position, without the password', (url, fault) => {
  expect(() => parse(url)).toThrow(`DATABASE_URL ${fault}`)
  expect(() => parse(url)).not.toThrow(/s3|cret/)
})
