// The queue, wired to this phone.

import { reactive } from 'vue'
import { line, post, postPicture } from './api/http'
import { newId, Queue, type Draft, type Home, type Kind, type Picture } from './draft'
import { dropPicture, dropValue, hasPicture, keepPicture, keepValue, keysFrom, value } from './platform/keep'
import { takePicture } from './platform/camera'
import { personId, refresh, session } from './session'
import { say } from './go'
import { stamp } from './day'
import { words } from './words'

const prefix = 'xf.queue.'

// outbox is what the pages show.
export const outbox = reactive({ drafts: [] as Draft[], failed: false })

export const queue = new Queue({
  shelf: {
    all: async () => keysFrom(prefix).map((key) => value<Draft>(key) as Draft),
    put: (draft) => keepValue(prefix + draft.id, draft),
    drop: (id) => dropValue(prefix + id),
  },
  album: { has: hasPicture, drop: dropPicture },
  wire: {
    upload: (by, picture) => postPicture(by, picture.kept, picture.takenAt, picture.id),
    post,
  },
  now: () => Date.now(),
  stamp,
  who: personId,
  changed: (drafts) => (outbox.drafts = drafts),
})

export async function openOutbox(): Promise<void> {
  line.unsent = () => queue.unsent()
  await queue.open()
}

// sendAll tries what is due. It needs a session: without one everything stays.
export async function sendAll(urgent: boolean): Promise<void> {
  const by = personId()
  if (!by) return
  const before = queue.unsent().count
  await queue.send(urgent)
  // Each call says what is unsent, the last one still with what it brought.
  if (personId() === by && queue.unsent().count < before) await refresh()
}

const order = { attention: 0, sending: 1, unsent: 1, received: 2 }

// own are the person's drafts: what needs them first, what has arrived last,
// each newest first.
export function own(): Draft[] {
  const mine = outbox.drafts.filter((d) => d.by === personId()).reverse()
  return mine.sort((a, b) => order[a.state] - order[b.state])
}

// whose says which household an act is for. For a card that was scanned without
// a signal the server says it: in its answer, or in its refusal.
export function whose(d: Draft): string {
  const { recorded, household } = (d.answer ?? {}) as { recorded?: { household: Home }[] | null; household?: Home }
  const home = recorded?.length === 1 ? recorded[0].household : household ?? d.trouble?.household
  return home?.head ? words.card.household(home.head) : d.about
}

// Other is a person who used this phone before and has drafts on it.
export interface Other {
  name: string
  count: number
}

export function others(): Other[] {
  const found = new Map<string, Other>()
  for (const d of outbox.drafts) {
    if (d.by === personId() || d.state === 'received') continue
    const one = found.get(d.by) ?? { name: d.byName || words.drafts.someone, count: 0 }
    found.set(d.by, { ...one, count: one.count + 1 })
  }
  return [...found.values()]
}

// pending is the permanent line: how many are unsent and since when. It reads
// the list that Vue watches.
export function pending(): { count: number; since: string; attention: number } {
  const mine = outbox.drafts.filter((d) => d.by === personId() && d.state !== 'received')
  return { count: mine.length, since: mine[0]?.madeAt ?? '', attention: mine.filter((d) => d.state === 'attention').length }
}

// Act is what a page hands over.
export interface Act {
  id: string
  kind: Kind
  path: string
  body: Record<string, unknown>
  pictures: Picture[]
  title: string
  about: string
}

// hand keeps an act on the phone and starts sending. It resolves when the act
// would survive a kill. replaces is the refused draft that it cures.
export async function hand(one: Act, replaces = ''): Promise<void> {
  const draft: Draft = {
    ...one,
    by: personId(),
    byName: session.me?.name,
    madeAt: stamp(Date.now()),
    state: 'unsent',
    begun: false,
    tries: 0,
    notBefore: 0,
  }
  if (replaces) await queue.replace(replaces, draft)
  else await queue.add(draft)
  void sendAll(false)
}

// newPicture opens the camera or the album, and keeps what it gave: undefined
// where the person turned back, or where the phone is full, which is said. takenAt
// is known from the camera only.
export async function newPicture(from: 'camera' | 'album'): Promise<Picture | undefined> {
  const taken = await takePicture(from)
  if (!taken) return undefined
  const now = Date.now()
  try {
    return { id: newId(now), kept: await keepPicture(taken), takenAt: from === 'camera' ? stamp(now) : '' }
  } catch {
    say(words.trouble.full)
    return undefined
  }
}
