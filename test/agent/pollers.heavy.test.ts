import fs from 'node:fs';
import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LinuxPort } from '../../agent/transport/linux-binding.ts';
import { makeRaw, openPtyMaster } from '../../simulator/wires/libc.ts';

// A file number's native poller is used again by the next port of that number (agent/transport/pollers.ts). Does a line ever
// stay deaf for it? Bytes and hang-ups at every moment of a port's life, thousands of times on the same few numbers, and no
// probe that would find a deaf line later: what is not heard within two seconds is never heard.

/** The nightly run does 10,000. */
const PLUGS = Number(process.env['TILLWIRE_PLUG_CYCLES'] ?? 2_000);
const DEAF_MS = 2_000;
const { O_RDWR, O_NONBLOCK, O_NOCTTY } = fs.constants;
/** more than a pseudo-terminal takes while nobody reads it (20 KiB) */
const TOO_MUCH = Buffer.alloc(64 * 1024, 0x41);

/** The numbers that ports have had. */
const numbers = new Set<number>();

/** One plug: the far end, and the port that was opened on it. */
class Line {
  readonly #master: number;
  readonly port: LinuxPort;
  #plugged = true;

  constructor() {
    const { fd, path } = openPtyMaster();
    const slave = fs.openSync(path, O_RDWR | O_NONBLOCK | O_NOCTTY);
    makeRaw(slave);
    numbers.add(slave);
    this.#master = fd;
    this.port = new LinuxPort(slave, {} as ConstructorParameters<typeof LinuxPort>[1]);
  }

  say(text: string): void {
    fs.writeSync(this.#master, text);
  }

  /** The far end takes some of what was written; how much. */
  take(most: number): number {
    try {
      return fs.readSync(this.#master, Buffer.alloc(most), 0, most, null);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
      throw error;
    }
  }

  /** The far end is somebody else's from now on. */
  give(): number {
    this.#plugged = false;
    return this.#master;
  }

  pull(): void {
    if (this.#plugged) fs.closeSync(this.give());
  }

  async close(): Promise<void> {
    if (this.port.isOpen) await this.port.close();
    this.pull();
  }
}

/** What is heard, or the reason why nothing will be any more. */
async function heard({ port }: Line): Promise<string> {
  const buffer = Buffer.alloc(100);
  const reading = port.read(buffer, 0, buffer.length).then(
    ({ bytesRead }) => buffer.toString('latin1', 0, bytesRead),
    (error: Error) => `gone: ${error.message}`,
  );
  let timer: NodeJS.Timeout | undefined;
  const deaf = new Promise<string>((done) => (timer = setTimeout(done, DEAF_MS, 'deaf')));
  const text = await Promise.race([reading, deaf]);
  clearTimeout(timer);
  return text;
}

/** Reads on until the line is gone. */
async function heardToTheEnd(line: Line): Promise<string> {
  let all = '';
  for (;;) {
    const text = await heard(line);
    if (text.startsWith('gone')) return all;
    if (text === 'deaf') return `${all} and then deaf`;
    all += text;
  }
}

/** When the byte comes, and what must have been heard. */
const MOMENTS: Readonly<Record<string, (line: Line) => Promise<void>>> = {
  'before anybody reads': async (line) => {
    line.say('x');
    expect(await heard(line)).toBe('x');
  },
  'in the same turn as the read': async (line) => {
    const hearing = heard(line);
    line.say('x');
    expect(await hearing).toBe('x');
  },
  'when the kernel knows that it is waited for': async (line) => {
    const hearing = heard(line);
    await turn();
    line.say('x');
    expect(await hearing).toBe('x');
  },
  'right behind bytes that were heard, twice': async (line) => {
    for (const text of ['x', 'y', 'z']) {
      line.say(text);
      expect(await heard(line)).toBe(text);
    }
  },
  'while a write waits, which then goes on': async (line) => {
    const hearing = heard(line);
    const writing = line.port.write(TOO_MUCH);
    await turn();
    line.say('x');
    expect(await hearing).toBe('x');
    const next = heard(line);
    for (let left = TOO_MUCH.length; left > 0; left -= line.take(left)) await turn();
    await writing;
    line.say('y');
    expect(await next).toBe('y');
  },
  'with the hang-up behind it': async (line) => {
    const hearing = heard(line);
    await turn();
    line.say('x');
    line.pull();
    await hearing;
    expect(await heard(line)).toMatch(/^gone/);
  },
  'never: the hang-up alone': async (line) => {
    const hearing = heard(line);
    await turn();
    line.pull();
    expect(await hearing).toMatch(/^gone/);
  },
  'never: the port is closed while it is waited for': async (line) => {
    const hearing = heard(line);
    await turn();
    await line.port.close();
    expect(await hearing).toMatch(/^gone/);
  },
};

describe.runIf(process.platform === 'linux')(`a port on a file number that was in use before, ${PLUGS} times`, () => {
  /** Another thread, whose writes meet the event loop at whatever point it is. File numbers are the process's. */
  let thread: Worker;
  let server: net.Server;
  let address: net.AddressInfo;
  beforeAll(async () => {
    thread = new Worker(
      `const { parentPort } = require('node:worker_threads');
       const fs = require('node:fs');
       parentPort.on('message', ({ master, spins }) => {
         for (let n = 0; n < spins; n++) Math.sqrt(n);
         fs.writeSync(master, 'last words');
         for (let n = 0; n < spins; n++) Math.sqrt(n);
         fs.closeSync(master);
       });`,
      // it closes what it has not opened
      { eval: true, trackUnmanagedFds: false },
    );
    server = net.createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    address = server.address() as net.AddressInfo;
  });
  afterAll(async () => {
    await thread.terminate();
    server.close();
  });

  it.each(Object.entries(MOMENTS))('hears a byte that comes %s', async (_, story) => {
    for (let n = 0; n < PLUGS / 10; n++) {
      const line = new Line();
      await story(line);
      await line.close();
    }
  });

  it('hears all that another thread writes and its hang-up, at whatever moment', async () => {
    let random = 1;
    for (let n = 0; n < PLUGS; n++) {
      const line = new Line();
      random = (random * 48_271) % 2_147_483_647;
      const hearing = heardToTheEnd(line);
      thread.postMessage({ master: line.give(), spins: random % 20_000 });
      // the hang-up may take bytes along that were not read yet, and never makes the line deaf
      expect(['last words', '']).toContain(await hearing);
      await line.close();
    }
  });

  it('hears it too when the number was a socket of Node in between', async () => {
    for (let n = 0; n < PLUGS / 20; n++) {
      const before = new Line();
      before.say('x');
      expect(await heard(before)).toBe('x');
      await before.close();
      const socket = net.connect(address.port, address.address);
      await new Promise((done) => socket.once('close', done).resume());
      const after = new Line();
      const hearing = heard(after);
      await turn();
      after.say('y');
      expect(await hearing).toBe('y');
      await after.close();
    }
    expect(numbers.size).toBeLessThan(20);
  });
});
