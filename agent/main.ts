import { hostname } from 'node:os';
import type { CommandResult } from '../protocols/backend/commands.ts';
import { loginProblem } from './backend/broker-probe.ts';
import type { BrokerServer } from './backend/broker-socket.ts';
import { CommandIntake, isLocalId } from './backend/command-intake.ts';
import { CommandKeys } from './backend/command-keys.ts';
import { CommandResults } from './backend/command-results.ts';
import { BackendCommands } from './backend/commands.ts';
import { VerbDesk } from './backend/verb-desk.ts';
import type { Config } from './config.ts';
import { LocalCalls } from './console/calls.ts';
import { ConsoleRoom } from './console/console-room.ts';
import { EventFeed } from './console/event-feed.ts';
import { gunConfig, openGun, openPrinter, slipPrinterConfig } from './devices/open-devices.ts';
import { SlipPrinter } from './devices/printer.ts';
import { printerEvents } from './devices/printer-events.ts';
import { ScannerGun } from './devices/scanner.ts';
import { scannerEvents } from './devices/scanner-events.ts';
import { DiagnoseRoom } from './doctor/diagnose-room.ts';
import { CertifiedRoom } from './enrolment/certified-room.ts';
import { CertificateRenewal } from './enrolment/renewal.ts';
import { layGround } from './ground.ts';
import { TillBook } from './journal/book.ts';
import { recalled } from './journal/recall.ts';
import { type Outside, realOutside } from './outside.ts';
import { CancelRoom } from './payment/cancel-room.ts';
import { CardRoom } from './payment/card-room.ts';
import { PaymentDesk } from './payment/desk.ts';
import { DisputeTurn } from './payment/dispute-turn.ts';
import { Fingerprints } from './payment/fingerprints.ts';
import { IntentDesk } from './payment/intent-desk.ts';
import { IntentPapers } from './payment/intent-papers.ts';
import { IntentRunner } from './payment/intent-runner.ts';
import { QueryRoom } from './payment/query-room.ts';
import { RefusalEvents } from './payment/refusal-events.ts';
import { AttemptRunner } from './payment/runner.ts';
import type { Here } from './payment/terminal-findings.ts';
import { RefundDesk } from './refunds/refund-desk.ts';
import { isAboutRefund } from './refunds/refund-outcome.ts';
import { RefundRunner } from './refunds/refund-runner.ts';
import { ResolveRoom } from './refunds/resolve-room.ts';
import { channelRefusal } from './rules/channel-table.ts';
import { NoticeRoom } from './rules/notice-room.ts';
import { codeRules } from './rules/rule-tables.ts';
import { merchantOf, Rules } from './rules/rules.ts';
import { TerminalWatch } from './rules/terminal-watch.ts';
import { SignatureRoom } from './signatures/signature-room.ts';
import { PrintRoom } from './slips/print-room.ts';
import { RefundSlips } from './slips/refund-slips.ts';
import { SlipSpool } from './slips/spool.ts';
import { VERSION } from './version.ts';

// The composition root: the only file that constructs the agent's rooms and joins them.

/** A running agent. */
export interface Till {
  /** the counter: what the clerk may do and see */
  readonly desk: PaymentDesk;
  /** what the till knows, and its only way to the disk */
  readonly book: TillBook;
  /** calls of programs beside the till */
  readonly calls: LocalCalls;
  /** what the people at the counter must read, and that they have */
  readonly notices: Pick<NoticeRoom, 'acknowledge'>;
  /** what happens, for whoever watches */
  readonly feed: EventFeed;
  /** the slips, and what the clerk is asked about them */
  readonly spool: SlipSpool;
  /** Says goodbye to the backend, releases ports and files. Open attempts stay in the journal for the next start. */
  stop(): Promise<void>;
}

/**
 * Starts the agent of one till. Ready with the broker down and every device absent. Throws `DataDirBusy` when another
 * agent holds the data folder and `JournalUnavailable` when its journal cannot even be read. With a damaged journal or a
 * full disk it starts, begins no payment and brings those under way to their end.
 */
