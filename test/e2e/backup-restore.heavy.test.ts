import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogReport } from '../../agent/journal/verify.ts';
import { Shop } from '../../simulator/shop.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { AgentProcess, eventually, TILLWIRE, tillFolder } from './agent-process.ts';

const till = { tenant: 'demo', store: 'store-1', agent: 'till-9' };
const FIRST_CODE = '134622817080551492';
const SECOND_CODE = '134622817080551493';
const SECRET = 'a-broker-password-nobody-may-see';

let shop: Shop;
/** what was copied, somewhere else: a USB stick */
let stick: string;
let oldPc: ReturnType<typeof tillFolder>;
let newPc: ReturnType<typeof tillFolder>;
let agent: AgentProcess;

beforeEach(async () => {
  shop = await Shop.open({ till, paper: 58, clock: systemClock });
  stick = mkdtempSync(join(tmpdir(), 'tillwire-stick-'));
  const broker = { url: `mqtt://127.0.0.1:${shop.broker.port}`, username: 'till-9', password: SECRET };
  oldPc = tillFolder(shop, { broker });
  newPc = tillFolder(shop, { broker });
});
afterEach(async () => {
  await agent.kill('SIGKILL');
  await shop.close();
  oldPc.remove();
  newPc.remove();
  rmSync(stick, { recursive: true, force: true });
});

