import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Site } from '../../protocols/backend/enrolment.ts';
import { probeBroker } from '../backend/broker-probe.ts';
import { serversOf } from '../backend/servers.ts';
import type { Clock } from '../clock.ts';
import { type Config, ConfigError, ConfigSchema } from '../config.ts';
import { findingLines, inOrder, NOTHING_FOUND } from '../devices/discovery/finding-lines.ts';
import type { DeviceFinding } from '../devices/discovery/findings.ts';
import { VERSION } from '../version.ts';
import type { Asker } from './asker.ts';
import { EnrolmentClient, EnrolmentFailed, type Invitation, pinnedAuthority } from './enrolment-client.ts';
import { identityOf, newKey, readIdentity, replace, writeIdentity } from './identity.ts';
import {
  type Chosen,
  type ConfigJson,
  caFileOf,
  differences,
  identityFileOf,
  type Place,
  plannedConfig,
} from './plan.ts';
import { masked, registrationLines, registrationProblems } from './registration.ts';

/** A certificate that ends sooner is replaced on this visit. */
const FRESH_MS = 30 * 86_400_000;

export interface ProvisionWish {
  /** the configuration file to be */
  readonly config: string;
  /** absolute */
  readonly dataDir: string;
  readonly invitation: Invitation;
  /** PEM of the service's authority, when it came with the invitation */
  readonly ca?: string | undefined;
  readonly scanner?: string | undefined;
  readonly language?: string | undefined;
  readonly printer?: string | undefined;
  /** as it stands on the label of the terminal */
  readonly serial?: string | undefined;
  readonly technician?: string | undefined;
  /** the till comes from another PC */
  readonly move: boolean;
}

export interface ProvisionParts {
  readonly asker: Asker;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly findings: () => Promise<readonly DeviceFinding[]>;
}

/** Something that the technician has to see to first. */
export class ProvisionStopped extends Error {}

export interface Provisioned {
  readonly config: Config;
  readonly site: Site;
  readonly changes: readonly string[];
  readonly certificate: { readonly action: 'new' | 'kept'; readonly until: number };
  readonly broker: { readonly ok: boolean; readonly problem?: string };
  readonly technician: string;
}

