import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type TillAddress, TOPIC_LEVEL } from '../../protocols/backend/topics.ts';
import type { Exit } from '../cli.ts';
import { GUN_WIRES } from '../guns/gun-port.ts';
import type { LabCounter } from '../lab/counter.ts';
import { gunFrom } from '../personalities/gun-file.ts';
import { PersonalityError } from '../personalities/make-file.ts';
import { printerFrom } from '../personalities/printer-file.ts';
import { PRINTERS } from '../personalities/printers.ts';
import { terminalFrom } from '../personalities/terminal-file.ts';
import { TERMINAL_MAKES, type TerminalMake } from '../personalities/terminal-makes.ts';
import {
  type FromShop,
  type SaleOrder,
  TERMINAL_SHOWS,
  type TerminalShow,
  type ToShop,
} from '../rehearsal/conversation.ts';
import { scenarioNamed } from '../scenarios/catalogue.ts';
import { placeTerminal } from '../scenarios/placed-terminal.ts';
import { play } from '../scenarios/play.ts';
import { ProcessStage, StageHands, type StagePlace } from '../scenarios/process-stage.ts';
import { RehearsedAgent } from '../scenarios/rehearsed-agent.ts';
import { wrongLine } from '../scenarios/report.ts';
import { saleReport, withSale } from '../scenarios/sale-report.ts';
import { gunOfPlace, printerOfPlace, terminalOfPlace } from '../scenarios/scenario.ts';
import { Shop, type ShopOptions } from '../shop.ts';
import { systemClock } from '../world/clock.ts';
import { enrolShop } from './enrol-shop.ts';
import { ended } from './hands.ts';

interface Options {
  readonly paper: string;
  readonly printer?: string;
  readonly ports?: string;
  readonly brokerPort: string;
  readonly till: string;
  readonly gun?: string;
  readonly gunWire?: string;
  readonly printerWire: string;
  /** a personality of `tillwire-sim terminal`; true: the usual one */
  readonly card?: string | true;
  /** false: no lab page */
  readonly lab: boolean;
  readonly labPort: string;
  readonly scenario?: string;
  readonly enrol?: boolean;
}

/** `tillwire-sim shop`: the whole shop, until Ctrl-C. Started by a rehearsal it also takes orders over its channel. */
export function registerShop(program: Command, exit: Exit): void {
  program
    .command('shop')
    .description(
      'the whole virtual shop: broker, backend, acquirer, gun, printer and the lab page, where a person plays customer',
    )
    .option('--paper <mm>', '58 or 80', '58')
    .option('--printer <name>', `make and firmware of the printer: ${Object.keys(PRINTERS).join(', ')}, or a file`)
    .option('--ports <folder>', 'folder for stable names of the gun and printer ports')
    .option('--broker-port <port>', '0: chosen by the kernel', '0')
    .option('--gun <name>', 'a protocol or a personality of `tillwire-sim scanner --list`; default: a raw line')
    .option('--gun-wire <kind>', `${GUN_WIRES.join(', ')}; usb: this machine's own (Linux with vhci-hcd, root)`)
    .option('--printer-wire <kind>', 'pty or usb', 'pty')
    .option(
      '--card [name]',
      `a card terminal on a pty (\`tillwire-sim terminal --list\`, or a file); the lab page always has one; default: ${USUAL_CARD}`,
    )
    .option('--lab-port <port>', 'where the lab page is served on 127.0.0.1; 0: chosen by the kernel', '0')
    .option('--no-lab', 'no lab page')
    .option('--scenario <name>', "a story that it will be told to play: the agent's configuration is as it wants it")
    .option('--enrol', 'a shop that no till has joined: TLS, its own CA, a code for `tillwire provision`; type: help')
    .option('--till <address>', 'tenant/store/agent', 'demo/store-1/till-1')
    .addHelpText('after', '\nExample:\n  tillwire-sim shop --paper 80 --ports /tmp/shop\n')
    .action(async (options: Options) => {
      exit.code = await run(options);
    });
}

