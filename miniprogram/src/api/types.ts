// What the server answers, as far as the client reads it.

export interface Household {
  id: string
  number: string
  head: string
  village?: string
  village_id?: string
  current?: boolean
  // helped: not one's own, but one that one may act for.
  helped?: boolean
  visited?: boolean
  may_record?: boolean
}

export interface Village {
  id: string
  name: string
  township: string
  roles: string[]
  deeds: string[]
}

export interface Me {
  id: string
  name: string
  bound: boolean
  households: Household[]
  helped?: Household[] | null
  villages: Village[]
  townships?: { id: string; name: string }[] | null
  scale: number
  consent: { version: string; given: boolean }
  needs: string[]
}

export interface CardAnswer {
  household: Household
  may_record: boolean
  message?: string
  visited?: string
  warnings?: Warning[] | null
  relation?: string
}

export interface Item {
  code: string
  category: string
  title: string
  tenths: number
  points: string
  unit: string
  evidence: string[][] | null
  evidence_words?: string
  warn_first: boolean
  often?: boolean
}

export interface Catalogue {
  year: number
  items: Item[]
}

export interface Shown {
  url: string
  thumb: string
  hash?: string
  // it has not passed yet: no address.
  checking?: boolean
}

export interface RecordedEvent {
  event: string
  household: Household
  points: string
  state: string
  state_words: string
  may_withdraw: boolean
  may_correct: boolean
  reason?: string
}

export interface Aside {
  household?: Household
  card?: string
  code: string
  message: string
  // left to a colleague; else nobody can record it.
  colleague?: boolean
}

export interface Recorded {
  id: string
  at: string
  made_at?: string
  on: string
  item: { code: string; title: string }
  place?: string
  note?: string
  events: RecordedEvent[] | null
  set_aside: Aside[] | null
  photos?: Shown[] | null
  reused?: { words: string }[] | null
}

export interface Line {
  number: number
  on: string
  title: string
  points: string
  state: string
  state_words: string
  note?: string
  recorder?: string
  confirmer?: string
  // disputable: its household can object to it, and has not.
  disputable?: boolean
  // mark is what became of an objection to it.
  mark?: string
}

export interface Points {
  year: number
  score: string
  pending?: string
  place?: number
  of?: number
  as_of?: string
  redeemable?: string
  redeemable_words?: string
  newest?: Line[] | null
}

export interface Ranked {
  place: number
  name: string
  score: string
  own: boolean
}

export interface Rank {
  place?: number
  of?: number
  score?: string
  as_of?: string
  around?: Ranked[] | null
  top?: Ranked[] | null
  why?: string
}

export interface Declaration {
  id: string
  household: Household
  words: string
  on: string
  state: string
  state_words: string
  reason?: string
  photos?: Shown[] | null
}

export interface Warning {
  id: string
  household: Household
  item: { code: string; title: string; points: string }
  note?: string
  warned_on: string
  due_on: string
  state: string
  state_words: string
  photos?: Shown[] | null
  mend?: { words: string; photos?: Shown[] | null } | null
  may_close?: boolean
  may_deduct?: boolean
  deduct_from?: string
}

// SetAside has a card in the place of a household where the card is not of the
// village.
export interface SetAside {
  id: string
  household?: Household
  card?: string
  item: { code: string; title: string; points: string }
  on: string
  note?: string
  message: string
  recorder: string
  may_take: boolean
}

// Phone is what one phone said that it holds; stale where that may be over.
export interface Phone {
  name: string
  stale?: boolean
  words?: string
  unsent: number
  since?: string
  seen_at?: string
}

export interface Waiting {
  items: { kind: string; count: number; words: string; village: string; village_id?: string }[] | null
}

// Unseen is a picture that a person has to look at.
export interface Unseen extends Shown {
  hash: string
  by: string
  at: string
  for: string
  may_judge: boolean
}

export interface Visits {
  done: number
  total: number
  left: Household[] | null
}

// Returned is an event of mine that came back, with its record.
export interface Returned {
  record: Recorded
  event: RecordedEvent
}
