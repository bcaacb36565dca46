import { amounts } from './amounts.ts';
import type { Checker } from './checker.ts';
import { emvCpm } from './emv-cpm.ts';
import { emvMpm } from './emv-mpm.ts';
import { errorCodes } from './error-codes.ts';
import { esignPadChecker } from './esign-pad.ts';
import { featureCodeChecker } from './feature-code.ts';
import { flowScenarios } from './flow-scenarios.ts';
import { gunCommandsChecker } from './gun-commands.ts';
import { hashChain } from './hash-chain.ts';
import { hidDescriptorsChecker } from './hid-descriptors.ts';
import { hidKeyboardChecker } from './hid-keyboard.ts';
import { hidPosChecker } from './hid-pos.ts';
import { jbigChecker } from './jbig.ts';
import { linkposChecker } from './linkpos.ts';
import { masking } from './masking.ts';
import { merchantQr } from './merchant-qr.ts';
import { misChecker } from './mis-df-tlv.ts';
import { ncccChecker } from './nccc400.ts';
import { netsChecker } from './nets.ts';
import { orderStates } from './order-states.ts';
import { paymentCodes } from './payment-codes.ts';
import { reconcileChecker } from './reconcile.ts';
import { serialLineChecker } from './serial-line.ts';
import { signedCommand } from './signed-command.ts';
import { ssiChecker } from './ssi.ts';
import { statementsChecker } from './statements.ts';
import { terminalInfoChecker } from './terminal-info.ts';
import { testAmountsChecker } from './test-amounts.ts';
import { transbankChecker } from './transbank.ts';
import { usbIdsChecker } from './usb-ids.ts';
import { zvtApduChecker } from './zvt-apdu.ts';
import { zvtSerialChecker } from './zvt-serial.ts';
import { zvtSessionChecker } from './zvt-session.ts';
import { zvtTablesChecker } from './zvt-tables.ts';

/** Every format the runner knows. The first that recognises a file checks it. */
export const CHECKERS: readonly Checker[] = [
  paymentCodes,
  emvCpm,
  emvMpm,
  amounts,
  masking,
  flowScenarios,
  errorCodes,
  hashChain,
  orderStates,
  merchantQr,
  serialLineChecker,
  ssiChecker,
  hidPosChecker,
  hidDescriptorsChecker,
  gunCommandsChecker,
  hidKeyboardChecker,
  usbIdsChecker,
  signedCommand,
  zvtApduChecker,
  zvtSerialChecker,
  zvtTablesChecker,
  zvtSessionChecker,
  testAmountsChecker,
  featureCodeChecker,
  jbigChecker,
  esignPadChecker,
  misChecker,
  terminalInfoChecker,
  linkposChecker,
  netsChecker,
  ncccChecker,
  transbankChecker,
  statementsChecker,
  reconcileChecker,
];
