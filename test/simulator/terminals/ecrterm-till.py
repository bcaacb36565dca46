"""Drives ecrterm, an independent ZVT till, against a terminal: argv[1] is its path or socket://host:port.
Prints one JSON object: what each step returned and what was heard. ecrterm and pyserial are found on PYTHONPATH; none of
their code is here."""

import json
import sys

import serial
from ecrterm.ecr import ECR
from ecrterm.packets import base_packets as packets
from ecrterm.packets.types import CurrencyCode
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


class Reversal(packets.CommandWithPassword):
    CMD_INSTR = 0x30
    wait_for_completion = True
    ALLOWED_BITMAPS = ['receipt', 'amount', 'tlv']


class Refund(packets.CommandWithPassword):
    CMD_INSTR = 0x31
    wait_for_completion = True
    ALLOWED_BITMAPS = ['amount', 'currency_code', 'tlv']


class RepeatReceipt(packets.CommandWithPassword):
    CMD_INSTR = 0x20
    wait_for_completion = True
    ALLOWED_BITMAPS = ['service_byte', 'tlv']


class Totals(packets.CommandWithPassword):
    CMD_INSTR = 0x10
    wait_for_completion = True


PASSWORD = '000000'
transport_serial.SerialTransport.SerialCls = QuietSerial
till = ECR(device=sys.argv[1], password=PASSWORD)
till.transport.insert_delays = False
# its own one runs into a field that this fork does not have
till.last_printout = lambda: ['x']
steps = []
results = []


def heard():
    return [packet for came, packet in till.transmitter.last_history if came]


def short(names):
    """Each name once, with how often it came in a row."""
    runs = []
    for name in names:
        if runs and runs[-1][0] == name:
            runs[-1][1] += 1
        else:
            runs.append([name, 1])
    return ' '.join(name if times == 1 else '%s*%d' % (name, times) for name, times in runs)


def step(name, act):
    returned = act()
    steps.append([name, returned, short(type(packet).__name__ for packet in heard())])
    for packet in heard():
        if type(packet).__name__ == 'StatusInformation':
            told = packet.as_dict()
            results.append([name] + [told.get(key) for key in ('result_code', 'amount', 'trace_number', 'receipt')])


def said(packet):
    return lambda: till.transmit(packet)


def open_holds():
    till.get_open_reservations()
    return till.last.completion.get_receipt_numbers()


step('register', lambda: till.register(config_byte=0xBA))
step('status', lambda: till.status() or till.version)
for amount in (11000, 5000, 11051, 11055, 11097):
    step('pay %d' % amount, lambda: till.payment(amount))
step('reversal', said(Reversal(PASSWORD, receipt='0001')))
step('reversal again', said(Reversal(PASSWORD, receipt='0001')))
step('refund', said(Refund(PASSWORD, amount=2500, currency_code=CurrencyCode.EUR)))
step('repeat receipt', said(RepeatReceipt(PASSWORD)))
step('hold', lambda: till.request_reservation(30000))
step('another hold', lambda: till.request_reservation(40000))
step('open holds', open_holds)
step('book', lambda: till.book_reservation('0009', 20000))
step('give back a part', lambda: till.reverse_reservation('0008', 10000))
step('open holds', open_holds)
step('diagnosis', said(packets.Diagnosis()))
step('initialisation', till.initialize)
step('display', lambda: till.show_text(['Hallo', 'Welt'], 5, 1))
step('abort', said(packets.AbortCommand()))
step('totals', said(Totals(PASSWORD)))
step('end of day', till.end_of_day)
step('log-off', said(packets.LogOff()))
print(json.dumps({'version': till.version, 'steps': steps, 'results': results}))
