import { describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { findHid } from '../../agent/transport/hid.ts';
import { openHid } from '../../agent/transport/hid-connection.ts';

const PEER = { vendorId: 0x0c2e, productId: 0x0db3 };

describe('a HID device through node-hid', () => {
  it('one that is not there is told as that, again and again', async () => {
    const { available } = await findHid();
    for (let n = 0; n < 2; n++) {
      const path = '/dev/hidraw-none';
      const problem = await openHid(path, PEER, systemClock);
      expect(problem).toMatchObject({ code: available ? 'PORT_NOT_FOUND' : 'HID_UNAVAILABLE', path });
    }
  });
});
