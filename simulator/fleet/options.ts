import { readFileSync } from 'node:fs';
import { TOPIC_LEVEL } from '../../protocols/backend/topics.ts';
import { type BrokerDoor, parseDoor } from './broker-door.ts';

export interface RawFleetOptions {
  readonly tills: string;
  readonly broker?: string;
  readonly backend?: boolean;
  readonly compare?: boolean;
  readonly seconds: string;
  readonly pace: string;
  readonly ramp: string;
  readonly lost: string;
  readonly tenant: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly ca?: string;
  readonly json?: boolean;
}

export interface FleetOptions {
  readonly tills: number;
  /** absent: the backend's process brings one */
  readonly door: BrokerDoor | undefined;
  readonly backend: boolean;
  readonly compare: boolean;
  readonly seconds: number;
  readonly pace: number;
  readonly rampPerSecond: number;
  readonly lostPercent: number;
  readonly tenant: string;
  readonly json: boolean;
}

/** More tills in one process than sockets a process may have. */
const MOST_TILLS = 20_000;

/** The options, or one line that says what is wrong with them. */
export function parseFleetOptions(raw: RawFleetOptions): FleetOptions | string {
  const tills = whole(raw.tills, 1, MOST_TILLS);
  const seconds = whole(raw.seconds, 1, 86_400);
  const rampPerSecond = whole(raw.ramp, 1, 10_000);
  const pace = Number(raw.pace);
  const lostPercent = Number(raw.lost);
  if (tills === undefined) return `--tills is a whole number from 1 to ${MOST_TILLS}`;
  if (seconds === undefined) return '--seconds is a whole number from 1 to 86400';
  if (rampPerSecond === undefined) return '--ramp is a whole number from 1 to 10000';
  if (!(pace > 0 && pace <= 600)) return '--pace is above 0, at most 600 payments a minute';
  if (!(lostPercent >= 0 && lostPercent <= 100)) return '--lost is 0 to 100';
  if (!TOPIC_LEVEL.test(raw.tenant)) return '--tenant is of lower-case letters, digits and -, at most 64';
  const backend = raw.backend === true;
  const door = raw.broker === undefined ? undefined : doorOf(raw, raw.broker);
  if (typeof door === 'string') return door;
  if (!door && !backend) return 'give --broker URL, or --backend for a simulated backend with a broker of its own';
  if (lostPercent > 0 && !backend) return '--lost is for the simulated backend (--backend)';
  if (door?.tls && backend) return '--backend reaches a broker by mqtt:// only';
  const { tenant, compare = false, json = false } = raw;
  return { tills, door, backend, compare, seconds, pace, rampPerSecond, lostPercent, tenant, json };
}

function doorOf(raw: RawFleetOptions, url: string): BrokerDoor | string {
  const at = parseDoor(url);
  if (!at)
    return '--broker is mqtt://host:port or mqtts://host:port; the login stands in --username and --password-file';
  try {
    const { username, passwordFile, ca } = raw;
    return {
      ...at,
      ...(username === undefined ? {} : { username }),
      ...(passwordFile === undefined ? {} : { password: readFileSync(passwordFile, 'utf8').trim() }),
      ...(ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') }),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function whole(text: string, least: number, most: number): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
}
