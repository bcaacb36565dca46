import { randomBytes } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import type { EnrolmentRefusal } from '../../protocols/backend/enrolment.ts';
import { ulid } from '../../protocols/backend/ulid.ts';
import { systemClock } from '../clock.ts';
import { ConfigError } from '../config.ts';
import { findingsOf } from '../devices/discovery/findings.ts';
import { SYSTEM_ROOTS } from '../devices/discovery/found-device.ts';
import { listDevices } from '../devices/discovery/list-devices.ts';
import { type Asker, Left, nobody, personAtTheScreen } from '../enrolment/asker.ts';
import { EnrolmentFailed, type Invitation, readInvitation } from '../enrolment/enrolment-client.ts';
import { type Provisioned, ProvisionStopped, provision } from '../enrolment/provisioning.ts';
import { type TestPayment, testPayment } from '../enrolment/test-payment.ts';
import { type Advice, explain } from '../errors.ts';
import { TillBook } from '../journal/book.ts';
import { folderFiles } from '../journal/files.ts';
import { DataDirBusy, lockFolder } from '../journal/lock.ts';
import { startTill } from '../main.ts';
import { realOutside } from '../outside.ts';

export interface VisitOptions {
  readonly config: string;
  readonly code?: string;
  readonly url?: string;
  readonly pin?: string;
  readonly file?: string;
  readonly data?: string;
  readonly scanner?: string;
  readonly language?: string;
  readonly printer?: string;
  readonly serial?: string;
  readonly technician?: string;
  readonly move?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The technician's visit, from the command line. Resolves with the exit code. */
export async function visit(options: VisitOptions): Promise<number> {
  const isPerson = process.stdin.isTTY && process.stdout.isTTY && !options.yes && !options.json;
  const asker = isPerson ? personAtTheScreen : nobody(options.yes === true, (line) => console.error(line));
  try {
    const { invitation, ca } = invitationOf(options);
    const config = resolve(options.config);
    const dataDir = options.data === undefined ? dataDirOf(config) : resolve(options.data);
    const { move = false, yes: _yes, json: _json, ...wish } = options;
    const findings = async () => findingsOf(await listDevices(SYSTEM_ROOTS), process.platform);
    const parts = { asker, clock: systemClock, newId, findings };
    const done = await provision({ ...wish, config, dataDir, invitation, ca, move }, parts);
    asker.step('4/4 测试收款 test payment');
    const tested = done.broker.ok ? await pay(done, asker) : 'not-tested';
    if (tested === 'not-tested') asker.say(['未测试 / not tested: it needs a person who says yes, and a phone']);
    await writeDown(done, tested);
    report(options, done, tested, asker);
    return done.broker.ok && (tested === 'not-tested' || tested === 'given-back') ? 0 : 1;
  } catch (error) {
    return giveUp(error);
  }
}

const newId = (): string => ulid(systemClock.now(), randomBytes(10));

const SiteFile = z.strictObject({
  v: z.literal(1).default(1),
  url: z.url(),
  code: z.string(),
  ca: z.string().optional(),
});

function invitationOf({ code, url, pin, file }: VisitOptions): {
  readonly invitation: Invitation;
  readonly ca?: string;
} {
  if ((code === undefined) === (file === undefined)) throw new ProvisionStopped('give --code or --file');
  if (file === undefined) return { invitation: checked(readInvitation(code ?? '', url, pin)) };
  const parsed = SiteFile.safeParse(JSON.parse(readText(file)));
  if (!parsed.success) throw new ConfigError('CONFIG_INVALID', `${file}: ${z.prettifyError(parsed.error)}`);
  const { ca, ...site } = parsed.data;
  return { invitation: checked(readInvitation(site.code, site.url)), ...(ca === undefined ? {} : { ca }) };
}

function checked(invitation: Invitation | undefined): Invitation {
  if (invitation) return invitation;
  throw new ProvisionStopped('开通码不正确 / not a code: https://host/XXXX-XXXX#fingerprint, or XXXX-XXXX with --url');
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError('CONFIG_UNREADABLE', String(error));
  }
}

