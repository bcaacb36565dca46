import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { ERRORS } from '../errors.ts';
import { readOnlyFiles } from '../journal/files.ts';
import { outboxOnDisk } from '../journal/outbox-on-disk.ts';
import { segmentsOf } from '../journal/segments.ts';
import { type LogReport, verifyLog } from '../journal/verify.ts';
import { type Check, check, type Finding, fail, NO_CONFIGURATION, NotRun, warn, well } from './check.ts';
import type { Site } from './site.ts';

// The data folder: can it be written, is there room, is the disk quick, is the journal whole, does it reach the backend.

/** Writes one line and waits until it is on disk, as the journal does. */
const LINE = new Uint8Array(330).fill(0x78);
const SYNCS = 20;

type Trial = { readonly syncMs: readonly number[] } | { readonly error: string };

const trials = new WeakMap<Site, Trial>();

function trialOf(site: Site, folder: string): Trial {
  const known = trials.get(site) ?? tryDisk(folder, site.parts.clock);
  trials.set(site, known);
  return known;
}

function tryDisk(folder: string, clock: Clock): Trial {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return { syncMs: syncTimes(join(folder, `doctor.${process.pid}`), clock) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function syncTimes(file: string, clock: Clock): number[] {
  const fd = openSync(file, 'w', 0o600);
  try {
    return Array.from({ length: SYNCS }, () => syncOnce(fd, clock));
  } finally {
    closeSync(fd);
    rmSync(file, { force: true });
  }
}

function syncOnce(fd: number, clock: Clock): number {
  writeSync(fd, LINE);
  const began = clock.mono();
  fdatasyncSync(fd);
  return clock.mono() - began;
}

export const dataFolder: Check = check({
  code: 'DATA_FOLDER',
  title: { zh: '数据目录可写', en: 'the data folder can be written' },
  probe: (site) => {
    const folder = site.parts.config?.dataDir;
    return folder === undefined ? NO_CONFIGURATION : { folder, trial: trialOf(site, folder) };
  },
  judge: ({ folder, trial }) => {
    if (!('error' in trial)) return well(folder, folder);
    const { cause, remedy } = ERRORS.DATA_DIR_UNUSABLE;
    return fail({ zh: `${cause.zh}：${trial.error}`, en: `${cause.en}: ${trial.error}` }, remedy);
  },
});

/** The journal of a busy month; below the second the reserve may not fit any more. */
const WARN_BYTES = 500 * 1024 * 1024;
const FAIL_BYTES = 20 * 1024 * 1024;

export const diskFree: Check = check({
  code: 'DISK_FREE',
  title: { zh: '磁盘空间', en: 'free disk space' },
  probe: async ({ parts: { config } }) => {
    if (!config) return NO_CONFIGURATION;
    const disk = await statfs(config.dataDir).catch(() => undefined);
    return disk ? disk.bavail * disk.bsize : NO_FOLDER;
  },
  judge: (bytes) => {
    const text = `${Math.floor(bytes / 1024 / 1024)} MB`;
    if (bytes >= WARN_BYTES) return well(`剩余 ${text}`, `${text} free`);
    const cause = { zh: `只剩 ${text}`, en: `only ${text} left` };
    const remedy = { zh: '清理磁盘；空间用尽后将暂停新收款', en: 'make room: on a full disk no new payment begins' };
    return bytes < FAIL_BYTES ? fail(cause, remedy) : warn(cause, remedy);
  },
});

const NO_FOLDER = new NotRun(
  { zh: '数据目录还不存在', en: 'the data folder is not there yet' },
  { zh: '启动一次 tillwire agent', en: 'start tillwire agent once' },
);

/** field-lessons.md 5.3: a sale waits for it three times. */
const SLOW_MS = 50;

export const diskSync: Check = check({
  code: 'DISK_SYNC',
  title: { zh: '磁盘写入速度', en: 'the disk is quick enough' },
  probe: (site) => {
    const folder = site.parts.config?.dataDir;
    if (folder === undefined) return NO_CONFIGURATION;
    const trial = trialOf(site, folder);
    return 'error' in trial ? CANNOT_WRITE : trial.syncMs;
  },
  judge: (syncMs) => {
    const sorted = syncMs.toSorted((a, b) => a - b);
    const typical = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const text = `fsync ${typical.toFixed(1)} ms`;
    if (typical <= SLOW_MS) return well(text, text);
    return warn(
      { zh: `磁盘很慢：${text}`, en: `the disk is slow: ${text}` },
      {
        zh: '换用 SSD；检查存储卡是否损坏，以及杀毒软件',
        en: 'use an SSD; look for a worn card, and for a virus scanner',
      },
    );
  },
});

const CANNOT_WRITE = new NotRun(
  { zh: '数据目录不可写', en: 'the data folder cannot be written' },
  { zh: '先处理 DATA_FOLDER', en: 'see to DATA_FOLDER first' },
);

const NO_JOURNAL = new NotRun(
  { zh: '还没有交易记录', en: 'there is no journal yet' },
  { zh: '无需处理：第一次启动时建立', en: 'nothing to do: the first start makes one' },
);

/** The journal's files, looked at only. */
async function journalOf({ parts: { config } }: Site) {
  if (!config) return NO_CONFIGURATION;
  const files = readOnlyFiles(join(config.dataDir, 'journal'));
  const names = await files.list().catch(() => []);
  return segmentsOf(names).length === 0 ? NO_JOURNAL : files;
}

export const journalIntegrity: Check = check<LogReport>({
  code: 'JOURNAL_INTEGRITY',
  title: { zh: '交易记录完整', en: 'the journal is whole' },
  probe: async (site) => {
    const files = await journalOf(site);
    return files instanceof NotRun ? files : verifyLog(files);
  },
  judge: ({ ok, entries, problems }) => {
    if (ok) return well(`${entries} 条，链条完整`, `${entries} entries, the chain is intact`);
    const { cause, remedy } = ERRORS.JOURNAL_DAMAGED;
    return fail({ zh: `${cause.zh}（${problems.length} 处）`, en: `${cause.en} (${problems.length} places)` }, remedy);
  },
});

const HOUR_MS = 3_600_000;
/** The backend takes events within seconds; a night without it is worth a look, three days are a fault. */
const OLD_MS = HOUR_MS;
const STUCK_MS = 72 * HOUR_MS;

export const outboxAge: Check = check({
  code: 'OUTBOX_AGE',
  title: { zh: '待上传记录', en: 'what the backend has not taken' },
  probe: async (site) => {
    const files = await journalOf(site);
    if (files instanceof NotRun) return files;
    return { ...(await outboxOnDisk(files)), now: site.parts.clock.now() };
  },
  judge: ({ waiting, oldest, now }): Finding => {
    if (waiting === 0 || oldest === undefined) return well('没有', 'nothing waits');
    const age = now - oldest;
    const text = {
      zh: `${waiting} 条，最早的已等 ${hours(age)}`,
      en: `${waiting} events, the oldest for ${hours(age)}`,
    };
    if (age < OLD_MS) return well(text.zh, text.en);
    const remedy = {
      zh: '记录不会丢失；检查后台连接（MQTT_CONNECT）和后台是否确认',
      en: 'nothing is lost; check the way to the backend (MQTT_CONNECT), and that it acknowledges',
    };
    return age < STUCK_MS ? warn(text, remedy) : fail(text, remedy);
  },
});

function hours(ms: number): string {
  return ms < HOUR_MS ? `${Math.max(0, Math.round(ms / 60_000))} min` : `${Math.round(ms / HOUR_MS)} h`;
}
