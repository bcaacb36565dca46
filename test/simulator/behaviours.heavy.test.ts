import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../simulator/behaviours/behaviour.ts';
import { showCode } from '../../simulator/devices/phone.ts';
import { Shop } from '../../simulator/shop.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { AgentProcess, eventually, tillFolder } from '../e2e/agent-process.ts';

const TILL = { tenant: 'demo', store: 'store-1', agent: 'till-1' } as const;

describe('a device scripted in a few lines', () => {
  it('messages and business: the first answer is late, and the money takes the paper with it', async () => {
    let asked = 0;
    const late: Behaviour = {
      name: 'the first answer is late',
      request: (_request, { inject }) => void (asked++ || inject({ kind: 'delay-reply', op: 'pay', ms: 1_500 })),
    };
    const lastPaper: Behaviour = {
      name: 'the paper ends with the first money',
      money: (_entry, { printer, after }) => {
        printer.change({ paper: 'end' });
        after(300, () => printer.change({ paper: 'ok' }));
      },
    };
    const hesitates: Behaviour = { name: 'a gun that says it all in two pieces', device: 'gun', said: halves };
    const behaviours = [late, lastPaper, hesitates];
    const shop = await Shop.open({ till: TILL, clock: systemClock, paper: 58, behaviours });
    const folder = tillFolder(shop);
    const agent = new AgentProcess(folder.configFile);
    try {
      await agent.said('broker session up');
      await agent.said('gun connected');
      await agent.said('printer ready');
      await shop.backend.collect(TILL, { orderId: 'A', amountFen: 1250 });
      await shop.gun.scan(showCode('wechat', Math.random));
      await eventually('a slip', () => shop.slips.length === 1, 40_000);
      expect(shop.acquirer.ledger.ofOrder('A')).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
    } finally {
      await agent.kill('SIGTERM');
      await shop.close();
      folder.remove();
    }
  }, 60_000);
});

function halves(bytes: Uint8Array): readonly Uint8Array[] {
  const half = bytes.length >> 1;
  return [bytes.subarray(0, half), bytes.subarray(half)];
}
