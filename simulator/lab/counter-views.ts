import type { LabCounter } from './counter.ts';
import { backendFaultId } from './fault-panel.ts';
import type { Sections } from './schemas.ts';

// The counter as the page shows it, section by section.

/** Entries on the page; the ledger itself forgets nothing. */
const LEDGER_SHOWN = 60;

/** Everything, as it is now. */
export function viewsOf(counter: LabCounter): Sections {
  const { shop, wires } = counter;
  const { entries } = shop.acquirer.ledger;
  return {
    phone: counter.phone.view(),
    gun: { path: wires.gun.path, plugged: wires.gun.isPlugged, scans: counter.scans, ending: counter.ending },
    printer: printerView(counter),
    terminal: counter.cards.view(),
    pad: counter.pad.view(),
    till: {
      state: counter.tillState,
      address: Object.values(shop.till).join('/'),
      devices: [...shop.devices.values()].map(({ dev, avail, reason }) => ({
        dev,
        avail,
        ...(reason !== undefined && { reason }),
      })),
      page: counter.clerkPage ?? null,
    },
    backend: {
      brokerUrl: counter.stage.brokerUrl,
      up: counter.networkUp,
      clients: shop.broker.clients,
      aheadMs: counter.backendClock.aheadMs,
      orders: counter.orders.view(shop.acquirer.ledger),
    },
    ledger: {
      entries: entries.slice(-LEDGER_SHOWN).map(({ refundId: _id, ...entry }) => entry),
      ...shop.acquirer.ledger.total(),
    },
    faults: { waiting: waiting(counter), happened: counter.faultsHappened },
    story: counter.player.view(),
  };
}

function printerView(counter: LabCounter): Sections['printer'] {
  const { printer, paper } = counter.shop;
  const { paper: roll, cover, error } = printer.state;
  return {
    path: counter.wires.printer.path,
    plugged: counter.wires.printer.isPlugged,
    on: printer.isOn,
    paperMm: paper,
    dots: printer.profile.dots,
    paper: roll,
    cover,
    error,
    jamArmed: counter.jamArmed,
    slips: counter.slips.view(),
    hanging: counter.slips.hanging(),
    drawerOpen: counter.drawerOpen,
  };
}

function waiting(counter: LabCounter): string[] {
  const { gun, printer, terminal } = counter.wires;
  return [
    ...(counter.gunFault ? [`gun.${counter.gunFault}`] : []),
    ...gun.armed.up.map((fault) => `gun-wire.${fault}`),
    ...counter.wires.pad.armed.up.map((fault) => `pad-up.${fault}`),
    ...terminal.armed.down.map((fault) => `terminal-down.${fault}`),
    ...terminal.armed.up.map((fault) => `terminal-up.${fault}`),
    ...counter.cards.terminal.waiting.map((fault) => `terminal.${fault}`),
    ...printer.armed.down.map((fault) => `printer-down.${fault}`),
    ...printer.armed.up.map((fault) => `printer-up.${fault}`),
    ...counter.shop.backend.faultsOf(counter.shop.till).map(backendFaultId),
    ...(counter.shop.backend.acknowledgesEvents ? [] : ['backend.events-unacknowledged']),
    ...(counter.networkUp ? [] : ['network.fall']),
    ...(counter.diskFull ? ['disk.full'] : []),
    ...(counter.backendClock.aheadMs === 0 ? [] : [counter.backendClock.aheadMs > 0 ? 'clock.behind' : 'clock.ahead']),
  ];
}
