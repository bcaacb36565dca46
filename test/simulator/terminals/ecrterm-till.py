"""Drives ecrterm, an independent ZVT till, against a terminal: argv[1] is its path or socket://host:port.
Prints one JSON object. ecrterm and pyserial are found on PYTHONPATH; none of their code is here."""

import json
import sys

import serial
from ecrterm.ecr import ECR
from ecrterm.transmission import transport_serial


class QuietSerial(serial.Serial):
    """A pseudo-terminal has no RTS and DTR."""

    def setRTS(self, value=1):
        try:
            super().setRTS(value)
        except OSError:
            pass

    def setDTR(self, value=1):
        try:
            super().setDTR(value)
        except OSError:
            pass


transport_serial.SerialTransport.SerialCls = QuietSerial
till = ECR(device=sys.argv[1], password='000000')
till.transport.insert_delays = False
report = {'register': till.register(config_byte=0xBA)}
till.status()
report['version'] = till.version
report['payment'] = till.payment(11000)
packets = [packet for heard, packet in till.transmitter.last_history if heard]
report['lines'] = sum(type(packet).__name__ == 'PrintLine' for packet in packets)
results = [packet.as_dict() for packet in packets if type(packet).__name__ == 'StatusInformation']
names = ('result_code', 'amount', 'trace_number', 'receipt', 'tid')
report['results'] = [{name: result.get(name) for name in names} for result in results]
report['declined'] = till.payment(11051)
till.last_printout = lambda: ['x']
report['end_of_day'] = till.end_of_day()
print(json.dumps(report))
