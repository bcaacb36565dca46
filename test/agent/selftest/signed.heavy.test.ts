import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { decodeEscpos } from '../../../protocols/escpos/decode.ts';
import type { Bitmap } from '../../../protocols/escpos/image.ts';
import { genericProfile } from '../../../protocols/escpos/profile.ts';
import { flatItems } from '../../../protocols/escpos/slip.ts';
import { SimulatedPad } from '../../../simulator/terminals/pad-mouth.ts';
import { PAD_PERSONALITIES } from '../../../simulator/terminals/pad-personalities.ts';
import { PtyWire } from '../../../simulator/wires/pty.ts';
import { systemClock } from '../../../simulator/world/clock.ts';
import { eventually } from '../../e2e/agent-process.ts';
import { tillwire } from '../../e2e/run-tillwire.ts';
import { sameDots } from '../../protocols/jbig-peer.ts';
import { TillWithApi } from '../console/till-with-api.ts';

/** Somebody signs on a simulated pad on a real pty. */
let folder: string;
let wire: PtyWire;
let pad: SimulatedPad;
let till: TillWithApi;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwire-pad-'));
  wire = new PtyWire({ link: join(folder, 'pad') });
  const personality = { ...PAD_PERSONALITIES['vx820-pad'], signMs: 200, heartbeatMs: 50 };
  pad = new SimulatedPad(wire, { personality, clock: systemClock, random: () => 0.4 });
  till = await TillWithApi.open({ pad: { path: join(folder, 'pad'), dialect: { ground: 'ours' } } });
});
afterEach(async () => {
  await till.close();
  pad.close();
  await wire.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Report {
  readonly steps: readonly {
    readonly step: string;
    readonly status: string;
    readonly cause: { readonly en: string };
  }[];
}

async function tested(...more: string[]): Promise<{ readonly code: number | null; readonly report: Report }> {
  const args = ['selftest', '--config', till.configFile, '--json', '--only', 'sign,print', ...more];
  const { code, stdout } = await tillwire(args);
  return { code, report: JSON.parse(stdout) as Report };
}

function printedPictures(): readonly Bitmap[] {
  const { slips } = decodeEscpos(Buffer.concat(till.shop.slips), genericProfile(58));
  return slips.flatMap(({ items }) => flatItems(items).flatMap((item) => (item.kind === 'image' ? [item.bitmap] : [])));
}

/** What was drawn on the pad stands on the paper. */
async function stoodOnPaper(): Promise<void> {
  const drawn = pad.model.ledger.at(-1)?.bitmap;
  await eventually('the report with the signature', () => {
    const picture = printedPictures().at(-1);
    return drawn !== undefined && picture !== undefined && sameDots(picture, drawn);
  });
}

it('through the agent: the report has the signature, no record has it, and the pad forgets it', async () => {
  await till.agent.said('signature pad connected');
  const { code, report } = await tested();
  expect([code, report.steps.map(({ status }) => status)]).toEqual([0, ['ok', 'ok']]);
  expect(report.steps[0]?.cause.en).toMatch(/^240×80, [1-9]\d* dots of ink$/);
  await stoodOnPaper();
  expect(pad.model.ledger.map(({ kept }) => kept)).toEqual([false]);
  expect(readdirSync(join(till.dataDir, 'signatures')).filter((name) => name.startsWith('signature-'))).toEqual([]);
  const journal = readdirSync(join(till.dataDir, 'journal')).map((name) =>
    readFileSync(join(till.dataDir, 'journal', name)),
  );
  // the slip without its picture is some hundred bytes; the picture alone has 2,400
  const job = Buffer.concat(journal)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.includes('TILLWIRE-SELFTEST'));
  expect(job).toHaveLength(1);
  expect(job[0]?.length).toBeLessThan(2_400);
});

it('without an agent: the pad is opened, asked and let go', async () => {
  await till.agent.kill('SIGTERM');
  const { code, report } = await tested();
  expect([code, report.steps.map(({ status }) => status)]).toEqual([0, ['ok', 'ok']]);
  await stoodOnPaper();
});

it('nobody signs, and a pad that is not there: said, and nothing hangs', async () => {
  pad.model.breakNext('cancel');
  const { code, report } = await tested();
  expect([code, report.steps[0]]).toMatchObject([1, { status: 'fail', cause: { en: 'no signature: cancelled' } }]);
  await wire.hangup();
  await till.agent.line('the pad is gone', ({ device, msg }) => device === 'pad' && msg.includes('PORT_LOST'));
  const gone = await tested('--within', '2');
  expect([gone.code, gone.report.steps[0]]).toMatchObject([1, { cause: { en: 'no signature: link-lost' } }]);
});
