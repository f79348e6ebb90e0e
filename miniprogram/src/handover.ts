// What one page hands to the next beside its address.

import type { Household, Line, Shown } from './api/types'

// Target is a household to record for: by the card that was scanned at its
// door, or chosen from the list.
export interface Target {
  card?: string
  household?: string
  head: string
}

export interface Handover {
  targets: Target[]
  // path is where the act goes: /records, or /events/ID/correct, or
  // /declarations/ID/take.
  path: string
  about: string
  said?: string
  photos?: Shown[]
  item?: string
  on?: string
  place?: string
  note?: string
}

// hand keeps one thing for the next page, which gets it once.
function hand<T>(): [give: (one: T) => void, take: () => T | undefined] {
  let next: T | undefined
  return [
    (one) => {
      next = one
    },
    () => {
      const one = next
      next = undefined
      return one
    },
  ]
}

export const [handOver, taken] = hand<Handover>()

// handLine hands a line of an account to the page that objects to it.
export const [handLine, takenLine] = hand<Line>()

export function targetOf(h: Household): Target {
  return { household: h.id, head: h.head }
}
