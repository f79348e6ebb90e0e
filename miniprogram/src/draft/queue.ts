import { final, type Answer } from './answer'
import { named, type Draft, type Picture, type Trouble } from './draft'

// Shelf keeps drafts so that a killed process finds them again: put resolves
// when the draft would survive.
export interface Shelf {
  all(): Promise<Draft[]>
  put(draft: Draft): Promise<void>
  drop(id: string): Promise<void>
}

// Album holds the pictures themselves.
export interface Album {
  has(kept: string): Promise<boolean>
  drop(kept: string): Promise<void>
}

// Wire is the way to the server. Neither call throws; each goes in the session
// of the person by, or not at all.
export interface Wire {
  upload(by: string, picture: Picture): Promise<Answer>
  post(by: string, path: string, wire: string, key: string): Promise<Answer>
}

export interface Parts {
  shelf: Shelf
  album: Album
  wire: Wire
  now: () => number
  stamp: (now: number) => string
  // who may send: the id of the person whose session it is, '' for none.
  who: () => string
  changed: (drafts: Draft[]) => void
}

const keepReceived = 30
const longestWait = 5 * 60_000

// Queue sends what the phone keeps: pictures first, each answered by its
// hash, then the act that names the hashes. It can be killed between any two
// steps; what was decided is on the shelf before the next step begins.
export class Queue {
  private drafts: Draft[] = []
  private running: Promise<void> | undefined
  private asked = false

  constructor(private readonly parts: Parts) {}

  // open reads the shelf. What was being sent when the process died is unsent.
  async open(): Promise<void> {
    const kept = await this.parts.shelf.all()
    kept.sort((a, b) => (a.id < b.id ? -1 : 1))
    this.drafts = kept.map((d) => (d.state === 'sending' ? { ...d, state: 'unsent' as const } : d))
    this.tell()
  }

  // add keeps a draft; the same id again changes nothing. It resolves when the
  // draft would survive a kill, and fails where the phone has no room for it.
  async add(draft: Draft): Promise<void> {
    if (this.find(draft.id)) return
    this.drafts.push(draft)
    try {
      await this.parts.shelf.put(draft)
    } catch (full) {
      this.drafts = this.drafts.filter((d) => d.id !== draft.id)
      throw full
    }
    this.tell()
  }

  // replace puts a new draft in the place of a refused one: whatever has once
  // been sent keeps its id and body, so a cure is a draft of its own.
  async replace(old: string, draft: Draft): Promise<void> {
    const refused = this.find(old)
    if (refused?.state !== 'attention') throw new Error('only a refused draft is replaced')
    await this.add(draft)
    await this.forget(refused, draft.pictures)
  }

  // giveUp forgets a draft that the server refused or that was never begun.
  async giveUp(id: string): Promise<void> {
    const draft = this.find(id)
    if (!draft) return
    if (draft.state !== 'attention' && draft.begun) throw new Error('it may have arrived already')
    await this.forget(draft, [])
  }

  find(id: string): Draft | undefined {
    return this.drafts.find((d) => d.id === id)
  }

  // unsent counts the person's drafts that the server has not acknowledged, and
  // since when the oldest waits.
  unsent(): { count: number; since: string } {
    const own = this.drafts.filter((d) => d.state !== 'received' && d.by === this.parts.who())
    return { count: own.length, since: own[0]?.madeAt ?? '' }
  }

  // send tries everything that is due, oldest first; urgent forgets earlier
  // waits, as when the signal has come back. Called again meanwhile it joins,
  // and one more round takes what was added.
  send(urgent = false): Promise<void> {
    this.asked = true
    this.running ??= this.rounds(urgent).finally(() => (this.running = undefined))
    return this.running
  }

  private async rounds(urgent: boolean): Promise<void> {
    while (this.asked) {
      this.asked = false
      await this.round(urgent)
    }
  }

  private async round(urgent: boolean): Promise<void> {
    for (const id of this.drafts.map((d) => d.id)) {
      const draft = this.find(id)
      if (!draft || !this.due(draft, urgent)) continue
      if (!(await this.sendOne(draft))) return
    }
    await this.tidy()
  }

