import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { BrokerProblem } from '../../../agent/backend/broker-problem.ts';
import { startBroker } from '../../../simulator/backend/broker.ts';
import { Closing, openTill, until } from './till-fixture.ts';

const closing = new Closing();
afterEach(() => closing.run());

// a self-signed certificate for localhost, made for this test only (openssl req -x509, valid until 2126)
const file = (name: string) => readFileSync(new URL(`tls/${name}`, import.meta.url));
const [cert, key] = [file('localhost.crt'), file('localhost.key')];

/** A broker behind TLS. */
async function tlsPort(): Promise<number> {
  const broker = closing.add(await startBroker(), (it) => it.stop());
  const server = createServer({ cert, key }, (client) => {
    const inner = connect({ port: broker.port, host: '127.0.0.1', noDelay: true });
    client.on('error', () => inner.destroy()).on('close', () => inner.destroy());
    inner.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(inner).pipe(client);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.add(server, (it) => it.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

describe('a broker behind TLS', () => {
  it('is reached with the certificates that were passed in', async () => {
    const server = { host: 'localhost', port: await tlsPort(), tls: { ca: cert } };
    const { link } = closing.add(openTill({ port: 0, link: { servers: [server] } }), (till) => till.link.close());
    await until('online', () => link.online);
    expect(link.online).toBe(true);
  });

  it('[000-7] whose certificate nobody vouches for is a configuration problem, not a network that may come back', async () => {
    const problems: BrokerProblem[] = [];
    const listener = { problem: (problem: BrokerProblem) => problems.push(problem) };
    const server = { host: 'localhost', port: await tlsPort(), tls: {} };
    closing.add(openTill({ port: 0, listener, link: { servers: [server] } }), (till) => till.link.close());
    await until('refused', () => problems.length > 0);
    expect(problems).toEqual([{ code: 'BROKER_REFUSED', detail: 'TLS: DEPTH_ZERO_SELF_SIGNED_CERT' }]);
  });
});