/** Where the configuration that is there has it; else beside it. */
function dataDirOf(config: string): string {
  try {
    const { dataDir } = JSON.parse(readFileSync(config, 'utf8')) as { readonly dataDir?: unknown };
    if (typeof dataDir === 'string') return isAbsolute(dataDir) ? dataDir : resolve(dirname(config), dataDir);
  } catch {
    return join(dirname(config), 'data');
  }
  return join(dirname(config), 'data');
}

/** The till itself pays, in this process, without its page; what it logs goes to a file. */
async function pay({ config, technician }: Provisioned, asker: Asker): Promise<TestPayment> {
  if (!asker.isPerson) return 'not-tested';
  const logSink = createWriteStream(join(config.dataDir, 'provision.log'), { flags: 'a', mode: 0o600 });
  const till = await startTill(
    { ...config, console: { ...config.console, enabled: false } },
    { ...realOutside(config), logSink },
  );
  try {
    return await testPayment(till, asker, { technician, orderId: `TEST-${newId()}` });
  } finally {
    await till.stop();
    logSink.end();
  }
}

/** What was confirmed, and what became of the test, is part of the till's own record. */
async function writeDown({ config, site, technician, changes, certificate }: Provisioned, tested: TestPayment) {
  if (changes.length === 0 && certificate.action === 'kept' && tested === 'not-tested') return;
  const unlock = lockFolder(config.dataDir);
  try {
    const files = await folderFiles(join(config.dataDir, 'journal'));
    const { book } = await TillBook.open(files, systemClock, config.merchant.terminalNo);
    const { ratePercent, settlementDays, serialNum } = site.registration;
    const confirmed = { ratePercent, settlementDays, ...(serialNum === undefined ? {} : { serialNum }) };
    await book.write({
      type: 'PERSON',
      deed: { kind: 'PROVISIONED', personId: technician, ...confirmed, testPayment: tested },
    });
    await book.close();
  } finally {
    unlock();
  }
}

function report({ config: file, json }: VisitOptions, done: Provisioned, tested: TestPayment, asker: Asker): void {
  const { site, changes, certificate, broker, config } = done;
  const { scanner, printer } = config;
  const devices = { scanner: scanner.path, ...(printer === undefined ? {} : { printer: printer.path }) };
  if (json) {
    const facts = {
      config: resolve(file),
      till: site.address,
      devices,
      changes,
      certificate,
      broker,
      testPayment: tested,
    };
    return console.log(JSON.stringify({ ok: broker.ok, ...facts }));
  }
  asker.say([
    `下一步 next: tillwire agent --config ${file}`,
    `        tillwire person add --config ${file} --name 小李 --role clerk`,
  ]);
}

const WORDS: Readonly<Record<EnrolmentRefusal, Advice>> = {
  CODE_UNKNOWN: { zh: '开通码不对', en: 'nobody gave out this code' },
  CODE_EXPIRED: { zh: '开通码已过期，请索取新的', en: 'the code is too old: ask for a new one' },
  CODE_USED_UP: { zh: '开通码已用过，请索取新的', en: 'the code was used: ask for a new one' },
  ALREADY_ENROLLED: {
    zh: '此收银台已开通；换电脑请加 --move，旧证书随即作废',
    en: 'this till has a certificate: add --move if it moves to this PC, which revokes the old one',
  },
  REQUEST_INVALID: { zh: '服务不接受请求', en: 'the service does not take the request: versions differ' },
  CERTIFICATE_REFUSED: { zh: '证书申请被拒绝', en: 'the certificate was refused' },
  TOO_MANY_REQUESTS: { zh: '错误次数过多，请稍后再试', en: 'too many wrong codes: wait' },
};

function giveUp(error: unknown): number {
  if (error instanceof Left) return 1;
  if (error instanceof ProvisionStopped) console.error(`tillwire provision: ${error.message}`);
  else if (error instanceof EnrolmentFailed) console.error(explain('ENROLMENT_FAILED', detailOf(error)));
  else if (error instanceof ConfigError || error instanceof DataDirBusy)
    console.error(explain(error.code, error.message));
  else throw error;
  return error instanceof EnrolmentFailed ? 1 : 2;
}

function detailOf({ refused, message }: EnrolmentFailed): string {
  return refused === undefined ? message : `${refused}: ${WORDS[refused].en} / ${WORDS[refused].zh}`;
}
