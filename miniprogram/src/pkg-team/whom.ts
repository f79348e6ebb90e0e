import type { Aside } from '../api/types'
import { words } from '../words'

// whom names the household of what was set aside, or its card where there is
// none.
export function whom(one: Pick<Aside, 'household' | 'card'>): string {
  if (one.household) return words.card.household(one.household.head)
  return one.card ? words.card.number(one.card) : words.card.someone
}
