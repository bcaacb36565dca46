import type { ShopPlan } from './plan.ts';
import { TestShop } from './test-shop.ts';

// `tillwire/testkit`: a whole shop for one test of a cashier program or a backend. See docs/testkit.md.

export type { CommandResult } from '../../protocols/backend/commands.ts';
export type { CustomerBehaviour, CustomerPlan } from '../acquirer/customer.ts';
export type { LedgerEntry } from '../acquirer/ledger.ts';
export type { ApiAnswer, ApiCall } from './agent-process.ts';
export type { BrowserPage } from './clerk.ts';
export type { Frame, FrameWish } from './frames.ts';
export type { LedgerWish } from './ledger-wish.ts';
export type { ShopPlan } from './plan.ts';
export type { Program, ProgramPlan } from './program.ts';
export type { PictureWish, Slip, SlipPicture, SlipWish } from './slip.ts';
export { TestShop } from './test-shop.ts';
export { TestkitError } from './trouble.ts';

/** Opens a shop. It must be closed: `await using`, `onTestFinished(() => shop.close())`, or {@link withShop}. */
export function openShop(plan?: ShopPlan): Promise<TestShop> {
  return TestShop.open(plan);
}

/** Opens a shop, plays the story in it and closes it, however the story ends. */
export async function withShop<T>(plan: ShopPlan, story: (shop: TestShop) => Promise<T>): Promise<T> {
  const shop = await TestShop.open(plan);
  try {
    return await story(shop);
  } finally {
    await shop.close();
  }
}
