import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printerFrom } from '../../simulator/personalities/printer-file.ts';
import { PRINTERS } from '../../simulator/personalities/printers.ts';
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

describe('docs/add-a-make.md, block by block', () => {
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
    const child = execFile(process.execPath, [SIM, 'printer', '--personality', file, '--tcp', '0', '--json']);
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout?.on('data', (text: string) => resolve(text.split('\n', 1)[0] ?? ''));
      child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    });
    child.kill('SIGTERM');
    expect(JSON.parse(line)).toMatchObject({ event: 'open', personality: 'sample-sl80', dots: 512 });
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
