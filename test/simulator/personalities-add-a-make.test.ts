import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigSchema } from '../../agent/config.ts';
import { gunFrom } from '../../simulator/personalities/gun-file.ts';
import { printerFrom } from '../../simulator/personalities/printer-file.ts';
import { PRINTERS } from '../../simulator/personalities/printers.ts';
import { terminalFrom } from '../../simulator/personalities/terminal-file.ts';
import { storyOf } from '../../simulator/scenarios/report.ts';
import { parseScenario } from '../../simulator/scenarios/scenario.ts';
import { playVirtually } from '../scenarios/play-virtually.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../docs/add-a-make.md', import.meta.url)), 'utf8');
const SIM = fileURLToPath(new URL('../../dist/bin/tillwire-sim.js', import.meta.url));

/** What stands on the page under this name. */
function block(name: string): Record<string, unknown> {
  const text = new RegExp(`\`\`\`json ${name}\\n([^]*?)\`\`\``).exec(PAGE)?.[1];
  return JSON.parse(text ?? 'null') as Record<string, unknown>;
}

/** The first line that this command says. */
async function opened(...args: readonly string[]): Promise<unknown> {
  const child = execFile(process.execPath, [SIM, ...args, '--json']);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (text: string) => resolve(text.split('\n', 1)[0] ?? ''));
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
  child.kill('SIGTERM');
  return JSON.parse(line);
}

describe('docs/add-a-make.md: a printer, block by block', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-make-'));
  const file = join(folder, 'sample-sl80.json');
  const made = { ...block('personality'), table: block('table') };
  const told = { ...block('story'), place: { paper: 80, printer: made } };
  beforeAll(() => writeFileSync(file, JSON.stringify(made)));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('1 and 2: the table and the data file make a printer like the known one, but for what they say', () => {
    const printer = printerFrom(file);
    expect(printer).toMatchObject({ name: 'sample-sl80', speed: 120, cutMs: 700, recoversBy: 'cover' });
    expect(printer?.profile).toMatchObject({ dots: 512, charset: 'gb18030-4', maker: 'SAMPLE', chineseAtStart: true });
    expect(printer?.profile.quirks).toEqual({ swallowsFeedAfterRaster: true });
    expect(PRINTERS['xprinter-80'].speed).toBe(200);
  });

  it('3: it opens on a wire', async () => {
    expect(await opened('printer', '--personality', file, '--tcp', '0')).toMatchObject({
      event: 'open',
      personality: 'sample-sl80',
      dots: 512,
    });
  });

  it('4: the story sells and prints on it', async () => {
    const played = await playVirtually(parseScenario(told, 'the page'));
    expect(played.wrong, storyOf(played)).toEqual([]);
  });

  it('says what is wrong with a file', () => {
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ ...made, sped: 3 }));
    expect(() => printerFrom(join(folder, 'bad.json'))).toThrow(/bad\.json.*sped/);
  });
});

const TILL = {
  address: { tenant: 't', store: 's', agent: 'a' },
  merchant: { name: 'x', merchantNo: '1', terminalNo: '1' },
  broker: { url: 'mqtt://localhost' },
  scanner: { path: '/dev/ttyACM0' },
  dataDir: 'data',
};

describe.each([
  { kind: 'gun', from: gunFrom, command: 'scanner', part: 'scanner', protocol: 'serial-line' },
  { kind: 'terminal', from: terminalFrom, command: 'terminal', part: 'terminal', protocol: 'kbtg' },
] as const)('docs/add-a-make.md: a $kind, block by block', ({ kind, from, command, part, protocol }) => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-make-'));
  const file = join(folder, `${kind}.json`);
  const made = block(kind);
  beforeAll(() => writeFileSync(file, JSON.stringify(made)));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('the file makes one like the known one, and its command opens it on a wire', async () => {
    expect(from(file)).toBeDefined();
    const path = join(folder, kind);
    expect(await opened(command, '--personality', file, '--path', path)).toMatchObject({ event: 'opened', protocol });
  });

  it('the agent takes its side of it', () => {
    expect(ConfigSchema.parse({ ...TILL, [part]: block(`${kind}-till`) })).toBeDefined();
  });

  it('the story pays with it', async () => {
    const place = { [kind]: JSON.parse(readFileSync(file, 'utf8')) as unknown };
    const played = await playVirtually(parseScenario({ ...block(`${kind}-story`), place }, 'the page'));
    expect(played.wrong, storyOf(played)).toEqual([]);
  });

  it.each([
    ['a field nobody knows', { sped: 3 }, /sped/],
    ['a table of another language', { table: { layout: 'us', paper: 58 } }, /layout/],
    ['a known one that nobody knows', { like: 'nobody' }, /like/],
  ])('is refused with its reason: %s', (_, change, reason) => {
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, JSON.stringify({ ...made, ...change }));
    expect(() => from(bad)).toThrow(/bad\.json/);
    expect(() => from(bad)).toThrow(reason);
  });
});
