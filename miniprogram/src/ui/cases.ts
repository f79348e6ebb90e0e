// How a case reads in short: for its household, and for who decides.

import type { Case } from '../api/dispute'
import { short } from '../day'
import { words } from '../words'

export const tone: Record<string, string> = { filed: 'amber', accepted: 'amber', decided: 'blue', appealed: 'amber', closed: 'green', withdrawn: '' }

// whoActs says who must act, and by when.
export function whoActs(c: Case, own: boolean): string {
  switch (c.state) {
    case 'filed':
      return words.cases.filed(c.promised ? short(c.promised) : '')
    case 'accepted':
      return words.cases.accepted(c.promised ? short(c.promised) : '')
    case 'decided':
      return own ? words.cases.decidedOwn(c.appeal_until ? short(c.appeal_until) : '') : words.cases.decided(c.appeal_until ? short(c.appeal_until) : '')
    case 'appealed':
      return words.cases.appealed(c.appeal?.due ? short(c.appeal.due) : '')
    default:
      return ''
  }
}

// about is the line that a case is about, in one row.
export const about = (c: Case): string => (c.line ? `${c.line.item} ${c.line.points}` : words.cases.missing)

// dueOn is the day on which who decides must have decided.
export const dueOn = (c: Case): string => (c.state === 'appealed' ? c.appeal?.due ?? '' : c.state === 'filed' || c.state === 'accepted' ? c.promised ?? '' : '')

// undecided tells whether somebody of the office has to act.
export const undecided = (c: Case): boolean => c.state === 'filed' || c.state === 'accepted' || c.state === 'appealed'
