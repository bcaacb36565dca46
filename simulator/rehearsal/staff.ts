import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { z } from 'zod';

// The people of the rehearsal's shop, hired as anybody's are: the technician's command gives a one-time code, the person
// chooses a PIN with it at the page. The PINs are drawn anew each time and shown on this screen only: no till is born with one.

export interface Hired {
  readonly personId: string;
  readonly name: string;
  readonly role: string;
  readonly pin: string;
}

const STAFF = [
  { personId: 'shouyin', name: '收银员', role: 'clerk' },
  { personId: 'dianzhang', name: '店长', role: 'manager' },
] as const;

const CODE = z.object({ code: z.string() });
const SESSION = z.object({ token: z.string() });
/** A PIN that is too easy is refused; so many in a row are not drawn. */
const DRAWS = 20;
/** A cold start of a command on a machine that is busy. */
const ANSWER_MS = 30_000;

/** A till to hire for: its program, its configuration, where its agent listens, and when to give up. */
export interface HiringTill {
  readonly program: string;
  readonly configFile: string;
  readonly url: string;
  readonly signal: AbortSignal;
}

/** Hires everybody; resolves with their PINs and an address that signs the clerk in, once. */
export async function hireStaff(till: HiringTill): Promise<{ people: readonly Hired[]; address: string }> {
  const people = await Promise.all(STAFF.map((one) => hire(till, one)));
  const { code } = CODE.parse(await person(till, 'link', STAFF[0].personId));
  return { people, address: `${till.url}/#code=${code}` };
}

async function hire(till: HiringTill, { personId, name, role }: (typeof STAFF)[number]): Promise<Hired> {
  const { code } = CODE.parse(await person(till, 'add', '--id', personId, '--name', name, '--role', role));
  return { personId, name, role, pin: await choosePin(till, code) };
}

async function choosePin(till: HiringTill, code: string): Promise<string> {
  const { token } = SESSION.parse(await ask(till, 'POST', '/v1/sessions', { code }));
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const newPin = String(randomInt(1_000_000)).padStart(6, '0');
    const chosen = SESSION.safeParse(await ask(till, 'POST', '/v1/sessions/pin', { newPin }, token));
    if (!chosen.success) continue;
    await ask(till, 'DELETE', '/v1/sessions', undefined, chosen.data.token);
    return newPin;
  }
  throw new Error('the agent takes no PIN');
}

async function ask({ url, signal }: HiringTill, method: string, path: string, body?: object, token?: string) {
  const answer = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  });
  const text = await answer.text();
  return (text === '' ? {} : JSON.parse(text)) as unknown;
}

/** `tillwire person ...`, as JSON. */
function person({ program, configFile, signal }: HiringTill, ...args: readonly string[]): Promise<unknown> {
  const all = [program, 'person', ...args, '--config', configFile, '--json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, all, { timeout: ANSWER_MS, signal }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || error.message));
      else resolve(JSON.parse(stdout));
    });
  });
}
