import { PacketFramer } from '../../protocols/framing/packet.ts';
import { encodeSsi, encodeSsiLong, parseSsi, ssiShape } from '../../protocols/scanner/ssi.ts';
import { SSI_STATUS } from '../../protocols/scanner/ssi-table.ts';
import type { Tongue } from './model.ts';
import type { SsiDecoder, SsiHeard, SsiSaid } from './ssi-decoder.ts';

/** SSI packets out, SSI packets in. What is no packet of a host wakes the gun and is else not answered. */
export function ssiTongue(gun: SsiDecoder): Tongue<SsiSaid, SsiHeard> {
  const framer = new PacketFramer(ssiShape('host'));
  const heard = (events: ReturnType<PacketFramer['push']>): SsiHeard[] =>
    events.flatMap((event): SsiHeard[] => {
      if (event.kind === 'packet') return [{ kind: 'packet', packet: parseSsi(event.bytes) }];
      return event.cause === 'junk' ? [] : [{ kind: 'garbled' }];
    });
  return {
    say: (said) => [bytesOf(said)],
    hear: (bytes, at) => {
      const lost = gun.isAsleep ? 1 : 0;
      gun.awake();
      return heard(framer.push(bytes.subarray(lost), at));
    },
    get nextDeadline() {
      return framer.nextDeadline;
    },
    silence: (at) => heard(framer.silence(at)),
    reset: () => void framer.reset(),
  };
}

function bytesOf(said: SsiSaid): Uint8Array {
  if (said.kind === 'raw') return said.data;
  if (said.kind === 'packet') return encodeSsi(said.packet);
  return encodeSsiLong(said.type, said.code, said.again ? SSI_STATUS.retransmit : 0);
}