async function run(options: Options): Promise<number> {
  const till = parseTill(options.till);
  const paper = options.paper === '58' ? 58 : options.paper === '80' ? 80 : undefined;
  const brokerPort = Number(options.brokerPort);
  if (!till) return refuse('--till wants tenant/store/agent, each of lower-case letters, digits and -');
  if (!paper) return refuse('--paper is 58 or 80');
  if (!Number.isInteger(brokerPort) || brokerPort < 0 || brokerPort > 65_535)
    return refuse('--broker-port is 0 to 65535');
  const labPort = Number(options.labPort);
  if (!Number.isInteger(labPort) || labPort < 0 || labPort > 65_535) return refuse('--lab-port is 0 to 65535');
  const place = options.scenario === undefined ? undefined : scenarioNamed(options.scenario)?.place;
  const guns = '--gun is one of `tillwire-sim scanner --list`, or a file *.json';
  const gun = wantedOf(options.gun, gunFrom, guns) ?? (place && gunOfPlace(place));
  if (typeof gun === 'string') return refuse(gun);
  const printers = `--printer is one of ${Object.keys(PRINTERS).join(', ')}, or a file *.json`;
  const printer = wantedOf(options.printer, printerFrom, printers) ?? (place?.printer && printerOfPlace(place));
  if (typeof printer === 'string') return refuse(printer);
  const gunWire = GUN_WIRES.find((wire) => wire === options.gunWire);
  if (options.gunWire !== undefined && !gunWire) return refuse(`--gun-wire is one of ${GUN_WIRES.join(', ')}`);
  const { printerWire } = options;
  if (printerWire !== 'pty' && printerWire !== 'usb') return refuse('--printer-wire is pty or usb');
  const cards = `--card is one of ${Object.keys(TERMINAL_MAKES).join(', ')}, or a file *.json`;
  const asked = wantedOf(options.card === true ? USUAL_CARD : options.card, terminalFrom, cards);
  const card = asked ?? (place && terminalOfPlace(place));
  if (typeof card === 'string') return refuse(card);
  const devices = {
    printerWire,
    ...(gun && { gun }),
    ...(gunWire && { gunWire }),
    ...(printer && { printer }),
  } as const;
  const portFolder = options.ports === undefined ? {} : { portFolder: options.ports };
  const wanted = { till, paper, brokerPort, ...portFolder, ...devices } as const;
  if (options.enrol) return enrolShop({ ...wanted, clock: systemClock }, ended());
  const at = { folder: options.ports ?? '', ...(place && { place }) };
  let open: OpenShop;
  try {
    open = options.lab
      ? await withLab(wanted, at, { port: labPort, ...(card && { card }) })
      : await withoutLab(wanted, at, card);
  } catch (error) {
    return refuse(whyClosed(error));
  }
  const { stage, counter, labUrl } = open;
  const { shop } = stage;
  stage.onAgentState = (state) => say({ kind: 'agent', state });
  process.on('message', (message: ToShop) => {
    if (message.kind === 'clerk-page') counter?.showClerkPage(message.url);
    else void serve(stage, message);
  });
  say({
    kind: 'open',
    brokerUrl: stage.brokerUrl,
    gunPath: shop.gunPort.path,
    printerPath: shop.printerPort.path,
    config: stage.config,
    ...(labUrl !== undefined && { labUrl }),
  });
  await ended();
  await open.close();
  // a channel that somebody listens to keeps the process alive
  if (process.connected) process.disconnect();
  return 0;
}

const USUAL_CARD = 'zvt-cny';

interface OpenShop {
  readonly stage: ProcessStage;
  readonly counter?: LabCounter;
  readonly labUrl?: string;
  close(): Promise<void>;
}

type Wanted = Omit<ShopOptions, 'clock'>;

/** With a card terminal, the last two digits of an amount choose what becomes of its card (`tillwire-sim terminal --list`). */
async function withoutLab(wanted: Wanted, at: StagePlace, card: TerminalMake | undefined): Promise<OpenShop> {
  const hands = new StageHands();
  const shop = await Shop.open({ ...wanted, ...hands.shopOptions });
  const terminal = card && placeTerminal(card, wanted.portFolder ?? mkdtempSync(join(tmpdir(), 'tillwire-card-')));
  const stage = await ProcessStage.around(shop, hands, { ...at, ...(terminal && { terminal }) });
  return { stage, close: () => stage.close() };
}

interface LabWish {
  readonly port: number;
  /** make of the card terminal */
  readonly card?: TerminalMake;
}

