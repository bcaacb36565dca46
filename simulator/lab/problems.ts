import type { ProblemBody, Words } from './schemas.ts';

// Why the lab page's server says no, and what to do.

export const PROBLEMS = {
  HOST_REFUSED: [403, '只接受本机地址', 'only 127.0.0.1 and localhost are answered: open the address that was printed'],
  ORIGIN_REFUSED: [403, '只接受本页面自己的请求', 'calls of other pages are refused'],
  BODY_TOO_LARGE: [413, '内容过大', 'the body is larger than 64 KiB'],
  LENGTH_REQUIRED: [411, '需要 Content-Length', 'a body of untold length is not read'],
  MEDIA_TYPE: [415, '只接受 application/json', 'a body has to be application/json'],
  BAD_REQUEST: [400, '请求不合规', 'the call does not have its form'],
  NOT_FOUND: [404, '没有这个地址', 'there is no such address'],
  UNKNOWN_FAULT: [404, '没有这个故障', 'no such fault: GET /v1/faults lists them'],
  UNKNOWN_SLIP: [404, '没有这张小票', 'no such slip: it was never printed, or is older than the last 30'],
  NO_CODE: [409, '还没有上一个付款码', 'there is no such code yet'],
  NOT_ASKING: [409, '现在没有在等顾客操作', 'nobody asks the customer for anything'],
  ALREADY_SO: [409, '已经是这样了', 'it is so already'],
  STORY_PLAYS: [409, '正在重放一个剧情，请等它结束', 'a story is being played: wait for its end'],
  NO_DEEDS: [409, '还没有做过什么，没有可保存的剧情', 'nothing was done yet: there is no story to save'],
  NO_STORY: [404, '没有这个剧情', 'no such story'],
  BAD_STORY: [400, '剧情文件不合规', 'the story does not have its form'],
  NOT_HERE: [409, '这个设备现在不能这样做', 'this device cannot do that now'],
  INTERNAL: [500, '内部错误', 'something is wrong in the simulator itself: see its output'],
} as const satisfies Record<string, readonly [status: number, zh: string, en: string]>;
export type ProblemCode = keyof typeof PROBLEMS;

/** Thrown by an act, told to whoever called. */
export class Refusal extends Error {
  readonly body: ProblemBody;

  constructor(code: ProblemCode, detail?: string) {
    super(detail ?? code);
    this.body = problem(code, detail);
  }
}

export function problem(code: ProblemCode, detail?: string): ProblemBody {
  const [status, zh, en] = PROBLEMS[code];
  const more = detail === undefined ? '' : `: ${detail}`;
  const words: Words = { zh: `${zh}${more}`, en: `${en}${more}` };
  return { status, code, words };
}
