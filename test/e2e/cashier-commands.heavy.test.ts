import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showCode } from '../../simulator/devices/phone.ts';
import { TillWithApi } from '../agent/console/till-with-api.ts';
import { eventually } from './agent-process.ts';
import { atTerminal, tillwire } from './run-tillwire.ts';

describe('tillwire pay and query, beside a running agent', () => {
  let till: TillWithApi;
  let config: string[];
  beforeAll(async () => {
    till = await TillWithApi.open();
    config = ['--config', till.configFile];
  }, 40_000);
  afterAll(() => till.close());

  const collecting = (orderId: string) =>
    eventually('the order at the counter', () =>
      till.agent.lines.some((line) => line.msg.includes('waiting for a paycode') && line['orderId'] === orderId),
    );

  it('the gun reads the code: exit 0, progress for people on stderr, the result on stdout', async () => {
    const run = tillwire(['pay', 'C-1', '--amount', '12.50', ...config]);
    await collecting('C-1');
    await till.scan();
    const { code, stdout, stderr } = await run;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toBe('PAID: 收款成功 / Payment received\n');
    expect(stderr).toMatch(/order C-1: 12\.50 yuan at the counter \(--key [0-9a-f-]{36}\)/);
  });

  it('a code on standard input pays, and stands nowhere afterwards', async () => {
    const paycode = showCode('wechat', Math.random);
    const { code, stdout } = await tillwire(
      ['pay', 'C-2', '-', '--amount', '3.00', '--json', ...config],
      `${paycode}\n`,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      order: { state: 'PAID', amountFen: 300 },
      result: { code: 'PAID', status: 'ok' },
    });
    expect(stdout).not.toContain(paycode);
    expect(till.agent.text.join('\n')).not.toContain(paycode);
    expect(readFileSync(join(till.dataDir, 'journal', 'journal-000001.log'), 'utf8')).not.toContain(paycode);
  });

  it('a code typed at a terminal is not shown', async () => {
    const paycode = showCode('alipay', Math.random);
    const { code, screen } = await atTerminal(['pay', 'C-2T', '-', '--amount', '3.00', ...config], `${paycode}\r`);
    expect(screen).toContain('PAID: 收款成功');
    expect(screen).toContain('paycode (not shown): ');
    expect(screen).not.toContain(paycode);
    expect(code).toBe(0);
  });

  it('Ctrl-C at the question for a code ends the command', async () => {
    const { code } = await atTerminal(['pay', 'C-2C', '-', '--amount', '3.00', ...config], '\x03');
    expect(code).toBe(130);
    await tillwire(['pay', 'C-2C', '-', '--amount', '3.00', ...config], `${showCode('wechat', Math.random)}\n`);
  });

  it('a collection code is told apart: exit 1 and what to do', async () => {
    const { code, stderr } = await tillwire(
      ['pay', 'C-3', '-', '--amount', '3', ...config],
      'https://qr.alipay.com/fkx00000abcdefghijklm\n',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('WRONG_CODE_KIND');
  });

  it('repeated with its key it is the same payment', async () => {
    const run = tillwire(['pay', 'C-4', '--amount', '1', '--key', 'again-1', ...config]);
    await collecting('C-4');
    await till.scan('alipay');
    expect(await run).toMatchObject({ code: 0, stderr: expect.stringContaining('order C-4') });
    const before = till.shop.acquirer.ledger.total().charges;
    const again = await tillwire(['pay', 'C-4', '--amount', '1', '--key', 'again-1', '--json', ...config]);
    expect(again).toMatchObject({ code: 0 });
    expect(JSON.parse(again.stdout)).toMatchObject({ result: { replayed: true } });
    expect(till.shop.acquirer.ledger.total().charges).toBe(before);
  });

  it('query tells what is known, and 1 when nothing is', async () => {
    const { code, stdout } = await tillwire(['query', 'C-1', ...config]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/C-1 {2}12\.50 {2}PAID\n.*WECHAT {2}1\d\*{12}\d{4} {2}PAID\n/);
    expect(await tillwire(['query', 'NEVER', '--json', ...config])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('NOT_FOUND'),
    });
  });

  it('a refund: one person asks, the same person may not approve it, another does', async () => {
    const file = (person: string) => {
      const name = join(till.dataDir, person);
      writeFileSync(name, till.token({ program: 'office', scopes: ['read', 'refund'], personId: person }), {
        mode: 0o600,
      });
      return ['--token-file', name];
    };
    const [clerk, manager] = [file('clerk-1'), file('manager-1')];
    const asked = await tillwire([
      'refund',
      'C-1',
      '--amount',
      '5.00',
      '--reason',
      '破损',
      '--refund-id',
      'R-1',
      ...config,
      ...clerk,
    ]);
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining('REFUND_REQUESTED') });
    const alone = await tillwire(['refund', '--approve', 'R-1', ...config, ...clerk]);
    expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining('SECOND_PERSON_REQUIRED') });
    const before = till.shop.acquirer.ledger.total().netFen;
    const approved = await tillwire(['refund', '--approve', 'R-1', ...config, ...manager]);
    expect(approved).toMatchObject({ code: 0, stdout: 'R-1: REFUND_OK: 退款成功 / Refund done\n' });
    expect(till.shop.acquirer.ledger.total().netFen).toBe(before - 500);
    expect((await tillwire(['refund', '--approve', 'R-1', ...config, ...manager])).code).toBe(0);
    expect(till.shop.acquirer.ledger.total().netFen).toBe(before - 500);
    const shown = await tillwire(['refund', '--show', 'R-1', ...config]);
    expect(shown.stdout).toContain('R-1  C-1  5.00  REFUNDED  clerk-1 -> manager-1');
  });

  it('an intent: the code is shown, the customer pays, exit 0', async () => {
    till.shop.acquirer.intents.send({ buyers: [{ afterMs: 400, wallet: 'ALIPAY' }] });
    const { code, stdout } = await tillwire(['intent', 'C-20', '--amount', '88', '--wait', '30', ...config]);
    expect(stdout).toMatch(/C-20 {2}88\.00 {2}WAITING\n[█▀▄ \n]{200,}/);
    expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({
      code: 0,
      last: expect.stringContaining('C-20  88.00  PAID'),
    });
    const closed = await tillwire(['intent', 'C-21', '--amount', '3', '--json', ...config]);
    const { intentId } = JSON.parse(closed.stdout) as { intentId: string };
    expect(await tillwire(['intent', '--cancel', intentId, ...config])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('CLOSED'),
    });
    const link = await tillwire(['intent', 'C-22', '--amount', '10', '--form', 'link', ...config]);
    expect(link).toMatchObject({ code: 1, stderr: expect.stringContaining('lines') });
  });

  it('a token of one’s own comes from a file that only its owner reads, or from standard input', async () => {
    const file = join(till.dataDir, 'mine');
    const token = till.token({ program: 'mine', scopes: ['read'] });
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    const url = ['--url', till.url];
    expect((await tillwire(['query', 'C-1', ...url, '--token-file', file])).code).toBe(0);
    expect((await tillwire(['query', 'C-1', ...url, '--token', '-'], `${token}\n`)).code).toBe(0);
    const mayNot = await tillwire(['pay', 'C-9', '--amount', '1', ...url, '--token-file', file]);
    expect(mayNot).toMatchObject({ code: 1, stderr: expect.stringContaining('SCOPE_MISSING') });
    chmodSync(file, 0o644);
    expect(await tillwire(['query', 'C-1', ...url, '--token-file', file])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('chmod 600'),
    });
  });

  it.each([
    [['pay', 'C-5', '--amount', '1.005'], 'no amount'],
    [['pay', 'C-5', '134567890123456789', '--amount', '1'], 'no argument'],
    [['pay', 'C-5', '--amount', '1', '--token', 'tw_secret'], 'no argument'],
    [['pay', 'C-5'], '--amount'],
  ])('%j is wrong usage: exit 2, one line', async (args, words) => {
    const { code, stderr, stdout } = await tillwire([...args, ...config]);
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 });
    expect(stderr).toContain(words);
  });

  it('tokens are made, listed without their text, and revoked by command', async () => {
    const made = await tillwire([
      'token',
      'create',
      '--program',
      'shop-1',
      '--scopes',
      'read,refund',
      '--person',
      'm-17',
      '--json',
      ...config,
    ]);
    const { id, token } = JSON.parse(made.stdout) as { id: string; token: string };
    const list = await tillwire(['token', 'list', ...config]);
    expect(list.stdout).toContain(`${id}  shop-1`);
    expect(list.stdout).not.toContain(token);
    expect((await till.ask('/v1/state', { token })).status).toBe(200);
    expect((await tillwire(['token', 'revoke', id, ...config])).code).toBe(0);
    expect((await till.ask('/v1/state', { token })).status).toBe(401);
    expect((await tillwire(['token', 'revoke', id, ...config])).code).toBe(1);
    expect((await tillwire(['token', 'create', '--program', 'Shop 1', '--scopes', 'read', ...config])).code).toBe(2);
    expect((await tillwire(['token', 'create', '--program', 'x', '--scopes', 'everything', ...config])).code).toBe(2);
  });

  it('without an agent: exit 1, and what to do', async () => {
    await till.agent.kill('SIGTERM');
    const { code, stderr } = await tillwire(['query', 'C-1', ...config]);
    expect(code).toBe(1);
    expect(stderr).toContain('AGENT_NOT_RUNNING');
  });
});

it('tillwire contract prints both documents', async () => {
  const { code, stdout } = await tillwire(['contract']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ asyncapi: { asyncapi: '3.0.0' }, openapi: { openapi: '3.1.0' } });
  expect((await tillwire(['contract', '--only', 'soap'])).code).toBe(2);
});
