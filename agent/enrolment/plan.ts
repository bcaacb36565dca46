import { join } from 'node:path';
import type { Site } from '../../protocols/backend/enrolment.ts';
import { masked } from './registration.ts';

// What a till is to be, as its configuration file says it; and what of it is new. Pure: nothing is written here.

/** A configuration file as it stands: what provisioning does not know of stays. */
export type ConfigJson = Readonly<Record<string, unknown>>;

export interface ChosenDevice {
  readonly path: string;
  readonly language?: string;
}

export interface Chosen {
  readonly scanner: ChosenDevice;
  readonly printer?: ChosenDevice | undefined;
}

export interface Place {
  /** absolute */
  readonly dataDir: string;
  readonly enrolmentUrl: string;
  readonly hasCa: boolean;
  readonly confirmedBy: string;
}

export const caFileOf = (dataDir: string): string => join(dataDir, 'keys', 'ca.crt');
export const identityFileOf = (dataDir: string): string => join(dataDir, 'keys', 'till.pem');

/** The configuration that follows from site and devices. */
export function plannedConfig(before: ConfigJson, site: Site, chosen: Chosen, place: Place): ConfigJson {
  const identity = identityFileOf(place.dataDir);
  const caFile = place.hasCa ? { caFile: caFileOf(place.dataDir) } : {};
  const { printer } = chosen;
  return {
    ...before,
    address: site.address,
    merchant: { ...(before['merchant'] as object | undefined), ...site.merchant },
    registration: { ...masked(site.registration), confirmedBy: place.confirmedBy },
    broker: { ...protocolOf(before), url: site.brokerUrl, ...caFile, certFile: identity, keyFile: identity },
    enrolment: { url: place.enrolmentUrl, ...caFile },
    commandKeys: site.commandKeys,
    scanner: deviceOf(before['scanner'], chosen.scanner),
    ...(printer ? { printer: deviceOf(before['printer'], printer) } : {}),
    dataDir: before['dataDir'] ?? place.dataDir,
    ...(site.limits ? { limits: { ...(before['limits'] as object | undefined), ...site.limits } } : {}),
  };
}

function protocolOf({ broker }: ConfigJson): object {
  const version = (broker as { readonly protocolVersion?: unknown } | undefined)?.protocolVersion;
  return version === undefined ? {} : { protocolVersion: version };
}

/** The same device keeps what was set for it. */
function deviceOf(before: unknown, { path, language }: ChosenDevice): object {
  const known = before as { readonly path?: unknown } | undefined;
  const kept = known?.path === path ? known : {};
  return { ...kept, path, ...(language === undefined ? {} : { language }) };
}

/** `+` new, `-` gone, `~` changed; a password shows only that it changed. */
export function differences(before: ConfigJson, after: ConfigJson): string[] {
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === is) return [];
    if (/password/i.test(path)) return [`~ ${path}`];
    if (was === undefined) return [`+ ${path}: ${is}`];
    return [is === undefined ? `- ${path}: ${was}` : `~ ${path}: ${was} -> ${is}`];
  });
}

function flat(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[path, JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).flatMap(([name, member]) => [...flat(member, path === '' ? name : `${path}.${name}`)]),
  );
}
