import type {
  FaultCard as ApiFaultCard,
  Happening as ApiHappening,
  Line as ApiLine,
  Mood as ApiMood,
  ProblemBody as ApiProblem,
  Sections as ApiSections,
  Words as ApiWords,
} from '../schemas.ts';

// What the simulator says, as its schemas have it. This file is the page's only door to the other side, and types alone go
// through it.

export type Sections = ApiSections;
export type Line = ApiLine;
export type Happening = ApiHappening;
export type FaultCard = ApiFaultCard;
export type Words = ApiWords;
export type Mood = ApiMood;
export type Problem = ApiProblem;
export type Wallet = ApiSections['phone']['wallet'];