export async function startTill(config: Config, outside: Outside = realOutside(config)): Promise<Till> {
  const ground = await layGround(config, outside);
  const { till, log, later, dial, health, files, book, link, skew, requests, outbox, states, voice } = ground;
  const { clock } = outside;

  // Slips.
  const { printer: printerConfig } = config;
  const merchant = merchantOf(config.merchant, book);
  const signatures = await SignatureRoom.open(
    { outside, link, till, merchant, clock, log, backendNow: voice.backendNow, spool: () => spool },
    config.pad,
  );
  // Nothing is waited for from here to `spool.resume()`: it must know what broke off before it is asked how it is.
  const printer =
    printerConfig &&
    new SlipPrinter(
      slipPrinterConfig(printerConfig),
      printerEvents({ states, log, onLateProof: (job) => void spool.lateProof(job) }),
      clock,
      health.taps.printer.tapped((listener) => openPrinter(printerConfig, outside, listener)),
    );
  const spool: SlipSpool = new SlipSpool({
    book,
    printer,
    signatureOf: (attemptId) => signatures?.of(attemptId),
    merchant,
    acquirer: config.registration?.acquirer,
    paper: printerConfig?.paper ?? 58,
    training: config.training,
    clock,
    log,
    ...voice,
  });

  // Payments.
  const certified = new CertifiedRoom({ config, outside, clock, log, onIdentity: () => rules.room.look() });
  const publishResult = (result: CommandResult): void =>
    isLocalId(result.id) ? calls.heard(result) : commands.publishResult(result);
  const results = new CommandResults({ book, clock, log, ...voice, publishResult });
  const runner: AttemptRunner = new AttemptRunner({
    book,
    requests,
    clock,
    log,
    ...voice,
    skew,
    slipFor: (attemptId) => spool.jobFor(attemptId),
    onSubmitted: () => spool.foresee(),
    terminalOf: (paycode) => certified.paying?.of(paycode),
    onChange: (attempt, order) => {
      desk.attemptChanged(attempt, order);
      // what is counted and told of it stands behind its slip
      later(() => rules.attemptChanged(attempt));
    },
    disputes: { take: (orderId, write) => disputes.take(orderId, write) },
    ...(outside.onFact === undefined ? {} : { onFact: outside.onFact }),
  });
  const intentRunner = new IntentRunner({
    book,
    requests,
    clock,
    log,
    ...voice,
    skew,
    disputes: { take: (orderId, write) => disputes.take(orderId, write) },
    slipFor: (intentId) => spool.jobFor(intentId),
    onChange: (intent, order) => intents.changed(intent, order),
    ...(outside.onIntentFact === undefined ? {} : { onFact: outside.onIntentFact }),
  });
  requests.onLateReply = (reply) => (isAboutRefund(reply) ? refunder.lateReply(reply) : runner.lateReply(reply));
  requests.onLateIntentReply = (reply) => intentRunner.lateReply(reply);
  const keys = new CommandKeys(till, config.commandKeys);
  const here: Here = {
    version: VERSION,
    model: config.registration?.model,
    serial: config.registration?.serialNum,
    place: config.registration?.location,
    maxDistanceM: config.certified?.maxDistanceM,
    get identity() {
      return certified.identity;
    },
  };
  const leaseMs = config.limits.leaseHours * 3_600_000;
  const terminalWatch = new TerminalWatch({ book, clock, log, ...voice, room: () => rules.room, leaseMs });
  const rules: Rules = new Rules({
    book,
    keys,
    results,
    skew,
    clock,
    log,
    ...voice,
    here,
    own: config.limits,
    logLevel: config.log.level,
    unconfirmed: () => terminalWatch.unconfirmed,
  });
  const feed = new EventFeed({ files, head: () => book.head.seq, clock });
  book.onKept = (entry) => {
    feed.kept(entry);
    later(() => health.kept(entry));
  };
  const cards = CardRoom.of({
    // a terminal knows no practice: it would charge
    config: config.training ? undefined : config.terminal,
    outside,
    tap: health.taps.terminal,
    book,
    clock,
    log,
    ...voice,
    skew,
    states,
    results,
    disputes: { take: (orderId, write) => disputes.take(orderId, write) },
    // it waits for the customer's pen
    slipFor: (attemptId) => ({ ...spool.jobFor(attemptId), ...(signatures ? { state: 'queued' } : {}) }),
    spool,
    desk: () => desk,
    onProgress: (attemptId, text) => feed.pass('card', { attemptId, text }),
    onGiveBack: (refundId) => refunder.heardAtTerminal(refundId),
  });
  const desk: PaymentDesk = new PaymentDesk({
    book,
    requests,
    runner,
    intents: intentRunner,
    cards: cards?.runner,
    clockWatch: rules.clockWatch,
    later,
    refusalEvents: new RefusalEvents({ book, clock, log, ...voice }),
    fingerprints: new Fingerprints(outside.random(32), clock),
    clock,
    log,
    ...voice,
    limits: rules.limits,
    codeRules: codeRules(book),
    channelRefusal: channelRefusal(book, voice.backendNow),
    results,
    onWaiting: (waits) => gun.wait(waits),
    onCollecting: (order) => spool.expect(order),
    onVerdict: (sound) => gun.sound(sound),
    onRefused: (reason, clerk, amountFen) => {
      health.refused(reason);
      feed.pass('scan', { reason, clerk });
      rules.scanRefused(reason, amountFen);
    },
    onPaid: (attempt) => (signatures?.wants(attempt) ? void signatures.sign(attempt) : spool.paid(attempt)),
  });
  const disputes = new DisputeTurn({ desk, payments: [intentRunner, runner, ...(cards ? [cards.runner] : [])] });

  // Money that goes back, and the rules.
  const refunder: RefundRunner = new RefundRunner({
    book,
    requests,
    clock,
    log,
    skew,
    ...voice,
    cards: cards?.refunds,
    onChange: (refund) => {
      refunds.changed(refund);
      rules.refundChanged(refund);
    },
    ...(outside.onRefundFact === undefined ? {} : { onFact: outside.onRefundFact }),
  });
  const refunds: RefundDesk = new RefundDesk({
    book,
    runner: refunder,
    results,
    clock,
    log,
    backendTime: book.backendNow,
    recall: async (orderId) => recalled(await beside.historyOf(orderId), orderId),
    limits: config.limits.refund,
    cards: cards?.refunds,
    onRefunded: (refund) => refundSlips.print(refund),
  });
  const refundSlips = new RefundSlips({ book, spool, merchant, clock, log, backendNow: voice.backendNow });
  const intents: IntentDesk = new IntentDesk({
    book,
    runner: intentRunner,
    desk,
    requests,
    results,
    papers: new IntentPapers({ spool, merchant, log, backendNow: voice.backendNow }),
    keys,
    clock,
    log,
    ...voice,
    maxLinkFen: config.limits.maxLinkFen,
    onPaid: (intent) => spool.paid({ attemptId: intent.intentId }),
  });
  const resolutions = new ResolveRoom({ book, refunds: refunder, results, clock, log, ...voice });
  const prints = new PrintRoom({ book, spool, hasPrinter: printer !== undefined, results, clock, log });
  const cancels = new CancelRoom({ book, desk, results, clock, log });
  const notices = new NoticeRoom({ book, results, clock, log, ...voice });
  const diagnoses = outside.doctor && new DiagnoseRoom({ doctor: outside.doctor, book, results });
  const verbRooms = {
    collect: desk,
    cancel: cancels,
    query: new QueryRoom({ book, results }),
    print: prints,
    refund: refunds,
    resolve: resolutions,
    limits: rules.room,
    suspend: rules.room,
    resume: rules.room,
    config: rules.room,
    'rule-table': rules.room,
    notice: notices,
    ...intents.rooms,
    ...cards?.rooms,
    ...(diagnoses && { diagnose: diagnoses }),
  };
  const verbs = new VerbDesk(verbRooms, keys);
  const intake = new CommandIntake({
    boot: voice.boot,
    memory: book,
    desk: verbs,
    skew,
    clock,
    log,
    publishResult,
    onRefused: ({ args }, code) => rules.commandRefused(code, args['amountFen']),
  });
  const commands: BackendCommands = new BackendCommands({ link, till, intake, clock, log });
  const calls: LocalCalls = new LocalCalls({
    intake,
    memory: book,
    results,
    clock,
    backendNow: voice.backendNow,
    inTurn: (work) => desk.inTurn(work),
  });
  const gun: ScannerGun = new ScannerGun(
    gunConfig(config),
    health.gunEvents(scannerEvents(desk, states, log, clock)),
    clock,
    health.taps.scanner.tapped((listener) => openGun(config, outside, listener)),
  );

  cards?.open();
  terminalWatch.start();
  const tryOut = (server: BrokerServer) => loginProblem(server, config, clock);
  const renewal = new CertificateRenewal({ config, clock, log, backendNow: voice.backendNow, tryOut });
  void renewal.start().then(() => health.look());
  link.listen({ up: () => void renewal.sessionUp().then(() => health.look()) });
  spool.resume();
  signatures?.resume();
  // before the commands about them, which ask after them
  for (const intent of book.openIntents()) {
    intentRunner.resume(intent);
    intents.resumed(intent);
  }
  verbs.resume(book.unfinishedCommands());
  for (const record of book.openAttempts()) if (!record.attempt.card) runner.resume(record);
  for (const refund of book.openRefunds()) refunder.resume(refund);
  refunder.catchUp();
  refundSlips.resume();
  link.start();

  health.begin({
    till,
    boot: voice.boot,
    book,
    link,
    skew,
    states,
    printer,
    renewal,
    log,
    backendNow: voice.backendNow,
  });

  // Programs and people beside the till.
  const beside: ConsoleRoom = new ConsoleRoom({
    ...ground,
    config,
    outside,
    clock,
    desk,
    spool,
    calls,
    notices,
    rules,
    feed,
    merchant,
    hasPrinter: printer !== undefined,
    runner,
    cards,
    terminalWatch,
    signatures,
  });
  skew.onMeasured = () => {
    terminalWatch.heard();
    rules.clockWatch.check();
    beside.strip.look();
  };

  log.info({ ...till, version: VERSION, boot: voice.boot, host: hostname(), journalSeq: book.head.seq }, 'agent ready');

  return {
    desk,
    book,
    calls,
    notices,
    feed,
    spool,
    async stop() {
      log.info({}, 'agent stopping');
      feed.stop();
      health.stop();
      dial.stop();
      const besideClosed = beside.close();
      ground.stopBoot();
      terminalWatch.stop();
      renewal.stop();
      spool.stop();
      runner.stop();
      intentRunner.stop();
      intents.stop();
      refunder.stop();
      for (const room of [refunds, rules, resolutions, prints, cancels, notices, refundSlips]) room.stop();
      desk.stop();
      diagnoses?.stop();
      results.stop();
      outbox.stop();
      await Promise.all([
        besideClosed,
        link.close(),
        gun.close(),
        printer?.close(),
        cards?.close(),
        signatures?.close(),
        certified.close(),
      ]);
      await book.close();
      ground.unlock();
      log.info({}, 'agent stopped');
    },
  };
}
