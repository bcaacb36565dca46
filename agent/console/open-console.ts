import type { Config } from '../config.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Outside } from '../outside.ts';
import { addressFile } from './address-file.ts';
import type { Register } from './guard.ts';
import type { Server, ServerParts } from './server.ts';
import { newToken, TokenRegister, tokenFile } from './tokens.ts';

/** The local API. Without it the till still sells; so a trouble is told, and no more. */
export function openConsole(
  { console: { enabled, port }, dataDir }: Config,
  outside: Outside,
  log: Log,
  rooms: Omit<ServerParts, 'tokens' | 'port' | 'addressFile' | 'ownToken'>,
): Promise<Server | undefined> | undefined {
  if (!enabled) return undefined;
  const ownToken = newToken();
  const caller = { program: 'tillwire', scopes: ['read', 'collect', 'diagnose'] } as const;
  const programs = new TokenRegister(tokenFile(dataDir), { token: ownToken, caller });
  const { people } = rooms;
  const tokens: Register = {
    callerOf: (token) => (people.isSessionToken(token) ? people.callerOf(token) : programs.callerOf(token)),
    isSessionToken: (token) => people.isSessionToken(token),
    acted: (caller) => people.acted(caller),
  };
  return outside
    .openConsole?.({ ...rooms, tokens, port, addressFile: addressFile(dataDir), ownToken })
    .catch((error: unknown) => {
      log.error({}, explain('CONSOLE_UNAVAILABLE', String(error)));
      return undefined;
    });
}
