import { existsSync } from 'node:fs';
import { systemClock } from '../clock.ts';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { type Address, addressFile, readAddress } from '../console/address-file.ts';
import { type Account, MACHINE, type RunningAgent, Site, type SiteParts, type ToldDevice } from './site.ts';

/** Where an installed till has its configuration. */
const USUAL_CONFIG = '/etc/tillwire/till.json';

/** The till of this machine, as it is now. */
export async function openSite(
  configFile: string | undefined,
  scanWithinMs: number,
  change: Partial<SiteParts> = {},
): Promise<Site> {
  const read = readIfThere(configFile ?? (existsSync(USUAL_CONFIG) ? USUAL_CONFIG : undefined));
  return new Site({
    ...read,
    roots: MACHINE,
    account: accountOf(),
    node: process.version,
    clock: systemClock,
    agent: read.config && (await agentOf(read.config)),
    scanWithinMs,
    ...change,
  });
}

function readIfThere(configFile: string | undefined): Pick<SiteParts, 'configFile' | 'config' | 'configProblem'> {
  const nothing = { configFile, config: undefined, configProblem: undefined };
  if (configFile === undefined) return nothing;
  try {
    return { ...nothing, config: readConfig(configFile) };
  } catch (error) {
    if (error instanceof ConfigError) return { ...nothing, configProblem: error };
    throw error;
  }
}

/** Only Linux has groups that decide about devices. */
function accountOf(): Account | undefined {
  if (process.platform !== 'linux') return undefined;
  return { uid: process.getuid?.() ?? 0, gids: process.getgroups?.() ?? [] };
}

/** The agent that holds this data folder; `undefined`: none runs. */
export async function agentOf({ dataDir }: Pick<Config, 'dataDir'>): Promise<RunningAgent | undefined> {
  const address = readAddress(addressFile(dataDir));
  if (!address || !isAlive(address.pid)) return undefined;
  return { pid: address.pid, devices: await devicesOf(address) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** It listens on this machine: what takes longer hangs. */
const ANSWER_MS = 2_000;

async function devicesOf({ url, token }: Address): Promise<readonly ToldDevice[] | undefined> {
  try {
    const response = await fetch(new URL('/v1/devices', url), {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return response.ok ? ((await response.json()) as { devices: ToldDevice[] }).devices : undefined;
  } catch {
    return undefined; // it hangs, or has just ended
  }
}