  private due(d: Draft, urgent: boolean): boolean {
    return d.state === 'unsent' && d.by === this.parts.who() && (urgent || d.notBefore <= this.parts.now())
  }

  // sendOne reports whether going on with the next makes sense: false where
  // nothing came back at all, or where another person holds the phone now.
  private async sendOne(d: Draft): Promise<boolean> {
    let now = await this.keep({ ...d, state: 'sending', begun: true })
    for (const picture of now.pictures) {
      if (picture.hash) continue
      if (!(await this.parts.album.has(picture.kept))) {
        await this.refuse(now, { code: 'photo_lost', message: '' })
        return true
      }
      const answer = await this.asOwner(now, () => this.parts.wire.upload(now.by, picture))
      if (answer.kind !== 'ok') return this.back(now, answer)
      const pictures = now.pictures.map((p) => (p.id === picture.id ? { ...p, hash: String(answer.data.hash) } : p))
      now = await this.keep({ ...now, pictures })
    }
    if (now.wire === undefined) {
      const hashes = new Map(now.pictures.map((p) => [p.id, p.hash ?? '']))
      now = await this.keep({ ...now, wire: JSON.stringify(named(now.body, hashes)) })
    }
    const answer = await this.asOwner(now, () => this.parts.wire.post(now.by, now.path, now.wire ?? '', now.id))
    if (answer.kind !== 'ok') return this.back(now, answer)
    await this.receive(now, answer.data)
    return true
  }

  // asOwner makes a call of a draft while its owner holds the phone.
  private async asOwner(d: Draft, run: () => Promise<Answer>): Promise<Answer> {
    return this.parts.who() === d.by ? run() : { kind: 'silent' }
  }

  private async receive(d: Draft, data: Record<string, unknown>): Promise<void> {
    const receivedAt = this.parts.stamp(this.parts.now())
    await this.keep({ ...d, state: 'received', receivedAt, answer: data, trouble: undefined })
    for (const p of d.pictures) await this.parts.album.drop(p.kept)
  }

  private async refuse(d: Draft, trouble: Trouble): Promise<void> {
    await this.keep({ ...d, state: 'attention', trouble })
  }

  // back is what happens to a draft that was not taken: refused for good, or
  // waiting for its next try, each wait twice as long.
  private async back(d: Draft, answer: Answer): Promise<boolean> {
    if (answer.kind === 'refused' && final(answer)) {
      const { code, message, household } = answer
      await this.refuse(d, household ? { code, message, household } : { code, message })
      return true
    }
    if (this.parts.who() !== d.by) {
      await this.keep({ ...d, state: 'unsent' }) // until its owner is back; then at once
      return false
    }
    const asked = answer.kind === 'refused' ? (answer.waitSeconds ?? 0) * 1000 : 0
    const wait = Math.max(asked, Math.min(5000 * 2 ** d.tries, longestWait))
    await this.keep({ ...d, state: 'unsent', tries: d.tries + 1, notBefore: this.parts.now() + wait })
    return answer.kind !== 'silent'
  }

  private async keep(d: Draft): Promise<Draft> {
    await this.parts.shelf.put(d)
    this.drafts = this.drafts.map((one) => (one.id === d.id ? d : one))
    this.tell()
    return d
  }

  private async forget(d: Draft, stillUsed: Picture[]): Promise<void> {
    await this.parts.shelf.drop(d.id)
    this.drafts = this.drafts.filter((one) => one.id !== d.id)
    this.tell()
    const used = new Set(stillUsed.map((p) => p.kept))
    for (const p of d.pictures) if (!used.has(p.kept)) await this.parts.album.drop(p.kept)
  }

  // tidy keeps the newest of what was received, for the list to show.
  private async tidy(): Promise<void> {
    const received = this.drafts.filter((d) => d.state === 'received')
    for (const d of received.slice(0, -keepReceived)) await this.forget(d, [])
  }

  private tell(): void {
    this.parts.changed(this.drafts.slice())
  }
}
