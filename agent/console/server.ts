import { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Address, removeAddress, writeAddress } from './address-file.ts';
import { type AppParts, consoleApp } from './app.ts';

/** This machine only, by number: no name, no other interface. */
const LOOPBACK = '127.0.0.1';
/** Sockets of all callers together, event streams included; further ones are closed at once. */
const MOST_CONNECTIONS = 64;
/** Headers are a token and a key. */
const HEADER_BYTES = 8_192;
/** A caller that does not finish its headers, or its request, in this time is cut. */
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
const IDLE_MS = 5_000;
const LOOK_MS = 1_000;
/** A port that is taken is tried again. */
const RETRY_MS = 5_000;
/** Answers under way when the agent stops may take this long. */
const CLOSE_MS = 500;

export interface ServerParts extends AppParts {
  /** 0: chosen by the system */
  readonly port: number;
  readonly addressFile: string;
  /** this process's own token, for programs of the same user */
  readonly ownToken: string;
  readonly log: Log;
  readonly clock: Clock;
}

export interface Server {
  close(): Promise<void>;
}

/** Opens the local API on loopback, now or as soon as its port is free. The till does not wait for it. */
export function openConsole(parts: ServerParts): Server {
  const { log, clock, port, addressFile } = parts;
  let bound = port;
  const app = consoleApp(parts, () => bound);
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: LOOK_MS,
    },
  });
  if (!(server instanceof HttpServer)) throw new Error('not an HTTP/1.1 server');
  server.maxConnections = MOST_CONNECTIONS;
  let callOff = () => {};
  const listen = () => void server.listen(port, LOOPBACK);
  server.on('error', (error: Error) => {
    log.error({}, explain('CONSOLE_UNAVAILABLE', error.message));
    callOff = clock.after(RETRY_MS, listen);
  });
  server.on('listening', () => {
    bound = (server.address() as AddressInfo).port;
    const address: Address = { url: `http://${LOOPBACK}:${bound}`, token: parts.ownToken, pid: process.pid };
    writeAddress(addressFile, address);
    log.info({ url: address.url }, 'local API open');
  });
  listen();
  return {
    close: () => {
      callOff();
      removeAddress(addressFile);
      return new Promise((resolve) => {
        server.close(() => resolve());
        clock.after(CLOSE_MS, () => server.closeAllConnections());
        if (!server.listening) resolve();
      });
    },
  };
}