/** Steps one to three: devices, registration, keys. Whoever runs it again with nothing new changes nothing. */
export async function provision(wish: ProvisionWish, parts: ProvisionParts): Promise<Provisioned> {
  const { asker } = parts;
  const before = readConfigJson(wish.config);
  asker.step('1/4 设备 devices');
  const chosen = await chooseDevices(wish, parts, before);
  asker.step('2/4 商户、门店与终端 merchant, store and terminal');
  const { url, code } = wish.invitation;
  const ca = wish.ca ?? (await pinnedAuthority(wish.invitation));
  const client = new EnrolmentClient(url, ca);
  const site = await client.site(code);
  const technician = confirmedBefore(before, site) ?? (await confirmRegistration(site, wish, asker));
  const place: Place = { dataDir: wish.dataDir, enrolmentUrl: url, hasCa: ca !== undefined, confirmedBy: technician };
  const after = plannedConfig(before, site, chosen, place);
  const checked = ConfigSchema.safeParse(after);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new ConfigError('CONFIG_INVALID', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  const changes = differences(before, after);
  asker.say(changes.length === 0 ? ['配置没有变化 / nothing changes in the configuration'] : changes);
  if (changes.length > 0 && !(await asker.confirm(`写入 ${wish.config} ？ / write it?`)))
    throw new ProvisionStopped('nothing was written');
  asker.step('3/4 密钥与后台连接 keys and the way to the backend');
  const certificate = await certify(wish, site, client, ca, technician, parts);
  if (changes.length > 0) replace(wish.config, `${JSON.stringify(after, undefined, 2)}\n`);
  const config = { ...checked.data, dataDir: wish.dataDir };
  const broker = await lookAtBroker(config, parts);
  return { config, site, changes, certificate, broker, technician };
}

function readConfigJson(file: string): ConfigJson {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ConfigJson;
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

// --- step 1

async function chooseDevices(wish: ProvisionWish, parts: ProvisionParts, before: ConfigJson): Promise<Chosen> {
  const findings = inOrder(await parts.findings());
  parts.asker.say(findings.length === 0 ? NOTHING_FOUND : findings.flatMap(findingLines));
  const known = (name: 'scanner' | 'printer') => (before[name] as { readonly path?: string } | undefined)?.path;
  const scanner =
    wish.scanner === undefined
      ? await choose('scanner', findings, known('scanner'), parts.asker)
      : { path: wish.scanner };
  if (!scanner)
    throw new ProvisionStopped('没有可用的扫码枪 / no scanner is ready: plug it in, or name it with --scanner');
  const printer =
    wish.printer === undefined
      ? await choose('printer', findings, known('printer'), parts.asker)
      : { path: wish.printer };
  return { scanner: wish.language === undefined ? scanner : { ...scanner, language: wish.language }, printer };
}

const QUESTIONS = {
  scanner: '哪一个是扫码枪？ / which one is the gun?',
  printer: '哪一个是打印机？ / which one is the printer?',
};

/** The one there is; else the one that is configured; else a person chooses. */
async function choose(
  kind: 'scanner' | 'printer',
  findings: readonly DeviceFinding[],
  configured: string | undefined,
  asker: Asker,
) {
  const usable = findings.filter(({ address }) => address !== undefined);
  const ready = usable.filter((one) => one.kind === kind);
  const [only] = ready;
  if (configured !== undefined && !ready.some(({ address }) => address === configured)) return { path: configured };
  const named = ready.length === 1 ? only : ready.find(({ address }) => address === configured);
  if (named?.address !== undefined) return deviceOf(named, named.address);
  const options = [...ready, ...usable.filter((one) => one.kind === 'adapter')].map((one) => ({
    value: one.address ?? '',
    label: [one.make, one.model, one.address].filter(Boolean).join(' '),
  }));
  if (options.length === 0) return undefined;
  const none = kind === 'printer' ? [{ value: '', label: '没有 / none' }] : [];
  const address = await asker.choose(QUESTIONS[kind], [...options, ...none]);
  const chosen = usable.find((one) => one.address === address);
  return chosen && address ? deviceOf(chosen, address) : undefined;
}

function deviceOf({ language }: DeviceFinding, path: string) {
  return { path, ...(language === undefined || language === 'line' ? {} : { language }) };
}

// --- step 2

/** Who has confirmed this very registration on an earlier visit. */
function confirmedBefore({ registration }: ConfigJson, site: Site): string | undefined {
  const { confirmedBy, ...known } = { ...(registration as object | undefined) } as { readonly confirmedBy?: string };
  return isDeepStrictEqual(known, { ...masked(site.registration) }) ? confirmedBy : undefined;
}

/** Returns who confirmed it. */
async function confirmRegistration(site: Site, wish: ProvisionWish, asker: Asker): Promise<string> {
  const { registration, merchant, address } = site;
  asker.say([
    `商户 merchant: ${merchant.name}  ${merchant.merchantNo}`,
    `收银台 till: ${address.tenant}/${address.store}/${address.agent}`,
    ...registrationLines(registration),
  ]);
  const problems = registrationProblems(registration, VERSION);
  if (problems.length > 0)
    throw new ProvisionStopped(`登记不完整，请联系收单机构 / the registration is not complete: ${problems.join(', ')}`);
  await checkSerial(registration.serialNum, wish.serial, asker);
  const technician =
    wish.technician ??
    (await asker.text('装机人员编号 / your id', (id) => (PERSON.test(id) ? undefined : 'a-z 0-9 . -')));
  const agreed =
    '费率、结算周期、序列号和地点与商户核对无误？ / rate, settlement, serial and place agreed with the merchant?';
  if (!(await asker.confirm(agreed))) throw new ProvisionStopped('登记未确认 / the registration was not confirmed');
  return technician ?? 'headless';
}

const PERSON = /^[a-z0-9][a-z0-9.-]{0,23}$/;

/** One serial number, one merchant, one place: a terminal that is another one than registered is not bound. */
async function checkSerial(registered: string | undefined, given: string | undefined, asker: Asker): Promise<void> {
  if (registered === undefined) return;
  const label =
    given ??
    (await asker.text('终端标签上的序列号 / serial number on the label of the terminal', (text) =>
      text === '' ? '?' : undefined,
    ));
  if (label !== undefined && label.trim() !== registered)
    throw new ProvisionStopped(
      `终端序列号与登记不符 / the terminal has serial ${label}, registered is ${registered}: register it again`,
    );
}

// --- step 3

async function certify(
  { dataDir, invitation: { code }, move }: ProvisionWish,
  site: Site,
  client: EnrolmentClient,
  ca: string | undefined,
  technician: string,
  { asker, clock }: ProvisionParts,
): Promise<Provisioned['certificate']> {
  const file = identityFileOf(dataDir);
  const { agent, tenant, store } = site.address;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const known = readIdentity(file);
  if (known && known.agent === agent && known.until > clock.now() + FRESH_MS && !move) {
    asker.say([`证书有效 certificate kept, good until ${new Date(known.until).toISOString()}`]);
    return { action: 'kept', until: known.until };
  }
  const { key, csr } = newKey({ commonName: agent, organisation: tenant, unit: store });
  const certificate = await client.certificate(code, csr, { move, confirmedBy: technician });
  if (ca !== undefined && !new X509Certificate(certificate).verify(new X509Certificate(ca).publicKey))
    throw new EnrolmentFailed('the certificate is not signed by the authority that was meant');
  const identity = identityOf(key + certificate);
  if (identity.agent !== agent) throw new EnrolmentFailed(`the certificate names ${identity.agent}, not ${agent}`);
  writeIdentity(file, identity.pem);
  if (ca !== undefined) replace(caFileOf(dataDir), ca);
  asker.say([
    `新证书 new certificate, good until ${new Date(identity.until).toISOString()}; the key was made here and stays here`,
  ]);
  return { action: 'new', until: identity.until };
}

async function lookAtBroker(config: Config, { asker, clock, newId }: ProvisionParts): Promise<Provisioned['broker']> {
  const [server] = serversOf(config.broker);
  const { problem, topics } = await probeBroker(server, config, newId, clock);
  const refused = topics.filter(({ granted }) => !granted).map(({ topic }) => topic);
  const wrong = problem
    ? `${problem.code} ${problem.detail}`
    : refused.length > 0
      ? `BROKER_TOPICS ${refused.join(' ')}`
      : '';
  asker.say([
    wrong === '' ? '后台连接正常 / the backend is reached' : `后台连接失败 / the backend is not reached: ${wrong}`,
  ]);
  return wrong === '' ? { ok: true } : { ok: false, problem: wrong };
}