/** The lab is loaded when it is wanted: one sale without it starts sooner. */
async function withLab(wanted: Wanted, at: StagePlace, { port, card }: LabWish): Promise<OpenShop> {
  const [{ LabCounter }, { openLab }] = await Promise.all([import('../lab/counter.ts'), import('../lab/server.ts')]);
  const counter = await LabCounter.open(wanted, at, card);
  try {
    const lab = await openLab(counter, port);
    const close = async () => void (await Promise.all([lab.close(), counter.close()]));
    return { stage: counter.stage, counter, labUrl: lab.url, close };
  } catch (error) {
    await counter.close();
    throw error;
  }
}

async function serve(stage: ProcessStage, order: Exclude<ToShop, { kind: 'clerk-page' }>): Promise<void> {
  const { shop } = stage;
  if (order.kind === 'sell') return sell(stage, order);
  if (order.kind === 'terminal') return tellTerminal(shop, order.state);
  if (order.kind === 'done') return;
  const { kind, device } = order;
  const port = device === 'gun' ? shop.gunPort : shop.printerPort;
  try {
    await (kind === 'pull' ? port.hangup() : port.replug());
    say({ kind: kind === 'pull' ? 'pulled' : 'plugged', device });
  } catch (error) {
    say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
}

async function sell(stage: ProcessStage, { scenario: name, yuan, wallet, logFile }: SaleOrder): Promise<void> {
  const known = scenarioNamed(name);
  if (!known) return say({ kind: 'failed', reason: `no scenario ${name}` });
  const scenario = withSale(known, { yuan, wallet });
  stage.control = new RehearsedAgent(logFile, (wish) => say({ kind: 'wish', wish }));
  const played = await play(scenario, stage, stage.shop.printer.profile.dots, (line) => say({ kind: 'news', line }));
  const paper = played.record.papers.find(({ isCut }) => isCut);
  say({
    kind: 'sold',
    report: saleReport(scenario, played, stage),
    wrong: played.wrong.map((one) => wrongLine(one).trim()),
    slip: paper ? Buffer.from(paper.bytes).toString('base64') : null,
  });
}

const HOUR_MS = 3_600_000;

/** The backend tells the till what its terminal may do; stricter needs no signature. */
async function tellTerminal(shop: Shop, show: TerminalShow): Promise<void> {
  const { hours, ...block } = { hours: undefined, ...TERMINAL_SHOWS[show] };
  const since = systemClock.now();
  const until = hours === undefined ? {} : { until: since + hours * HOUR_MS };
  const args = { ...block, commandSeq: 1, servicePhone: '400-000-0000', since, ...until };
  try {
    const { code } = await shop.backend.order(shop.till, 'suspend', args);
    say({ kind: 'told-terminal', code });
  } catch (error) {
    say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
}

/** To the rehearsal if there is one, else one line for a person. */
function say(message: FromShop): void {
  if (process.connected) process.send?.(message);
  else if (message.kind === 'open') {
    console.log(`broker ${message.brokerUrl}  gun ${message.gunPath}  printer ${message.printerPath}`);
    if (message.labUrl !== undefined) console.log(`模拟门店 / the lab page: ${message.labUrl}`);
  } else if (message.kind === 'agent') console.log(`agent ${message.state}`);
}

/** The make that was asked for by name or file, if one was; or why there is none. */
function wantedOf<Make>(
  nameOrFile: string | undefined,
  from: (nameOrFile: string) => Make | undefined,
  known: string,
): Make | undefined | string {
  if (nameOrFile === undefined) return undefined;
  try {
    return from(nameOrFile) ?? known;
  } catch (error) {
    if (error instanceof PersonalityError) return error.message;
    throw error;
  }
}

function parseTill(text: string): TillAddress | undefined {
  const [tenant = '', store = '', agent = '', ...more] = text.split('/');
  return more.length === 0 && [tenant, store, agent].every((level) => TOPIC_LEVEL.test(level))
    ? { tenant, store, agent }
    : undefined;
}

/** Why the shop cannot open, and what to do. What is not the system's word is a bug. */
function whyClosed(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) throw error;
  const remedy =
    error.code === 'EADDRINUSE'
      ? 'choose another --broker-port or --lab-port, or 0. / 端口被占用，请换一个 --broker-port 或 --lab-port'
      : 'check the folder given with --ports. / 请检查 --ports 指定的文件夹';
  return `${error.message}; ${remedy}`;
}

function refuse(reason: string): number {
  console.error(`tillwire-sim shop: ${reason}`);
  return 2;
}