/** The technician's command, beside whatever runs. */
function tillwire(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TILLWIRE, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** What `tillwire backup --json` says. */
interface Copied {
  readonly head: { readonly seq: number; readonly hash: string };
  readonly report: LogReport;
}

function backUp(place = oldPc): Copied {
  const { status, stdout, stderr } = tillwire('backup', '--config', place.configFile, '--to', stick, '--json');
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Copied;
}

const restore = (...more: string[]) =>
  tillwire('restore', '--from', stick, ...(more.length > 0 ? more : ['--config', newPc.configFile]));

const verify = (place: { readonly folder: string }) =>
  JSON.parse(tillwire('journal', 'verify', '--data', join(place.folder, 'data'), '--json').stdout) as LogReport;

async function start(place: ReturnType<typeof tillFolder>): Promise<void> {
  agent = new AgentProcess(place.configFile);
  await agent.said('broker session up');
  await agent.said('gun connected');
}

async function sell(orderId: string, code: string): Promise<void> {
  expect(await shop.backend.collect(till, { orderId, amountFen: 1250 })).toMatchObject({ code: 'ACCEPTED' });
  const slips = shop.slips.length;
  await shop.gun.scan(code);
  await eventually(`the slip of ${orderId}`, () => shop.slips.length > slips);
  const told = () => shop.backend.eventsOf(till).some(({ data }) => data.type === 'slip' && data.state === 'sent');
  await eventually(`${orderId} is told to its end`, told);
}

/** The backend has seen the end of the log, and the till has written that down: nothing more is to come. */
async function quiet(place: ReturnType<typeof tillFolder>): Promise<void> {
  let before = -1;
  await eventually('the journal rests', () => {
    const { head, anchor } = verify(place);
    const rests = head.seq === before && anchor !== undefined;
    before = head.seq;
    return rests;
  });
}

describe('a till moves to a new PC', () => {
  it('its journal is copied while it runs, and the new PC goes on where the old one stopped', async () => {
    await start(oldPc);
    await sell('ORDER-1', FIRST_CODE);
    await quiet(oldPc);
    const { head, report } = backUp();
    expect(report).toMatchObject({ ok: true, head, problems: [] });
    await agent.kill('SIGKILL');
    const numbers = shop.backend.eventsOf(till).map(({ seq }) => seq);

    const copied = readdirSync(stick).map((name) => readFileSync(join(stick, name), 'latin1'));
    for (const secret of [FIRST_CODE, SECRET]) expect(copied.join('')).not.toContain(secret);

    expect(restore()).toMatchObject({ status: 0, stderr: '' });
    await start(newPc);
    expect(await shop.backend.collect(till, { orderId: 'ORDER-1', amountFen: 1250 }), 'paid is paid').toMatchObject({
      code: 'ORDER_BLOCKED',
    });
    await sell('ORDER-2', SECOND_CODE);
    expect(shop.acquirer.ledger.ofOrder('ORDER-2').netFen).toBe(1250);
    const later = shop.backend.eventsOf(till).slice(numbers.length);
    expect(later.length).toBeGreaterThan(0);
    expect(Math.min(...later.map(({ seq }) => seq)), 'no event number twice').toBeGreaterThan(Math.max(...numbers));
    await agent.kill('SIGTERM');
    expect(verify(newPc)).toMatchObject({ ok: true });
    const log = readFileSync(join(newPc.folder, 'data', 'journal', 'journal-000001.log'), 'utf8');
    expect(log).toContain(`"last":{"hash":"${head.hash}","seq":${head.seq}}},"hash"`);
  }, 60_000);

  it('a copy that is older than what the backend saw: no new payment until a person has looked', async () => {
    await start(oldPc);
    await sell('ORDER-1', FIRST_CODE);
    await quiet(oldPc);
    backUp();
    await sell('ORDER-2', SECOND_CODE);
    await quiet(oldPc);
    await agent.kill('SIGKILL');

    expect(restore().status).toBe(0);
    await start(newPc);
    // its first event brings the backend's word back
    await shop.backend.collect(till, { orderId: 'ORDER-3', amountFen: 100 });
    await shop.gun.scan('6901234567892');
    await agent.said('JOURNAL_DAMAGED');
    expect(await shop.backend.collect(till, { orderId: 'ORDER-2', amountFen: 1250 }), 'it was paid').toMatchObject({
      status: 'failed',
      code: 'JOURNAL_UNAVAILABLE',
    });
    await agent.kill('SIGTERM');
    expect(tillwire('journal', 'review', '--by', '王丽', '--config', newPc.configFile).status).toBe(0);
  }, 60_000);
});

describe('refused, and nothing is changed', { timeout: 60_000 }, () => {
  const dataOf = ({ folder }: { readonly folder: string }) => join(folder, 'data');

  beforeEach(async () => {
    await start(oldPc);
    await agent.kill('SIGTERM');
    backUp();
  }, 60_000);

  it('over a journal that is there, newer or not', async () => {
    await start(oldPc);
    expect(restore('--config', oldPc.configFile), 'beside a running agent').toMatchObject({ status: 2 });
    await agent.kill('SIGTERM');
    const before = verify(oldPc);
    const refused = restore('--config', oldPc.configFile);
    expect(refused.status).toBe(1);
    for (const words of ['RESTORE_REFUSED', 'newer than', '备份没有恢复']) expect(refused.stderr).toContain(words);
    expect(verify(oldPc)).toEqual(before);
  });

  it('a copy in which a byte was changed, and one of another terminal', () => {
    const other = tillFolder(shop, { merchant: { name: '别家', merchantNo: '1', terminalNo: 'T0000002' } });
    expect(restore('--config', other.configFile).stderr).toContain('the copy is of terminal T0000001');
    other.remove();
    const segment = join(stick, 'journal-000001.log');
    writeFileSync(segment, readFileSync(segment, 'latin1').replace('"BOOT"', '"BOAT"'), 'latin1');
    const refused = restore();
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain('not as it was copied');
    expect(readdirSync(dataOf(newPc))).toEqual([]);
  });

  it('a copy onto one that is there, and wrong usage', () => {
    const again = tillwire('backup', '--config', oldPc.configFile, '--to', stick);
    expect(again).toMatchObject({ status: 1, stdout: '' });
    expect(again.stderr).toContain('BACKUP_REFUSED');
    expect(tillwire('backup', '--data', dataOf(newPc), '--to', stick).status).toBe(2);
    expect(tillwire('backup', '--to', stick).status).toBe(2);
    expect(tillwire('restore', '--from', join(stick, 'no'), '--config', newPc.configFile).status).toBe(2);
  });
});
