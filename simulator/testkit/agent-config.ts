import { scannerTable } from '../guns/scanner-table.ts';
import { gunFrom } from '../personalities/gun-file.ts';
import { printerFrom } from '../personalities/printer-file.ts';
import type { ShopAddresses, ShopTerms } from './conversation.ts';

type Part = Readonly<Record<string, unknown>>;

/**
 * The configuration of our agent in this shop, as a technician would write it (the schema is the agent's; the two meet only
 * in this file), with the test's own parts on top.
 */
export function agentConfig(terms: ShopTerms, at: ShopAddresses, change: Part): Part {
  const gun = gunFrom(terms.gun);
  const dots = printerFrom(terms.printer)?.profile.dots ?? 384;
  const usual = {
    address: terms.till,
    merchant: { name: '街角小店', merchantNo: '898310054110001', terminalNo: 'T0000001', servicePhone: '95516' },
    broker: { url: at.brokerUrl },
    scanner: { path: at.gunPath, ...(gun && scannerTable(gun)) },
    printer: { path: at.printerPath, paper: dots > WIDEST_58 ? 80 : 58 },
    dataDir: 'data',
  };
  return laidOver(usual, change);
}

/** dots across 58 mm paper, of every profile at most */
const WIDEST_58 = 420;

function laidOver(usual: Part, change: Part): Part {
  const both = Object.entries(change).map(([name, value]) => {
    const before = usual[name];
    return [name, isPart(before) && isPart(value) ? laidOver(before, value) : value] as const;
  });
  return { ...usual, ...Object.fromEntries(both) };
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
