import type { LabCounter } from './counter.ts';
import type { FaultAct } from './fault-panel.ts';
import { fillDisk } from './full-disk.ts';
import { Refusal } from './problems.ts';

/** Something goes wrong at this counter: now, or the next time it can. */
export function breakIt(counter: LabCounter, what: FaultAct): void {
  const { shop } = counter;
  switch (what.on) {
    case 'gun':
      counter.gunFault = what.fault;
      return;
    case 'terminal':
      if (!counter.cards.terminal.arm(what.fault)) throw new Refusal('NOT_HERE', what.fault);
      return;
    case 'wire':
      counter.wireOf(what.wire).arm(what.direction, what.fault);
      return;
    case 'backend':
      shop.backend.inject(shop.till, what.fault);
      return;
    case 'backend-events':
      shop.backend.acknowledgesEvents = what.acknowledges;
      return;
    case 'clock':
      counter.backendClock.aheadMs = what.aheadMs;
      return;
    case 'disk':
      fillDisk(counter.stage, what.isFull);
      counter.diskFull = what.isFull;
      return;
    case 'network':
      return breakNetwork(counter, what.does);
  }
}

function breakNetwork(counter: LabCounter, does: 'cut' | 'fall' | 'back' | 'swallow'): void {
  const { network } = counter.stage;
  network[does]();
  if (does !== 'fall' && does !== 'back') return;
  counter.networkUp = does === 'back';
  counter.tell('backend', does === 'back' ? 'good' : 'bad', {
    zh: does === 'back' ? '网络恢复' : '网络断开',
    en: does === 'back' ? 'The network is back' : 'The network is down',
  });
}
