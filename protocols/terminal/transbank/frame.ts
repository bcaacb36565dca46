import { endedShape } from '../ended-frame.ts';

/** A page of details has about 2,000 characters. */
const MAX_TEXT = 4096;

/** Frames and control bytes of POS Integrado. */
export const transbankShape = endedShape(MAX_TEXT);
