import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentProcess, eventually, TILLWIRE } from './agent-process.ts';
import { tillwire } from './run-tillwire.ts';
import { closeAll, endsWithTest, type Line, WaitingShop } from './waiting-shop.ts';

// From an empty folder to a paying till by `tillwire provision` alone: real processes, TLS, certificates, ptys; then the
// technician's whole visit at a terminal.

afterEach(closeAll);

describe('tillwire provision', () => {
  it('[001-8] [003-17] an empty machine becomes a paying till; twice is once; headless says "not tested"', {
    timeout: 90_000,
  }, async () => {
    const shop = await WaitingShop.open();
    const first = await shop.provision();
    expect([first.code, first.stderr.includes('Error')]).toEqual([0, false]);
    const report = JSON.parse(first.stdout) as Line;
    expect(report).toMatchObject({
      ok: true,
      broker: { ok: true },
      certificate: { action: 'new' },
      testPayment: 'not-tested',
    });
    const written = readFileSync(shop.config, 'utf8');
    expect(written).not.toContain('PRIVATE');
    const identity = join(shop.folder, 'data', 'keys', 'till.pem');
    if (process.platform !== 'win32') expect(statSync(identity).mode & 0o077).toBe(0);

    const second = await shop.provision();
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ changes: [], certificate: { action: 'kept' } });
    expect(readFileSync(shop.config, 'utf8')).toBe(written);

    const log = join(shop.folder, 'data', 'journal');
    const journal = readdirSync(log)
      .map((name) => readFileSync(join(log, name), 'utf8'))
      .join('');
    expect(journal.split('"kind":"PROVISIONED"').length - 1).toBe(1);
    for (const words of ['"personId":"zhang"', '"ratePercent":"0.38"', '"testPayment":"not-tested"'])
      expect(journal).toContain(words);
    expect((await tillwire(['journal', 'verify', '--config', shop.config])).code).toBe(0);

    const agent = spawn(process.execPath, [TILLWIRE, 'agent', '--config', shop.config], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    endsWithTest(agent);
    await eventually('the gun', () =>
      shop.of('device').some(({ dev, avail }) => dev === 'scanner' && avail === 'online'),
    );
    shop.type('collect 1250');
    await eventually('accepted', () => shop.of('collect').length > 0);
    const told = (type: string, state?: string) =>
      shop
        .of('event')
        .filter(
          ({ data }) => (data as Line)['type'] === type && (state === undefined || (data as Line)['state'] === state),
        );
    // what comes in the moment after the port was opened may be the end of a code: the clerk scans again
    for (let tries = 1; told('attempt').length === 0 && tries <= 3; tries += 1) {
      shop.type('scan wechat');
      await eventually(
        'an answer to the scan',
        () => told('attempt').length > 0 || told('scan-refused').length >= tries,
      );
    }
    await eventually('paid', () => told('attempt', 'PAID').length > 0);
    await eventually('a slip', () => shop.of('slip').length > 0);
    expect(shop.of('slip')[0]?.['ledger']).toMatchObject({ charges: 1, netFen: 1250 });
  });

  it('[003-13] a code is good once; the new PC takes over with --move, and the old one is out', {
    timeout: 90_000,
  }, async () => {
    const shop = await WaitingShop.open();
    expect((await shop.provision()).code).toBe(0);
    const elsewhere = ['--config', join(shop.folder, 'new', 'till.json')];
    const again = await shop.provision(...elsewhere);
    expect([again.code, again.stderr.includes('CODE_USED_UP')]).toEqual([1, true]);
    shop.type('code');
    await eventually('a second code', () => shop.of('code').length === 2);
    const unmoved = await shop.provision(...elsewhere);
    expect([unmoved.code, unmoved.stderr.includes('--move')]).toEqual([1, true]);
    expect(existsSync(join(shop.folder, 'new', 'till.json'))).toBe(false);
    const old = new AgentProcess(shop.config);
    endsWithTest(old.process);
    await old.said('broker session up');
    const moved = await shop.provision(...elsewhere, '--move');
    expect(moved.code).toBe(0);
    expect(JSON.parse(moved.stdout)).toMatchObject({ certificate: { action: 'new' }, broker: { ok: true } });
    await old.line('the old one is out', ({ ['code']: code }) => code === 'BROKER_REFUSED');
  });
});

describe('tillwire provision, with a person', () => {
  it('a technician at a terminal is asked, pays 0.01 and gets it back', { timeout: 120_000 }, async () => {
    const shop = await WaitingShop.open();
    const program = [process.execPath, TILLWIRE, 'provision', '--config', shop.config, '--code', shop.invitation];
    const devices = ['--scanner', join(shop.folder, 'gun'), '--printer', join(shop.folder, 'printer')];
    const command = [...program, ...devices].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', [
      '--quiet',
      '--return',
      '--command',
      `stty cols 160 rows 50; ${command}`,
      '/dev/null',
    ]);
    endsWithTest(child);
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text));
    const asked = (words: string) => eventually(words, () => screen.includes(words), 30_000);
    for (const [question, answer] of [
      ['标签上的序列号', '00000902KS8312000000000001\r'],
      ['装机人员编号', 'zhang\r'],
      ['核对无误', 'y'],
      ['write it?', 'y'],
      ['测试收款 0.01 元', 'y'],
      ['批准退款的人', 'dianzhang\r'],
    ] as const) {
      await asked(question);
      child.stdin.write(answer);
    }
    await asked('scan the payment code');
    await eventually('the gun', () =>
      shop.of('device').some(({ dev, avail }) => dev === 'scanner' && avail === 'online'),
    );
    // the till that pays is gone when the test is over: what it has to tell the backend waits for the agent
    const refused = () => shop.of('event').filter(({ data }) => (data as Line)['type'] === 'scan-refused').length;
    const isOver = () => screen.includes('收款 payment');
    for (let tries = 1; !isOver() && tries <= 3; tries += 1) {
      shop.type('scan alipay');
      await eventually('an answer to the scan', () => isOver() || refused() >= tries);
    }
    const [code] = (await once(child, 'close')) as [number];
    expect([code, /退款 refund: \w+/.exec(screen)?.[0]]).toEqual([0, '退款 refund: REFUND_OK']);
    const log = join(shop.folder, 'data', 'journal');
    expect(
      readdirSync(log)
        .map((name) => readFileSync(join(log, name), 'utf8'))
        .join(''),
    ).toContain('"testPayment":"given-back"');
  });
});
