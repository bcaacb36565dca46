import type { Message } from './apdu.ts';
import { message } from './apdu.ts';
import { nextMessageId, withMessageId } from './till-requests.ts';
import type { Step, TillEffect, TillState } from './till-state.ts';

// Who says what, with the message's id (1F73) where both sides number: a request has the next one, an answer that of what it
// answers. A repeat has the same id, so that it is known for one.

export function request(state: TillState, said: Message): Step {
  if (state.messageId === undefined) return { state, effects: [{ do: 'say', message: said }] };
  const messageId = nextMessageId(state.messageId);
  return { state: { ...state, messageId }, effects: [{ do: 'say', message: withMessageId(said, messageId) }] };
}

export function answer(state: TillState, said: Message, ...before: readonly TillEffect[]): Step {
  const { messageId: id } = state;
  if (id === undefined) return { state, effects: [...before, { do: 'say', message: said }] };
  const numbered = withMessageId(said, id);
  return {
    state: { ...state, answered: { id, message: numbered } },
    effects: [...before, { do: 'say', message: numbered }],
  };
}

/** 80 00 */
export function accept(state: TillState, ...before: readonly TillEffect[]): Step {
  return answer(state, message('accepted'), ...before);
}

/** One step behind another: the effects in their order. */
export function after(first: Step, next: (state: TillState) => Step): Step {
  const second = next(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}
