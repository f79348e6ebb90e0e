// Disputes about a line, or a missing one: filed, looked into, decided, and
// taken to the township.

import { act, read } from './http'
import type { Household, Shown } from './types'

// Decision is what was decided, and why; words say it in short.
export interface Decision {
  stands: boolean
  stands_as?: string
  words: string
  reason: string
  by: string
  at: string
  photos?: Shown[] | null
}

export type CaseState = 'filed' | 'accepted' | 'decided' | 'appealed' | 'closed' | 'withdrawn'

export interface Case {
  id: string
  // number is in digits: 12 of 异议12号.
  number: string
  state: CaseState
  // state_words say how far it is, who must act, and by when.
  state_words?: string
  household?: Household | null
  village?: string
  line?: { year: number; no: number; on: string; item: string; points: string; stands_as?: string; recorder?: string; confirmer?: string } | null
  words: string
  photos?: Shown[] | null
  filed_at: string
  by_helper?: boolean
  promised?: string
  due?: string
  overdue?: boolean
  escalated?: boolean
  extended?: string
  // decision is the one that counts; first the village's, where the township has
  // decided since.
  decision?: Decision | null
  first?: Decision | null
  appeal?: { words: string; due: string } | null
  appeal_until?: string
  steps?: { at: string; text: string }[] | null
  same_record?: number
  may?: { accept?: boolean; extend?: boolean; decide?: boolean; withdraw?: boolean; nudge?: boolean; agree?: boolean; appeal?: boolean }
  why_not?: string
}

type Cases = { disputes: Case[] | null }

const of = (id: string) => `/disputes/${encodeURIComponent(id)}`

export const disputesOf = (household: string) => read<Cases>(`/households/${encodeURIComponent(household)}/disputes`)
export const disputesIn = (village: string, state: 'open' | 'all') => read<Cases>(`/villages/${encodeURIComponent(village)}/disputes?state=${state}`)
export const disputesAt = (township: string) => read<Cases>(`/townships/${encodeURIComponent(township)}/disputes`)
export const dispute = (id: string) => read<Case>(of(id))

export const accept = (id: string) => act(`${of(id)}/accept`, {})
export const extend = (id: string, reason: string) => act(`${of(id)}/extend`, { reason })
// filing and deciding are where a form with pictures is sent.
export const filing = '/disputes'
export const deciding = (id: string) => `${of(id)}/decide`
export const takeBack = (id: string) => act(`${of(id)}/withdraw`, {})
export const nudge = (id: string) => act(`${of(id)}/nudge`, {})
export const agree = (id: string) => act(`${of(id)}/agree`, {})
export const appeal = (id: string, words: string) => act(`${of(id)}/appeal`, { words })
