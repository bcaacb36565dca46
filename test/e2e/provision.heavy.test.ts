import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, TILLWIRE } from './agent-process.ts';
import { closeAll, endsWithTest, type Line, WaitingShop } from './waiting-shop.ts';

// The technician's whole visit at a terminal.

afterEach(closeAll);

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
