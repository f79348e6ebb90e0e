// A refused draft offers one cure, chosen by the refusal's code.

// Cure names what the one button of a refused draft does:
// rescan: scan the household's new card and send again;
// photo: add the picture that is missing;
// edit: open the record again, filled in;
// warn: make it a warning first;
// leader: give it up, with a sentence for the leader;
// drop: give it up, for it is settled already.
export type Cure = 'rescan' | 'photo' | 'edit' | 'warn' | 'leader' | 'drop'

const cures: Record<string, Cure> = {
  card_revoked: 'rescan',
  not_found: 'rescan',
  evidence_missing: 'photo',
  photo_lost: 'photo',
  photo_format: 'photo',
  photo_too_big: 'photo',
  photo_pixels: 'photo',
  photo_broken: 'photo',
  text_risky: 'edit',
  warn_first: 'warn',
  kin: 'leader',
  cap_reached: 'leader',
  forbidden: 'leader',
  gone: 'leader',
  account_closed: 'leader',
  too_old: 'leader',
  too_late: 'leader',
  blocked: 'drop',
}

// cureOf gives the cure of a refusal; what is not known can be edited.
export function cureOf(code: string): Cure {
  return cures[code] ?? 'edit'
}
