import { tillwire } from '../../e2e/run-tillwire.ts';
import type { TillWithApi } from './till-with-api.ts';

export const PINS = { li: '802746', wang: '914053', chen: '370682' } as const;

/** Adds somebody as a technician does, and has them choose their PIN as they do. */
export async function hire(till: TillWithApi, id: keyof typeof PINS, role: string, name: string = id): Promise<void> {
  const { code } = await person(till, 'add', '--id', id, '--name', name, '--role', role);
  const opened = await till.ask('/v1/sessions', { body: { code } });
  const token = String(opened.json['token']);
  const chosen = await till.ask('/v1/sessions/pin', { token, body: { newPin: PINS[id] } });
  if (chosen.status !== 201) throw new Error(`no PIN for ${id}: ${chosen.text}`);
  await till.ask('/v1/sessions', { method: 'DELETE', token: String(chosen.json['token']) });
}

/** Signs in; the token. */
export async function signIn(till: TillWithApi, id: keyof typeof PINS): Promise<string> {
  const { status, json, text } = await till.ask('/v1/sessions', { body: { personId: id, pin: PINS[id] } });
  if (status !== 201) throw new Error(`${id} cannot sign in: ${text}`);
  return String(json['token']);
}

/** `tillwire person ...`, as JSON. */
export async function person(till: TillWithApi, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await tillwire(['person', ...args, '--config', till.configFile, '--json']);
  if (code !== 0) throw new Error(`tillwire person ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}
