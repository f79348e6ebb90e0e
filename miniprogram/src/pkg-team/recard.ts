// A refused draft is sent again for the card that the household holds now, or
// for the household itself.

import * as team from '../api/team'
import type { Household } from '../api/types'
import { newId, type Draft } from '../draft'
import { ask, say } from '../go'
import type { Target } from '../handover'
import { hand } from '../outbox'
import { words } from '../words'

// forCard tells whether it was sent: whose card it is must be known, and where
// it is not plainly the same household's, the person is asked.
export async function forCard(d: Draft, card: string): Promise<boolean> {
  const answer = await team.cardOf(card)
  if (!answer.data) {
    say(team.cardTrouble(answer) || words.cure.needSignal)
    return false
  }
  if (!answer.data.may_record) {
    say(answer.data.message || words.trouble.byStatus(403))
    return false
  }
  return sendFor(d, { card, head: '' }, answer.data.household)
}

// forHome is forCard for a household that was chosen from the roster.
export const forHome = (d: Draft, h: Household): Promise<boolean> => sendFor(d, { household: h.id, head: h.head }, h)

async function sendFor(d: Draft, to: Target, now: Household): Promise<boolean> {
  const before = d.trouble?.household
  const who = words.card.household(now.head)
  const question = before ? words.cure.other(words.card.household(before.head), who) : words.cure.whose(who)
  if (before?.number !== now.number && !(await ask(question, words.cure.recordFor))) return false
  try {
    const { kind, path, pictures, title } = d
    await hand({ id: newId(Date.now()), kind, path, body: bodyFor(d, to), pictures, title, about: who }, d.id)
    return true
  } catch {
    say(words.trouble.full)
    return false
  }
}

function bodyFor(d: Draft, { card, household }: Target): Record<string, unknown> {
  const target = card ? { card } : { household }
  const body: Record<string, unknown> = { ...d.body }
  if (!body.targets) return { ...body, target }
  return { ...body, targets: [target], at_door: !!card }
}
