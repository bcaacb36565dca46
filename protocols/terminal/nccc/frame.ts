import { endedShape } from '../ended-frame.ts';
import { NCCC_BYTES } from './layout.ts';

/** Frames and control bytes of the 400-character dialect; its sisters of 144, 200, 250 and 600 are not spoken. */
export const ncccShape = endedShape(NCCC_BYTES, NCCC_BYTES);
