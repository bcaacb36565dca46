/** What the person at the counter does now. */
export interface Advice {
  readonly zh: string;
  readonly en: string;
}

/** One row of the error table. */
export interface ErrorRow {
  readonly cause: Advice;
  readonly remedy: Advice;
  readonly retryable: boolean;
}

/**
 * Every stable error code of the agent, its cause and what to do now. Documents and clerk texts derive from it; a test
 * holds them together. Codes are never renamed.
 */
export const ERRORS = {
  CONFIG_INVALID: {
    cause: { zh: '配置文件有误', en: 'the configuration file is not valid' },
    remedy: {
      zh: '按提示修改配置文件后重新启动',
      en: 'correct the named field in the configuration file and start again',
    },
    retryable: false,
  },
  CONFIG_UNREADABLE: {
    cause: { zh: '无法读取配置文件', en: 'the configuration file cannot be read' },
    remedy: { zh: '检查文件路径和权限', en: 'check the path and its permissions, then start again' },
    retryable: false,
  },
  PORT_NOT_FOUND: {
    cause: { zh: '找不到设备端口', en: 'the device port does not exist' },
    remedy: { zh: '检查连接线，或在配置中更正端口', en: 'check the cable, or correct the path in the configuration' },
    retryable: true,
  },
  PORT_BUSY: {
    cause: { zh: '设备端口被其他程序占用', en: 'another program holds the device port' },
    remedy: {
      zh: '关闭占用端口的程序（如另一个 tillwire）',
      en: 'close the program that holds it (perhaps a second tillwire)',
    },
    retryable: true,
  },
  PORT_DENIED: {
    cause: { zh: '没有设备端口的权限', en: 'no permission for the device port' },
    remedy: { zh: '把运行用户加入 dialout 组', en: 'add the user to the group dialout and log in again' },
    retryable: true,
  },
  PORT_NOT_SERIAL: {
    cause: { zh: '该路径不是串口', en: 'the path is not a serial port' },
    remedy: { zh: '在配置中更正端口', en: 'correct the path in the configuration' },
    retryable: true,
  },
  PORT_LOST: {
    cause: { zh: '设备已断开', en: 'the device was unplugged or went silent' },
    remedy: { zh: '插好连接线，系统会自动恢复', en: 'plug the cable in; the agent reconnects by itself' },
    retryable: true,
  },
  PORT_FAILED: {
    cause: { zh: '设备端口打开失败', en: 'the device port could not be opened' },
    remedy: {
      zh: '拔插设备；仍失败请联系装机人员',
      en: 'unplug and replug the device; if it stays, call the technician',
    },
    retryable: true,
  },
  BROKER_UNREACHABLE: {
    cause: { zh: '连接不上后台服务器', en: 'the broker cannot be reached' },
    remedy: { zh: '检查网络；系统会自动重连', en: 'check the network; the agent keeps trying' },
    retryable: true,
  },
  BROKER_REFUSED: {
    cause: { zh: '后台拒绝了本机的登录', en: "the broker refused this till's credentials" },
    remedy: { zh: '请联系装机人员核对凭据', en: 'call the technician: check user name, password or certificate' },
    retryable: true,
  },
  BROKER_TOPICS: {
    cause: { zh: '后台不允许本机使用自己的主题', en: 'the broker does not let this till use its own topics' },
    remedy: {
      zh: '核对证书名称（或用户名）与配置 address.agent 是否一致，以及后台的权限表（docs/brokers）',
      en: "compare the certificate's common name (or the user name) with address.agent, and the broker's ACL (docs/brokers)",
    },
    retryable: true,
  },
  AGENT_TWICE: {
    cause: { zh: '另一台电脑正用本机的身份运行', en: "another agent runs under this till's identity" },
    remedy: {
      zh: '关闭旧电脑上的收款程序；换机请用 tillwire provision --move，旧证书随即作废',
      en: 'stop the agent on the other PC; to move a till use tillwire provision --move, which revokes the old certificate',
    },
    retryable: true,
  },
  ENROLMENT_FAILED: {
    cause: { zh: '开通没有完成', en: 'the till was not enrolled' },
    remedy: {
      zh: '按提示处理后再运行 tillwire provision；配置未改动',
      en: 'see to what is named and run tillwire provision again; the configuration was not changed',
    },
    retryable: true,
  },
  CERTIFICATE_ENDS: {
    cause: { zh: '本机证书即将到期，续期未成功', en: "the till's certificate ends soon and could not be renewed" },
    remedy: {
      zh: '检查网络；程序会继续重试；到期前仍不成功请索取新的开通码并运行 tillwire provision',
      en: 'check the network, it is tried again; before it ends, ask for a new code and run tillwire provision',
    },
    retryable: true,
  },
  CERTIFICATE_REFUSED: {
    cause: {
      zh: '后台不接受续期后的新证书，本机暂用旧证书',
      en: 'the broker refuses the renewed certificate; the till works with the one before it',
    },
    remedy: {
      zh: '请后台核对证书机构、吊销列表和时间；程序会再次申请；旧证书到期前仍不成功请索取新的开通码并运行 tillwire provision --move',
      en: 'have the back office check authority, revocation list and clock; it is asked for again; before the old one ends, get a new code and run tillwire provision --move',
    },
    retryable: true,
  },
  MESSAGE_INVALID: {
    cause: { zh: '收到无法识别的消息', en: 'a message from the backend is not valid' },
    remedy: { zh: '已忽略；反复出现请联系客服', en: 'it was ignored; if it repeats tell support' },
    retryable: false,
  },
  HID_UNAVAILABLE: {
    cause: { zh: '本机不能使用 USB HID 设备', en: 'this machine cannot use USB HID devices' },
    remedy: {
      zh: '串口扫码枪不受影响；需要 HID 时安装 libusb-1.0-0',
      en: 'serial guns are not affected; for HID guns install libusb-1.0-0',
    },
    retryable: false,
  },
  DEVICE_UNSUPPORTED: {
    cause: { zh: '暂不支持此设备', en: 'this device is not supported' },
    remedy: {
      zh: '运行 tillwire devices 查看支持的模式，或换用串口模式的扫码枪',
      en: 'run tillwire devices to see which modes are, or use a gun in serial mode',
    },
    retryable: true,
  },
  DEVICE_WRONG_MODE: {
    cause: { zh: '扫码枪的工作模式与配置不符', en: 'the gun is not in the mode that the configuration names' },
    remedy: {
      zh: '运行 tillwire devices 查看切换方法，用扫码枪扫描设置码',
      en: 'run tillwire devices to see how to switch it, and scan the setting barcode with the gun',
    },
    retryable: true,
  },
  DEVICE_LOOSE: {
    cause: { zh: '设备一分钟内多次断开：接触不良', en: 'the device left several times within a minute: it is loose' },
    remedy: {
      zh: '检查插头、连接线和 USB 集线器供电，必要时更换',
      en: 'check plug, cable and the power of the USB hub, and change what is worn',
    },
    retryable: true,
  },
  SCANNER_COMMAND_FAILED: {
    cause: { zh: '扫码枪没有执行命令', en: 'the gun did not carry out a command' },
    remedy: {
      zh: '扫码不受影响时可忽略；反复出现请核对配置中的 language',
      en: 'if it reads codes all the same, ignore it; if it repeats check `language` in the configuration',
    },
    retryable: true,
  },
  SCANNER_NOISE: {
    cause: { zh: '扫码枪数据异常', en: 'the gun sent bytes that are not a code' },
    remedy: { zh: '请再扫一次；多次出现请联系装机人员检查波特率', en: 'scan again; if it repeats check the baud rate' },
    retryable: true,
  },
  SCANNER_WINDOW_DIRTY: {
    cause: {
      zh: '扫码枪经常读不到码：窗口可能脏了',
      en: 'the gun reads nothing more and more often: its window may be dirty',
    },
    remedy: {
      zh: '用软布擦净扫码窗口；仍然如此请检查窗口是否划伤',
      en: 'wipe its window with a soft cloth; if it stays, look for scratches',
    },
    retryable: true,
  },
  PRINTER_PAPER_LOW: {
    cause: { zh: '打印纸即将用尽', en: 'the paper roll is nearly at its end' },
    remedy: { zh: '备好新纸卷，有空时更换', en: 'have a new roll at hand and change it when there is time' },
    retryable: true,
  },
  PRINTER_PAPER_OUT: {
    cause: { zh: '打印机缺纸', en: 'the printer is out of paper' },
    remedy: { zh: '装入新纸卷，单据会自动打印，请勿重复操作', en: 'put in a new roll: what waits prints by itself' },
    retryable: true,
  },
  PRINTER_COVER_OPEN: {
    cause: { zh: '打印机上盖未关', en: "the printer's cover is open" },
    remedy: { zh: '关好上盖，单据会自动打印', en: 'close the cover: what waits prints by itself' },
    retryable: true,
  },
  PRINTER_ERROR: {
    cause: { zh: '打印机报告故障', en: 'the printer reports an error' },
    remedy: {
      zh: '检查切刀是否卡纸，必要时关机再开机；屏幕会询问单据是否已打出',
      en: 'look for jammed paper at the cutter, switch it off and on if need be; you will be asked about the slip',
    },
    retryable: true,
  },
  PRINTER_SILENT: {
    cause: { zh: '打印机没有应答', en: 'the printer does not answer' },
    remedy: {
      zh: '检查打印机电源和连接线，以及是否有另一台电脑正在使用它；恢复后单据会自动打印',
      en: 'check its power and cable, and whether another computer uses it; what waits prints by itself',
    },
    retryable: true,
  },
  PRINTER_STALLED: {
    cause: { zh: '打印机没有接收数据', en: 'the printer takes no data' },
    remedy: { zh: '检查打印机电源、缺纸灯和连接线', en: 'check its power, its paper lamp and the cable' },
    retryable: true,
  },
  PRINTER_BUSY: {
    cause: { zh: '等待打印的单据过多', en: 'too many slips wait for the printer' },
    remedy: { zh: '等待打印完成后重试', en: 'wait until it has printed, then try again' },
    retryable: true,
  },
  SLIP_UNSURE: {
    cause: { zh: '无法确认单据是否已打印', en: 'nobody knows whether the slip is on paper' },
    remedy: {
      zh: '看一眼打印机：单据完整选“已打出”，没有或不完整选“补打”（补打件标有重打印）',
      en: 'look at the printer: say whether a whole slip is there; if not, a marked one is printed',
    },
    retryable: false,
  },
  SIGNATURE_UNPRINTED: {
    cause: {
      zh: '收单机构没有收到签名，本机已不记得这笔交易，不能再补打签购单',
      en: 'the acquirer never took a signature, and this till no longer remembers its payment: its slip cannot be printed again',
    },
    remedy: {
      zh: '按批次号和凭证号找出当时签名的商户存根妥善保管，并告知收单机构',
      en: 'find the merchant copy of that batch and trace, keep it safe, and tell the acquirer',
    },
    retryable: false,
  },
  NO_PRINTER: {
    cause: { zh: '本机没有配置打印机', en: 'this till has no printer' },
    remedy: { zh: '在配置中加入打印机后重新启动', en: 'add the printer to the configuration and start again' },
    retryable: false,
  },
  DOCUMENT_INVALID: {
    cause: { zh: '单据内容与格式不符', en: 'the document and its data do not go together' },
    remedy: { zh: '检查模板中的字段名和单据大小', en: "check the template's placeholders and its size" },
    retryable: false,
  },
  TERMINAL_LOCKED: {
    cause: {
      zh: '上一笔刷卡结果不明，查清之前终端不能收款',
      en: 'nobody knows what became of the last card payment: the terminal takes no other before that',
    },
    remedy: {
      zh: '检查终端电源和连接线，系统会自动查询；急用请改用扫码',
      en: 'check its power and cable: it is asked by itself; scan a code if it is urgent',
    },
    retryable: true,
  },
  TERMINAL_REFUSES: {
    cause: {
      zh: '终端拒绝本机登录',
      en: 'the card terminal refuses this till',
    },
    remedy: {
      zh: '请装机人员核对终端密码、币种和终端是否已初始化；系统会自动重试（最长间隔 10 秒），急用请改用扫码',
      en: 'the technician checks its password, its currency and that it is initialised; it is asked again by itself, at least each ten seconds; scan a code if it is urgent',
    },
    retryable: true,
  },
  HOLD_STANDS: {
    cause: {
      zh: '这笔订单有预授权未结，不能用其他方式收款',
      en: 'a hold on the customer’s card stands for this order: nothing else is paid for it',
    },
    remedy: {
      zh: '先做预授权完成或预授权撤销',
      en: 'complete the hold, or cancel it; then the order can be paid another way',
    },
    retryable: false,
  },
  NO_HOLD: {
    cause: {
      zh: '这笔订单没有有效的预授权（从未成功、已撤销或已完成）',
      en: 'no hold stands for this order: there never was one, or it was cancelled or charged',
    },
    remedy: {
      zh: '查看订单记录；已完成的预授权只能退款',
      en: 'look at the order’s records; what was charged goes back by a refund only',
    },
    retryable: false,
  },
  HOLD_UNNAMED: {
    cause: {
      zh: '这笔预授权没有可用的凭证号，无法在终端上指明它',
      en: 'nobody knows under which number the terminal keeps this hold, so it cannot be named there',
    },
    remedy: {
      zh: '在终端上手工完成或撤销，然后登记为已失效',
      en: 'do it at the terminal itself, then register the hold as gone',
    },
    retryable: false,
  },
  HOLD_EXCEEDED: {
    cause: { zh: '完成金额超过预授权允许的金额', en: 'more than may be charged of the hold' },
    remedy: {
      zh: '输入不超过预授权的金额，差额另行收款',
      en: 'charge no more than was held; take the rest as another order',
    },
    retryable: false,
  },
  CLOCK_UNTRUSTED: {
    cause: {
      zh: '本机时间与后台相差超过 2 分钟，或从未校准',
      en: "this PC's clock is more than 2 minutes off the backend's, or was never compared with it",
    },
    remedy: {
      zh: '收款不受影响（计时不用本机时间，小票印后台时间）；请联系装机人员校准时间',
      en: "payments go on (no time-out uses this clock, slips print the backend's time); call the technician to set the clock",
    },
    retryable: true,
  },
  COMMAND_KEYS_MISSING: {
    cause: { zh: '本机没有配置指令公钥', en: 'no key for signed commands is configured' },
    remedy: {
      zh: '请装机人员在配置 commandKeys 中加入后台公钥',
      en: "have the technician add the backend's public key to commandKeys",
    },
    retryable: false,
  },
  OUTBOX_STUCK: {
    cause: { zh: '后台超过一小时没有接收记录', en: 'the backend has taken no records for more than an hour' },
    remedy: {
      zh: '收款不受影响，记录不会丢失；请后台人员检查事件确认（evt-ack）',
      en: 'payments go on and nothing is lost; the people of the backend look why events are not acknowledged',
    },
    retryable: true,
  },
  JOURNAL_UNAVAILABLE: {
    cause: { zh: '本机记录无法写入', en: 'the journal cannot be written' },
    remedy: {
      zh: '暂停收款，清理磁盘空间并联系装机人员',
      en: 'no new payments: free disk space and call the technician',
    },
    retryable: true,
  },
  JOURNAL_DAMAGED: {
    cause: { zh: '本机记录已损坏', en: 'the journal is damaged in the middle' },
    remedy: {
      zh: '本机暂停新收款（处理中的付款会继续查询）；保留数据目录并联系装机人员核对',
      en: 'no new payments here, those under way are finished: keep the data folder as it is and call the technician, who checks and runs tillwire journal review',
    },
    retryable: false,
  },
  BACKUP_REFUSED: {
    cause: { zh: '备份没有完成', en: 'no copy was made' },
    remedy: {
      zh: '换一个空文件夹（如 U 盘）再试；本机记录未改动',
      en: 'try again with an empty folder, on a USB stick for instance; the journal itself was not touched',
    },
    retryable: true,
  },
  RESTORE_REFUSED: {
    cause: { zh: '备份没有恢复', en: 'the copy was not put back' },
    remedy: {
      zh: '按提示处理后再试；本机记录未改动。确要替换时，先把数据目录中的 journal 文件夹移到别处',
      en: 'see to what is named and try again; nothing was changed here. To replace a journal all the same, first move the folder journal out of the data folder',
    },
    retryable: false,
  },
  STATEMENT_REFUSED: {
    cause: { zh: '对账单文件不可信或读不出', en: 'a statement file cannot be trusted or read' },
    remedy: {
      zh: '重新下载该日对账单后再对账；NO_BILL 表示渠道尚未出账，请次日 10 点后再下载',
      en: 'download the statement of that day again; NO_BILL means that the channel has none yet: try after 10:00 the next day',
    },
    retryable: true,
  },
  DATA_DIR_UNUSABLE: {
    cause: { zh: '数据目录不能使用', en: 'the data folder cannot be used' },
    remedy: {
      zh: '检查配置中的 dataDir、磁盘空间和权限后重新启动',
      en: 'check dataDir in the configuration, the disk and the permissions, then start again',
    },
    retryable: false,
  },
  CONSOLE_UNAVAILABLE: {
    cause: { zh: '本机接口无法启动', en: 'the local API cannot be opened' },
    remedy: {
      zh: '收款不受影响；在配置中更换 console.port 或关闭占用该端口的程序',
      en: 'payments go on; choose another console.port in the configuration or stop the program that holds it',
    },
    retryable: true,
  },
  DATA_DIR_BUSY: {
    cause: { zh: '另一个程序正在使用同一数据目录', en: 'another agent uses the same data folder' },
    remedy: { zh: '关闭另一个程序后重试', en: 'stop the other agent, then start again' },
    retryable: false,
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** One line a person can act on: code, cause, what to do now. */
export function explain(code: ErrorCode, detail?: string): string {
  const row = ERRORS[code];
  return `${code}: ${row.cause.en}${detail ? ` (${detail})` : ''}. ${row.remedy.en}. / ${row.cause.zh}，${row.remedy.zh}`;
}
