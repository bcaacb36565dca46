import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { SecretText } from './secret.ts';

/** First 6 and last 4 of a card number: the most PCI DSS lets be shown. Anything shorter than a card shows nothing. */
export function maskPan(pan: string): string {
  if (pan.length < 13) return '*'.repeat(pan.length);
  return pan.slice(0, 6) + '*'.repeat(pan.length - 10) + pan.slice(-4);
}

/**
 * Twelve hex digits that are the same for the same code and say nothing about it: HMAC-SHA256 under a key that lives as
 * long as the process (payment.md 1.2). For "was this code here before?" and for joining log lines. The word in front
 * keeps these values apart from anything else made with the same key; the vectors of masking.json have it (found by
 * computing them, they do not say so).
 */
export function paycodeFingerprint(key: Uint8Array, code: SecretText | string, mac: Mac = pureMac): string {
  const text = code instanceof SecretText ? code.reveal() : code;
  return toHex(mac(key, encodeUtf8(`paycode:${text}`))).slice(0, 12);
}

/** HMAC-SHA256; a caller may bring a faster one than the pure one here (6 us for 40, between the scan and the disk). */
export type Mac = (key: Uint8Array, message: Uint8Array) => Uint8Array;
const pureMac: Mac = (key, message) => hmac(sha256, key, message);
