import type { Setup } from './urbs.ts';

/** `stall`: the device does not know that request. `silent`: it says nothing at all, until the host gives up. */
export type ControlAnswer = Uint8Array | 'taken' | 'stall' | 'silent';

/** One function of a USB device: its interfaces, what it says to class requests, and what it makes of bytes sent to it. */
export interface UsbFunction {
  readonly interfaces: number;
  /** interface and endpoint descriptors, in order; numbers count from those given */
  descriptors(firstInterface: number, firstEndpoint: number): Uint8Array;
  /** endpoint numbers that it uses, from `firstEndpoint` on */
  readonly endpoints: number;
  /** a standard GET_DESCRIPTOR for one of its interfaces, or a class request */
  control(setup: Setup, data: Uint8Array): ControlAnswer;
  /** Bytes for one of its OUT endpoints, counted from its first. Until it resolves the host's write waits, as with a NAK. */
  taken(endpoint: number, data: Uint8Array): Promise<void> | void;
}

/** Bits 5 and 6 of a request's type. */
export function isClassRequest({ requestType }: Setup): boolean {
  return (requestType & 0x60) === 0x20;
}

export function interfaceDescriptor(
  number: number,
  endpoints: number,
  kind: readonly [number, number, number],
): number[] {
  return [9, 4, number, 0, endpoints, ...kind, 0];
}

export function endpointDescriptor(address: number, attributes: number, packet: number, interval: number): number[] {
  return [7, 5, address, attributes, ...u16(packet), interval];
}

export function u16(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}

export function concatenated(...descriptors: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(descriptors.flat());
}
