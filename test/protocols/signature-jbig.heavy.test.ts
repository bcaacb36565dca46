import { expect, it } from 'vitest';
import { needs } from '../needs.ts';
import { LCG } from '../seeded.ts';
import { AGREED, anyEncoding, anyPicture, anySignature, compare, FIELD_ENCODING } from './jbig-peer.ts';

// The same comparison as in signature-jbig.test.ts, on more pictures.

needs('pbmtojbg')('beside jbigkit, all day', () => {
  it('600 pictures of noise, repetition and screens, with any options', () => {
    const chance = new LCG(2026);
    for (let n = 0; n < 600; n++) {
      const [picture, encoding] = [anyPicture(chance), anyEncoding(chance)];
      expect(compare(picture, encoding), JSON.stringify({ n, ...encoding })).toEqual(AGREED);
    }
  });

  it('400 signatures as they are uploaded', () => {
    const chance = new LCG(400);
    for (let n = 0; n < 400; n++) expect(compare(anySignature(chance), FIELD_ENCODING), `${n}`).toEqual(AGREED);
  });
});
