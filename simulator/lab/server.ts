import { once } from 'node:events';
import { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { labApp } from './app.ts';
import type { LabCounter } from './counter.ts';

/** This machine only, by number. */
const LOOPBACK = '127.0.0.1';
/** Pages that watch hold a connection each. */
const MOST_CONNECTIONS = 128;
const CLOSE_MS = 300;

export interface LabServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the lab page and its calls; rejects when the port is taken. `port` 0: chosen by the kernel. */
export async function openLab(counter: LabCounter, port: number): Promise<LabServer> {
  let bound = port;
  const server = createAdaptorServer({
    fetch: labApp(counter, () => bound).fetch,
    overrideGlobalObjects: false,
    serverOptions: { maxHeaderSize: 16_384, headersTimeout: 5_000, requestTimeout: 10_000 },
  });
  if (!(server instanceof HttpServer)) throw new Error('not an HTTP/1.1 server');
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${LOOPBACK}:${bound}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        setTimeout(() => server.closeAllConnections(), CLOSE_MS).unref();
      }),
  };
}
