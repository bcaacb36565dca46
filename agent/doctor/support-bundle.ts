import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { redact } from '../../protocols/paycode/redact.ts';
import { type Address, addressFile, readAddress } from '../console/address-file.ts';
import { findingsOf } from '../devices/discovery/findings.ts';
import { readOnlyFiles } from '../journal/files.ts';
import { outboxOnDisk } from '../journal/outbox-on-disk.ts';
import { readLog } from '../journal/recovery.ts';
import { BEGINNING } from '../journal/segments.ts';
import { verifyLog } from '../journal/verify.ts';
import { maskedConfig } from '../masked-config.ts';
import { VERSION } from '../version.ts';
import { examine } from './examination.ts';
import { reportOf } from './report.ts';
import type { Site } from './site.ts';

/** Entries of the journal that go along: a busy day. */
const JOURNAL_ENTRIES = 3_000;
/** Bytes of a log file, from its end. */
const LOG_BYTES = 2 * 1024 * 1024;
const ANSWER_MS = 5_000;

interface Piece {
  readonly name: string;
  /** for whoever opens the archive */
  readonly what: string;
  readonly make: () => Promise<string | undefined> | string | undefined;
}

export interface Manifest {
  readonly v: 1;
  readonly version: string;
  /** ISO 8601 */
  readonly made: string;
  readonly note: string;
  readonly files: readonly {
    readonly name: string;
    readonly what: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  /** what could not be had, and why */
  readonly missing: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Everything that helps somebody far away, safe to mail: every text is masked once more on its way in, whatever masked it before.
 * Keys, tokens, PINs, certificates and signatures are not looked at in the first place.
 */
export async function supportBundle(
  site: Site,
  logFile: string | undefined,
): Promise<{ zip: Uint8Array; manifest: Manifest }> {
  const texts = new Map<string, { readonly what: string; readonly text: string }>();
  const missing: { name: string; why: string }[] = [];
  for (const { name, what, make } of pieces(site, logFile)) {
    try {
      const text = await make();
      if (text === undefined) missing.push({ name, why: 'nothing of it here' });
      else texts.set(name, { what, text: redact(text) });
    } catch (error) {
      missing.push({ name, why: redact(error instanceof Error ? error.message : String(error)) });
    }
  }
  const made = new Date(site.parts.clock.now()).toISOString();
  const manifest = manifestOf(texts, missing, made);
  const files = [...texts].map(([name, { text }]) => [name, strToU8(text)] as const);
  const zip = zipSync(Object.fromEntries([['manifest.json', strToU8(json(manifest))], ...files]), {
    mtime: site.parts.clock.now(),
  });
  return { zip, manifest };
}

function manifestOf(
  texts: ReadonlyMap<string, { readonly what: string; readonly text: string }>,
  missing: Manifest['missing'],
  made: string,
): Manifest {
  const files = [...texts].map(([name, { what, text }]) => ({
    name,
    what,
    bytes: Buffer.byteLength(text),
    sha256: hash('sha256', text),
  }));
  const note =
    'Masked: paycodes, card numbers, passwords, tokens. No keys, PINs or signatures are in it. Read it before you send it.';
  return { v: 1, version: VERSION, made, note, files, missing };
}

function pieces(site: Site, logFile: string | undefined): Piece[] {
  const { config, agent } = site.parts;
  const journal = config && readOnlyFiles(join(config.dataDir, 'journal'));
  const address = config && agent && readAddress(addressFile(config.dataDir));
  const fromAgent = (path: string) => (address ? ask(address, path) : undefined);
  return [
    {
      name: 'doctor.json',
      what: 'what tillwire doctor found',
      make: async () => json(reportOf(await examine(site), 'en', false)),
    },
    {
      name: 'config.json',
      what: 'the configuration, secrets masked',
      make: () => config && json(maskedConfig(config)),
    },
    {
      name: 'devices.json',
      what: 'what is plugged in',
      make: async () => json(findingsOf(await site.devices(), process.platform)),
    },
    { name: 'machine.json', what: 'the machine', make: () => json(machineOf()) },
    {
      name: 'journal-verify.json',
      what: 'whether the journal is whole',
      make: async () => journal && json(await verifyLog(journal)),
    },
    {
      name: 'journal.jsonl',
      what: `the newest ${JOURNAL_ENTRIES} journal entries`,
      make: () => journal && newestEntries(journal),
    },
    {
      name: 'outbox.json',
      what: 'what waits for the backend',
      make: async () => journal && json(await outboxOnDisk(journal)),
    },
    { name: 'diagnosis.json', what: 'how the running agent is', make: () => fromAgent('/v1/diagnosis') },
    { name: 'metrics.txt', what: "the running agent's metrics", make: () => fromAgent('/metrics') },
    { name: 'agent.log', what: "the running agent's last log lines", make: () => fromAgent('/v1/log') },
    { name: 'given.log', what: 'the end of the log file that was named', make: () => logFile && endOfFile(logFile) },
  ];
}

async function ask({ url, token }: Address, path: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(new URL(path, url), {
    headers,
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (!response.ok) throw new Error(`the agent answered ${response.status}`);
  return response.text();
}

async function newestEntries(files: ReturnType<typeof readOnlyFiles>): Promise<string> {
  let lines: string[] = [];
  await readLog(files, BEGINNING, (entry) => {
    lines.push(JSON.stringify(entry));
    if (lines.length >= 2 * JOURNAL_ENTRIES) lines = lines.slice(-JOURNAL_ENTRIES);
  });
  return lines.slice(-JOURNAL_ENTRIES).join('\n');
}

function endOfFile(file: string): string {
  const { size } = statSync(file);
  return readFileSync(file)
    .subarray(Math.max(0, size - LOG_BYTES))
    .toString('utf8');
}

function machineOf(): object {
  const { platform, arch, version } = process;
  return { platform, arch, node: version, uptimeS: Math.round(process.uptime()), memory: process.memoryUsage().rss };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
