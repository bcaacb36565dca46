import { beforeAll, describe, expect, it } from 'vitest';
import { makeScratch } from './scratch.ts';

/** A breach of every rule: file, its text, and what must be said about it. */
const BREACHES: readonly (readonly [file: string, text: string, finding: string])[] = [
  ['agent/helpers/tidy.ts', 'export const a = 1;', '"helpers" is not a room\'s name'],
  ['agent/slips/index.ts', "export * from './slip.ts';", 'no barrels'],
  ['agent/a/b/c/deep.ts', 'export const a = 1;', 'more than two levels'],
  [
    'agent/slips/print.ts',
    "import mqtt from 'mqtt';",
    'imports mqtt, whose home is agent/backend and simulator/backend',
  ],
  ['agent/devices/gun.ts', "await import('@serialport/stream');", 'imports @serialport/stream, whose home is'],
  ['simulator/devices/gun.ts', "export { HID } from 'node-hid';", 'imports node-hid, whose home is'],
  [
    'agent/payment/pay.ts',
    "await import('../../simulator/acquirer/ledger.ts');",
    'imports simulator/acquirer/ledger.ts',
  ],
  ['simulator/lab/page.ts', "import { x } from '../../agent/errors.ts';", 'imports agent/errors.ts'],
  ['protocols/escpos/x.ts', "import { x } from '../../agent/errors.ts';", 'protocols/ may see nothing'],
  ['simulator/world/v.ts', "new URL('../../test/vectors/a.json', import.meta.url);", 'reads the tests'],
  ['docs/place.md', `see ${['', 'work', 'notes'].join('/')}`, 'docs/place.md:1: names a folder of one machine'],
  [
    'docs/host.md',
    `one\nhttps://${['registry', 'npmjs', 'org'].join('.')}/x`,
    'docs/host.md:2: names a package registry',
  ],
  ['test/agent/nowhere/a.test.ts', '', 'mirrors nothing: there is no agent/nowhere'],
  [
    'package-lock.json',
    '{"packages":{"node_modules/x":{"resolved":"https://a/x.tgz","integrity":"sha512-x"}}}',
    '"resolved" binds node_modules/x',
  ],
];

const ALLOWED: readonly (readonly [file: string, text: string])[] = [
  ['agent/backend/link.ts', "import mqtt from 'mqtt';"],
  ['agent/transport/serial.ts', "import { SerialPort } from 'serialport';"],
  ['simulator/wires/pty.ts', "import koffi from 'koffi';"],
  ['simulator/lab/row.ts', "import { x } from '../../protocols/escpos/x.ts'; // cases: test/vectors/a.json"],
  ['bin/start.ts', "import '../agent/only.ts';\nimport '../simulator/only.ts';"],
  ['test/agent/only.test.ts', "import 'mqtt';\nimport '../../simulator/only.ts';"],
  ['test/agent/transport/anything.test.ts', ''],
  ['test/agent/transport-unplug.test.ts', ''],
];

describe('scripts/check-floors.mjs', () => {
  let findings: readonly string[];
  let exitCode: number | null;
  beforeAll(() => {
    const scratch = makeScratch({ tools: false });
    for (const [file, text] of BREACHES) scratch.write(file, text);
    const { code, stdout } = scratch.run('check-floors.mjs');
    scratch.remove();
    exitCode = code;
    findings = stdout.trimEnd().split('\n');
  });

  it.each(BREACHES)('finds the breach in %s', (file, _text, finding) => {
    expect(findings.find((line) => line.startsWith(file))).toContain(finding);
  });

  it('finds nothing else, and ends with 1', () => {
    expect(exitCode).toBe(1);
    expect(findings).toHaveLength(BREACHES.length);
  });

  it('finds nothing in a house that keeps the rules', () => {
    const scratch = makeScratch({ tools: false });
    for (const [file, text] of ALLOWED) scratch.write(file, text);
    const { code, stdout } = scratch.run('check-floors.mjs');
    scratch.remove();
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });
});
