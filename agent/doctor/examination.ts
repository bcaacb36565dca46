import type { Advice } from '../errors.ts';
import {
  brokerCertificates,
  brokerDns,
  brokerTcp,
  brokerTls,
  clockSkew,
  mqttConnect,
  mqttTopics,
} from './broker-checks.ts';
import { certifiedTerminal } from './certified-checks.ts';
import { type Check, type CheckStatus, type Finding, fail } from './check.ts';
import { configSchema, configSecrets } from './config-checks.ts';
import { dataFolder, diskFree, diskSync, journalIntegrity, outboxAge } from './data-checks.ts';
import { printerStatus, scannerHandshake, scannerRead, terminalAnswers } from './device-checks.ts';
import { within } from './device-looks.ts';
import {
  agentRunning,
  coreDumps,
  hidLibrary,
  modemManager,
  nodeVersion,
  udevRule,
  usbAutosuspend,
  userGroups,
} from './machine-checks.ts';
import { portById, portLock, printerPort, scannerPort, scannerSerial, terminalPort } from './port-checks.ts';
import type { Site } from './site.ts';

/** Everything that is looked at, in the order in which a person mends it (field-lessons.md 5.3). */
export const CHECKS: readonly Check[] = [
  configSchema,
  configSecrets,
  nodeVersion,
  agentRunning,
  userGroups,
  udevRule,
  hidLibrary,
  scannerPort,
  printerPort,
  portById,
  portLock,
  scannerHandshake,
  scannerSerial,
  scannerRead,
  printerStatus,
  terminalPort,
  terminalAnswers,
  certifiedTerminal,
  brokerDns,
  brokerTcp,
  brokerTls,
  brokerCertificates,
  mqttConnect,
  mqttTopics,
  clockSkew,
  dataFolder,
  diskFree,
  diskSync,
  journalIntegrity,
  outboxAge,
  modemManager,
  usbAutosuspend,
  coreDumps,
];

export interface Examined extends Finding {
  readonly code: string;
  readonly title: Advice;
}

/** A check that takes longer has met something that hangs: that is a finding. Waiting for a scan comes on top. */
const CHECK_MS = 15_000;

/** One after the other: two of them open the gun, three speak to the broker. Every check is in the answer. */
export async function examine(
  site: Site,
  each: (examined: Examined) => void = () => undefined,
  checks: readonly Check[] = CHECKS,
): Promise<Examined[]> {
  const all: Examined[] = [];
  for (const check of checks) {
    const { code, title } = check;
    const examined = { code, title, ...(await settled(site, check)) };
    each(examined);
    all.push(examined);
  }
  return all;
}

async function settled(site: Site, check: Check): Promise<Finding> {
  const { clock, scanWithinMs } = site.parts;
  try {
    return (
      (await within(clock, CHECK_MS + scanWithinMs, check.examine(site))) ?? broken(`no answer in ${CHECK_MS / 1000} s`)
    );
  } catch (error) {
    return broken(error instanceof Error ? error.message : String(error));
  }
}

function broken(detail: string): Finding {
  return fail(
    { zh: `检查没有完成：${detail}`, en: `the check could not be finished: ${detail}` },
    {
      zh: '再运行一次；仍然如此请用 tillwire support-bundle 联系客服',
      en: 'run it once more; if it stays, send a tillwire support-bundle',
    },
  );
}

/** Good: nothing failed. A check that could not be run is no fault; a warning is one only when asked for. */
export function isGood(all: readonly { readonly status: CheckStatus }[], warningsAreErrors = false): boolean {
  return all.every(({ status }) => status !== 'fail' && !(warningsAreErrors && status === 'warn'));
}
