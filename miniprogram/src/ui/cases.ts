// How a case reads in short.

import type { Case } from '../api/dispute'
import { words } from '../words'

export const tone: Record<string, string> = { filed: 'amber', accepted: 'amber', decided: 'blue', appealed: 'amber', closed: 'green', withdrawn: '' }

// about is the line that a case is about, in one row.
export const about = (c: Case): string => (c.line ? `${c.line.item} ${c.line.points}` : words.cases.missing)

// undecided tells whether somebody of the office has to act.
export const undecided = (c: Case): boolean => c.state === 'filed' || c.state === 'accepted' || c.state === 'appealed'
