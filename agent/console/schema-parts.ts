import { z } from '@hono/zod-openapi';

// What the schemas of the local API are written with. Money is integer fen; times are Unix milliseconds of the backend's clock
// unless a field says otherwise. The OpenAPI document is made from them.

export const words = z.strictObject({ zh: z.string(), en: z.string() });
export const names = <T extends string>(table: Readonly<Record<T, unknown>>) =>
  z.enum(Object.keys(table) as [T, ...T[]]);

/** A whole number in an address: text on the wire. */
export const number = (least: number, most: number) =>
  z.coerce.number().int().min(least).max(most).openapi({ type: 'integer', minimum: least, maximum: most });
